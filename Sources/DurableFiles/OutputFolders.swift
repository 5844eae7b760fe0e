public import Domain
import Glibc
import Synchronization
public import SystemPackage

/// Opens, and creates where they are missing, the directories that we write into.
///
/// A watch entry's root (and the directory that it lies in, where a drop folder's mirror may be) is opened as the
/// configuration names it. Below it no symbolic link is followed: somebody who may write among the originals must not
/// lead us to write elsewhere. Shared by all who write: a reload replaces the roots for everybody at once.
public final class OutputFolders: Sendable {
    private struct Places {
        var bases: [FilePath]
        var roots: [FilePath]
        var mirrors: [FilePath: FileName]
        var owners: [FilePath: Ownership]

        init(_ roots: [FilePath], _ mirrors: [FilePath: FileName], _ owners: [FilePath: Ownership]) {
            self.roots = roots
            let named = Set(roots + roots.map { $0.removingLastComponent() })
            bases = named.sorted { $0.nameList.count > $1.nameList.count }
            self.mirrors = mirrors
            self.owners = owners
        }
    }

    private let places: Mutex<Places>
    private var bases: [FilePath] { places.withLock { $0.bases } }
    private var roots: [FilePath] { places.withLock { $0.roots } }
    private var mirrors: [FilePath: FileName] { places.withLock { $0.mirrors } }
    private var owners: [FilePath: Ownership] { places.withLock { $0.owners } }

    /// - Parameters:
    ///   - roots: the watch roots and proxy roots; absolute. A directory outside all of them is opened without
    ///     following any symbolic link at all.
    ///   - mirrors: by watch root, what mirrors are called that lie beside their drop folders. Nothing above them is ever
    ///     created: where it is missing, the file system is not mounted, or the camera's folder was deleted.
    ///   - owners: by root, whom our files and directories in it belong to.
    public init(
        roots: [FilePath] = [], mirrors: [FilePath: FileName] = [:], owners: [FilePath: Ownership] = [:]
    ) {
        places = Mutex(Places(roots, mirrors, owners))
    }

    /// Takes over the roots of another configuration.
    public func replace(with other: OutputFolders) {
        let new = other.places.withLock { $0 }
        places.withLock { $0 = new }
    }

    /// Opens a directory; `nil` where it is not there.
    public func openIfThere(_ directory: FilePath) throws(Failure) -> OutputDirectory? {
        do throws(Failure) {
            return try open(directory, creating: false)
        } catch {
            guard error.detail == "errno \(Errno.noSuchFileOrDirectory.rawValue)" else { throw error }
            return nil
        }
    }

    /// The root that a path lies below, the deepest one; `nil` where it lies below none.
    func root(of path: FilePath) -> FilePath? {
        roots.filter { path.names(below: $0) != nil }.max { $0.nameList.count < $1.nameList.count }
    }

    /// Whom something of ours belongs to. A root that is a drop folder has its mirror beside it.
    func ownership(of path: FilePath) -> Ownership {
        let beside = roots.first { root in
            mirrors[root].map { path.names(below: root.removingLastComponent())?.first == $0 } ?? false
        }
        return (root(of: path) ?? beside).flatMap { owners[$0] } ?? Ownership()
    }

    /// Opens a directory.
    ///
    /// - Parameter creating: whether missing directories are made; each parent that gets one is synced, so that the
    ///   directory outlives a power cut.
    public func open(_ directory: FilePath, creating: Bool) throws(Failure) -> OutputDirectory {
        let base = bases.first { directory.names(below: $0) != nil } ?? "/"
        var current = try openBase(base)
        var path = base
        let names = directory.names(below: base) ?? []
        let given = givenNames(names, of: directory)
        let ownership = ownership(of: directory)
        for (index, name) in names.enumerated() {
            path = path.appending(name: name)
            let next: Int32
            do {
                next = try OutputFolders.step(
                    into: name, from: current, creating: creating && index >= given ? ownership : nil)
            } catch {
                _ = Glibc.close(current)
                if creating, index < given, error == .noSuchFileOrDirectory {
                    throw Failure(
                        .mountMissing,
                        "'\(PathText.encode(path.bytes))' is not there; mount its file system, or bring it back.")
                }
                throw OutputFolders.failure(error, at: path)
            }
            _ = Glibc.close(current)
            current = next
        }
        return try OutputDirectory.reopening(placeholder: current, path: directory, ownership: ownership)
    }

    /// How many of the names belong to directories that must be there.
    private func givenNames(_ names: [FileName], of directory: FilePath) -> Int {
        let mirrors = mirrors
        let root = mirrors.keys.first { directory.names(below: $0) != nil || $0.removingLastComponent() == directory }
        guard let mirror = root.flatMap({ mirrors[$0] }) else { return 0 }
        return names.firstIndex(of: mirror) ?? 0
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

    /// - Parameter owner: whom a directory that is missing is made for; `nil` where none is to be made.
    private static func step(
        into name: FileName, from parent: Int32, creating owner: Ownership?
    ) throws(Errno) -> Int32 {
        do {
            return try DirectoryOpening.open(name, in: parent)
        } catch .noSuchFileOrDirectory {
            guard let owner else { throw .noSuchFileOrDirectory }
            do {
                _ = try SystemCall.retrying { unsafe name.withCName { unsafe mkdirat(parent, $0, 0o777) } }
                try owner.apply(to: name, in: parent)
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
