public import Domain
import Glibc
public import SystemPackage

/// Opens, and creates where they are missing, the directories that we write into.
///
/// A watch entry's root (and the directory that it lies in, where a drop folder's mirror may be) is opened as the
/// configuration names it. Below it no symbolic link is followed: somebody who may write among the originals must not
/// lead us to write elsewhere.
public struct OutputFolders: Sendable, Hashable {
    private let bases: [FilePath]
    private let roots: [FilePath]

    /// - Parameter roots: the watch roots and proxy roots; absolute. A directory outside all of them is opened without
    ///   following any symbolic link at all.
    public init(roots: [FilePath] = []) {
        self.roots = roots
        let named = Set(roots + roots.map { $0.removingLastComponent() })
        bases = named.sorted { $0.nameList.count > $1.nameList.count }
    }

    /// The root that a path lies below, the deepest one; `nil` where it lies below none.
    func root(of path: FilePath) -> FilePath? {
        roots.filter { path.names(below: $0) != nil }.max { $0.nameList.count < $1.nameList.count }
    }

    /// Opens a directory.
    ///
    /// - Parameter creating: whether missing directories are made; each parent that gets one is synced, so that the
    ///   directory outlives a power cut.
    public func open(_ directory: FilePath, creating: Bool) throws(Failure) -> OutputDirectory {
        let base = bases.first { directory.names(below: $0) != nil } ?? "/"
        var current = try openBase(base)
        var path = base
        for name in directory.names(below: base) ?? [] {
            path = path.appending(name: name)
            let next: Int32
            do {
                next = try OutputFolders.step(into: name, from: current, creating: creating)
            } catch {
                _ = Glibc.close(current)
                throw OutputFolders.failure(error, at: path)
            }
            _ = Glibc.close(current)
            current = next
        }
        return try OutputDirectory.reopening(placeholder: current, path: directory)
    }

    /// Opens a directory in the mirror of an original, and makes what is missing of it as long as the original's own
    /// directory is there: in a bare mount point nothing is made that the mounted file system would hide.
    public func open(_ directory: FilePath, mirroring original: FilePath) throws(Failure) -> OutputDirectory {
        let source = original.removingLastComponent()
        guard DirectoryOpening.exists(source) else {
            do { return try open(directory, creating: false) } catch  where error.code == .ioError {
                throw Failure(
                    .mountMissing,
                    "'\(PathText.encode(directory.bytes))' is not made as long as '\(PathText.encode(source.bytes))'"
                        + " is not there; is it mounted?")
            }
        }
        return try open(directory, creating: true)
    }

    private func openBase(_ base: FilePath) throws(Failure) -> Int32 {
        do {
            return try DirectoryOpening.open(base)
        } catch .noSuchFileOrDirectory {
            throw Failure(
                .mountMissing,
                "'\(PathText.encode(base.bytes))' does not exist; mount it, or correct the configuration.")
        } catch {
            throw Failure(error, to: "open", base)
        }
    }

    private static func step(into name: FileName, from parent: Int32, creating: Bool) throws(Errno) -> Int32 {
        do {
            return try DirectoryOpening.open(name, in: parent)
        } catch .noSuchFileOrDirectory where creating {
            do {
                _ = try SystemCall.retrying { unsafe name.withCName { unsafe mkdirat(parent, $0, 0o777) } }
                try syncParent(parent)
            } catch .fileExists {
                // Somebody else made it at the same time.
            }
            return try DirectoryOpening.open(name, in: parent)
        }
    }

    /// Placeholder descriptors cannot be synced (open(2), `O_PATH`): the directory is opened again.
    private static func syncParent(_ parent: Int32) throws(Errno) {
        let readable = try DirectoryOpening.open(FileName("."), in: parent)
        defer { _ = Glibc.close(readable) }
        try DirectorySync.sync(readable)
    }

    private static func failure(_ error: Errno, at path: FilePath) -> Failure {
        guard error == .notDirectory || error == .tooManySymbolicLinkLevels else {
            return Failure(error, to: "open the directory", path)
        }
        return Failure(
            .proxyPathOccupied,
            "'\(PathText.encode(path.bytes))' is a file or a symbolic link where a directory of ours should be;"
                + " move it away.")
    }
}

/// Syncs of directories.
enum DirectorySync {
    /// Makes the directory's entries durable. File systems that have no such sync say EINVAL or ENOTSUP (fsync(2));
    /// their entries are as durable as they can be.
    static func sync(_ directory: Int32) throws(Errno) {
        do {
            try SystemCall.once { fsync(directory) }
        } catch .invalidArgument, .notSupported {
            return
        }
    }
}
