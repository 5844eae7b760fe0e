import Domain
import Glibc
import SystemPackage

/// One rename of a finished file to its final name.
struct Publication {
    let file: TemporaryFile
    let path: FilePath
    let replaceable: [PublishedFile]

    /// Renames and syncs the directory. A sync that fails leaves the file at its final name: the caller's recorded
    /// intent says whose it is.
    func perform(in folders: OutputFolders) throws(Failure) {
        guard let name = path.fileName, let temporaryName = file.path.fileName,
            path.removingLastComponent() == file.path.removingLastComponent()
        else {
            throw Failure(.ioError, "'\(PathText.encode(path.bytes))' is not beside its temporary file.")
        }
        let directory = try folders.open(path.removingLastComponent(), creating: false)
        try checkTemporary(temporaryName, in: directory)
        switch try directory.entry(at: name) {
        case .nothing:
            guard try directory.renameWithoutReplacing(temporaryName, to: name) else { throw occupied }
        case .file(let identity):
            if try !isOurs(identity, name, in: directory) {
                guard try hasSameContent(as: name, in: directory) else { throw occupied }
            }
            try directory.rename(temporaryName, to: name)
        case .other:
            throw occupied
        }
        try directory.sync()
    }

    /// The name must still be the file that was verified: others may write in this directory.
    private func checkTemporary(_ name: FileName, in directory: borrowing OutputDirectory) throws(Failure) {
        let written: FileIdentity
        do {
            written = try FileStatus.of(file.descriptor.rawValue).identity
        } catch {
            throw Failure(error, to: "look at", file.path)
        }
        guard case .file(let there) = try directory.entry(at: name), there.device == written.device,
            there.inode == written.inode
        else {
            throw Failure(
                .ioError, "'\(PathText.encode(file.path.bytes))' was removed or replaced while it was written.")
        }
    }

    /// Whether a file is on record: itself, or a copy of it that somebody put back (from a backup, say).
    private func isOurs(
        _ identity: FileIdentity, _ name: FileName, in directory: borrowing OutputDirectory
    ) throws(Failure) -> Bool {
        if replaceable.contains(where: { $0.isSameFile(as: identity) }) { return true }
        guard replaceable.contains(where: { $0.sizeBytes == identity.sizeBytes }) else { return false }
        let found = try directory.published(name)
        return replaceable.contains { $0.sha256 == found?.sha256 }
    }

    private static let chunk = 1 << 20

    /// Whether a file has, byte for byte, the content of the one that is to be published: to replace it takes nothing from
    /// anybody. After the loss of the database nothing is on record of a proxy that is there.
    private func hasSameContent(as name: FileName, in directory: borrowing OutputDirectory) throws(Failure) -> Bool {
        do throws(Errno) {
            let other = try directory.openForReading(name)
            defer { _ = Glibc.close(other) }
            let size = try FileStatus.of(file.descriptor.rawValue).identity.sizeBytes
            guard try FileStatus.of(other).identity.sizeBytes == size else { return false }
            var offset: Int64 = 0
            while true {
                let mine = try Transfer.read(Publication.chunk, at: offset, from: file.descriptor.rawValue)
                let theirs = try Transfer.read(Publication.chunk, at: offset, from: other)
                guard mine == theirs else { return false }
                guard !mine.isEmpty else { return true }
                offset += Int64(mine.count)
            }
        } catch {
            throw Failure(error, to: "read", path)
        }
    }

    private var occupied: Failure {
        Failure(
            .proxyPathOccupied,
            "'\(PathText.encode(path.bytes))' is a file that Understudy did not make; move it away, then retry.")
    }
}
