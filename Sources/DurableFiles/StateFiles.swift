public import Domain
import Glibc
public import SystemPackage

/// Files in a state directory that are renamed, synced and removed as wholes.
public struct StateFiles: Sendable {
    public let directory: FilePath
    private let folders: OutputFolders

    public init(_ directory: FilePath) {
        self.directory = directory
        folders = OutputFolders(roots: [directory])
    }

    /// The names in the directory, sorted; none where it does not exist.
    public func names() throws(Failure) -> [FileName] {
        let open: OutputDirectory
        do throws(Failure) { open = try folders.open(directory, creating: false) } catch {
            guard error.code == .mountMissing else { throw error }  // What the base says that is not there.
            return []
        }
        do throws(Errno) { return try DirectoryEntries.names(in: open.descriptor).sorted() } catch {
            throw Failure(error, to: "list", directory)
        }
    }

    /// Makes a file's content durable, and then gives it its final name, replacing what is there.
    public func publish(_ name: FileName, as newName: FileName) throws(Failure) {
        let open = try folders.open(directory, creating: false)
        try open.syncContent(of: name)
        try open.rename(name, to: newName)
        try open.sync()
    }

    /// Gives a file another name, where it is there; never replaces one.
    public func setAside(_ name: FileName, as newName: FileName) throws(Failure) {
        let open = try folders.open(directory, creating: false)
        guard try open.entry(at: name) != .nothing else { return }
        guard try open.renameWithoutReplacing(name, to: newName) else {
            throw Failure(.ioError, "'\(PathText.encode(directory.appending(name: newName).bytes))' exists already.")
        }
        try open.sync()
    }

    /// Removes a file; a missing one is no error.
    public func remove(_ name: FileName) throws(Failure) {
        try folders.open(directory, creating: false).remove(name)
    }
}

extension OutputDirectory {
    fileprivate func syncContent(of name: FileName) throws(Failure) {
        do throws(Errno) {
            let file = try SystemCall.retrying {
                unsafe name.withCName { unsafe openat(descriptor, $0, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) }
            }
            defer { _ = Glibc.close(file) }
            try SystemCall.once { fsync(file) }
        } catch {
            throw Failure(error, to: "sync", path.appending(name: name))
        }
    }
}
