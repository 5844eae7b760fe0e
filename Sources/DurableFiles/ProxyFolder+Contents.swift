public import Domain
import Glibc
public import SystemPackage

// Published files held against their record.
extension ProxyFolder: ProxyContents {
    public func standing(
        of file: PublishedFile, at path: FilePath, reading: ContentReading
    ) async -> ProxyStanding {
        await lanes.run { () throws(Never) in
            do throws(Failure) { return try look(at: path, for: file, reading) } catch { return .unreachable(error) }
        }
    }

    private func look(
        at path: FilePath, for file: PublishedFile, _ reading: ContentReading
    ) throws(Failure) -> ProxyStanding {
        guard let name = path.fileName else { return .missing }
        let directory: OutputDirectory
        do throws(Failure) {
            directory = try folders.open(path.removingLastComponent(), creating: false)
        } catch {
            guard error.detail == "errno \(Errno.noSuchFileOrDirectory.rawValue)" else { throw error }
            return try missing(path)
        }
        switch try directory.entry(at: name) {
        case .nothing: return try missing(path)
        case .other: return .replaced
        case .file(let identity):
            if reading == .whereDoubtful, file.isSameFile(as: identity) { return .intact }
        }
        guard let found = try directory.published(name) else { return try missing(path) }
        if found == file { return .intact }
        if found.sha256 == file.sha256 { return .elsewhere(found) }
        return found.inode == file.inode ? .altered(found) : .replaced
    }

    /// Nothing lies there; an empty root is more likely a mount point whose file system is not there.
    private func missing(_ path: FilePath) throws(Failure) -> ProxyStanding {
        guard let base = folders.root(of: path), try folders.open(base, creating: false).isEmpty() else {
            return .missing
        }
        throw Failure(
            .mountMissing, "'\(PathText.encode(base.bytes))' is empty: nothing seems to be mounted there; mount it.")
    }
}

extension OutputDirectory {
    private static let chunk = 1 << 20

    /// Reads a regular file to its end; `nil` where it is gone. What is appended meanwhile is read too.
    func published(_ name: FileName) throws(Failure) -> PublishedFile? {
        do throws(Errno) {
            let file = try openForReading(name)
            defer { _ = Glibc.close(file) }
            var hash = SHA256()
            var offset: Int64 = 0
            while true {
                let bytes = try Transfer.read(OutputDirectory.chunk, at: offset, from: file)
                if bytes.isEmpty { break }
                hash.update(bytes)
                offset += Int64(bytes.count)
            }
            let identity = try FileStatus.of(file).identity
            return PublishedFile(
                inode: identity.inode, sizeBytes: identity.sizeBytes,
                modifiedNanoseconds: identity.modifiedNanoseconds, sha256: hash.hexDigest())
        } catch .noSuchFileOrDirectory {
            return nil
        } catch {
            throw Failure(error, to: "read", path.appending(name: name))
        }
    }

    func openForReading(_ name: FileName) throws(Errno) -> Int32 {
        let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
        return try SystemCall.retrying { unsafe name.withCName { unsafe openat(descriptor, $0, flags) } }
    }

    func isEmpty() throws(Failure) -> Bool {
        do throws(Errno) { return try DirectoryEntries.names(in: descriptor).isEmpty } catch {
            throw Failure(error, to: "list", path)
        }
    }
}
