public import SystemPackage

/// An inotify call failed.
public struct InotifyError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What went wrong, as a stable value.
    public enum Code: String, Sendable, CaseIterable {
        /// The user's limit of watches is reached: inotify_add_watch(2), ENOSPC; `fs.inotify.max_user_watches`.
        case watchLimit = "watch_limit"
        /// The user's limit of inotify instances, or of open files, is reached: inotify_init(2), EMFILE and ENFILE;
        /// `fs.inotify.max_user_instances`.
        case instanceLimit = "instance_limit"
        /// Nothing is at the path any more (ENOENT).
        case gone
        /// The path is not a directory, or a symbolic link where none is followed (ENOTDIR, ELOOP).
        case notDirectory = "not_directory"
        /// The directory may not be read (EACCES, EPERM).
        case permissionDenied = "permission_denied"
        /// Anything else; `errno` tells.
        case system
    }

    public let code: Code
    /// The system call that failed.
    public let operation: String
    public let errno: Errno
    /// What the call was about; `nil` where it was about no path.
    public let path: FilePath?

    /// Wraps the error number of a failed call.
    public init(operation: String, errno: Errno, path: FilePath? = nil) {
        self.operation = operation
        self.errno = errno
        self.path = path
        code =
            switch errno {
            case .noSpace: .watchLimit
            case .tooManyOpenFiles, .tooManyOpenFilesInSystem: .instanceLimit
            case .noSuchFileOrDirectory: .gone
            case .notDirectory, .tooManySymbolicLinkLevels: .notDirectory
            case .permissionDenied, .notPermitted: .permissionDenied
            default: .system
            }
    }

    public var description: String {
        guard let path else { return "\(operation): \(errno)" }
        return "\(operation) \(path): \(errno)"
    }
}
