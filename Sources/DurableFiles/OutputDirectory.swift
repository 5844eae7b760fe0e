import CLinux
public import Domain
import Glibc
public import SystemPackage

/// An open directory that we write into; owns its descriptor. Entries are reached by name through the descriptor, so
/// that a directory which is renamed or replaced by a link in the meantime makes no difference.
public struct OutputDirectory: ~Copyable {
    public let path: FilePath
    let descriptor: Int32
    /// Of what is finished here.
    let ownership: Ownership

    private init(path: FilePath, descriptor: Int32, ownership: Ownership) {
        self.path = path
        self.descriptor = descriptor
        self.ownership = ownership
    }

    deinit { _ = Glibc.close(descriptor) }

    /// Opens for reading what a placeholder descriptor names; closes the placeholder.
    static func reopening(
        placeholder: Int32, path: FilePath, ownership: Ownership
    ) throws(Failure) -> OutputDirectory {
        defer { _ = Glibc.close(placeholder) }
        do {
            let descriptor = try SystemCall.retrying {
                unsafe FileName(".").withCName {
                    unsafe openat(placeholder, $0, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
                }
            }
            return OutputDirectory(path: path, descriptor: descriptor, ownership: ownership)
        } catch {
            throw Failure(error, to: "open the directory", path)
        }
    }

    /// What lies at a name.
    public enum Entry: Sendable, Hashable {
        case nothing
        case file(FileIdentity)
        /// A directory, a symbolic link or a special file.
        case other
    }

    public func entry(at name: FileName) throws(Failure) -> Entry {
        do {
            guard let status = try FileStatus.of(name, in: descriptor) else { return .nothing }
            return status.isRegular ? .file(status.identity) : .other
        } catch {
            throw Failure(error, to: "look at", path.appending(name: name))
        }
    }

    /// How many names the file at a name has; 0 where nothing is there.
    func linkCount(of name: FileName) throws(Failure) -> UInt {
        do {
            return try FileStatus.of(name, in: descriptor)?.links ?? 0
        } catch {
            throw Failure(error, to: "look at", path.appending(name: name))
        }
    }

    /// All names in it.
    func names() throws(Failure) -> [FileName] {
        do {
            return try DirectoryEntries.names(in: descriptor)
        } catch {
            throw Failure(error, to: "read the directory", path)
        }
    }

    /// Creates a new, empty file for reading and writing.
    public func create(_ name: FileName) throws(Failure) -> FileDescriptor {
        do {
            let flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
            return FileDescriptor(
                rawValue: try SystemCall.retrying {
                    unsafe name.withCName { unsafe openat(descriptor, $0, flags, 0o600) }
                })
        } catch {
            throw Failure(error, to: "create", path.appending(name: name))
        }
    }

    /// Opens a file of ours again for reading and writing.
    func reopen(_ name: FileName) throws(Failure) -> FileDescriptor {
        do {
            let flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
            return FileDescriptor(
                rawValue: try SystemCall.retrying { unsafe name.withCName { unsafe openat(descriptor, $0, flags) } })
        } catch {
            throw Failure(error, to: "open", path.appending(name: name))
        }
    }

    /// Reads a regular file that is at most `maximumBytes` long; `nil` where it is longer, or not regular.
    public func read(_ name: FileName, maximumBytes: Int) throws(Failure) -> [UInt8]? {
        do {
            let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
            let file = FileDescriptor(
                rawValue: try SystemCall.retrying { unsafe name.withCName { unsafe openat(descriptor, $0, flags) } })
            defer { _ = Glibc.close(file.rawValue) }
            guard try FileStatus.of(file.rawValue).isRegular else { return nil }
            return try Transfer.readAll(from: file.rawValue, atMost: maximumBytes)
        } catch {
            throw Failure(error, to: "read", path.appending(name: name))
        }
    }

    /// Renames within this directory, replacing what is at the new name.
    public func rename(_ name: FileName, to newName: FileName) throws(Failure) {
        do {
            try renameEntry(name, to: newName, in: descriptor)
        } catch {
            throw Failure(error, to: "rename a file to", path.appending(name: newName))
        }
    }

    /// Renames within this directory.
    /// - Returns: `false` where something is at the new name already.
    public func renameWithoutReplacing(_ name: FileName, to newName: FileName) throws(Failure) -> Bool {
        do {
            return try renameEntryWithoutReplacing(name, to: newName, in: descriptor)
        } catch {
            throw Failure(error, to: "rename a file to", path.appending(name: newName))
        }
    }

    /// Renames into another directory of the same file system.
    /// - Returns: `false` where something is at the new name already.
    func move(_ name: FileName, to other: borrowing OutputDirectory, as newName: FileName) throws(Failure) -> Bool {
        let target = other.descriptor
        do {
            return try renameEntryWithoutReplacing(name, to: newName, in: target)
        } catch {
            throw Failure(error, to: "move a file to", other.path.appending(name: newName))
        }
    }

    /// Removes a file; a missing one is no error.
    public func remove(_ name: FileName) throws(Failure) {
        do {
            _ = try SystemCall.retrying { unsafe name.withCName { unsafe unlinkat(descriptor, $0, 0) } }
        } catch .noSuchFileOrDirectory {
            return
        } catch {
            throw Failure(error, to: "remove", path.appending(name: name))
        }
    }

    /// Makes the entries durable.
    public func sync() throws(Failure) {
        do { try DirectorySync.sync(descriptor) } catch { throw Failure(error, to: "sync the directory", path) }
    }

    private func renameEntry(_ name: FileName, to newName: FileName, in target: Int32) throws(Errno) {
        _ = try SystemCall.retrying {
            unsafe name.withCName { old in
                unsafe newName.withCName { new in unsafe renameat(descriptor, old, target, new) }
            }
        }
    }

    private func renameEntryWithoutReplacing(
        _ name: FileName, to newName: FileName, in target: Int32
    ) throws(Errno) -> Bool {
        do {
            _ = try SystemCall.retrying {
                unsafe name.withCName { old in
                    unsafe newName.withCName { new in
                        unsafe clinux_rename_without_replacing(descriptor, old, target, new)
                    }
                }
            }
            return true
        } catch .fileExists {
            return false
        } catch .invalidArgument, .noFunction {
            // Some network file systems know no RENAME_NOREPLACE (rename(2)): look, then rename. A file that appears in
            // between would be lost; nothing better is to be had there.
            guard try FileStatus.of(newName, in: target) == nil else { return false }
            try renameEntry(name, to: newName, in: target)
            return true
        }
    }
}
