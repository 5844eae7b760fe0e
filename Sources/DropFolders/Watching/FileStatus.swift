import Domain
import Glibc
import SystemPackage

// System calls that hand out pointers: the reason for `unsafe` in this file.

/// What one stat call said about a name, without following a symbolic link and without opening anything.
struct FileStatus {
    enum Kind {
        case regular
        case directory
        /// Symbolic links, pipes, sockets, devices: never inputs.
        case other
    }

    let kind: Kind
    let identity: FileIdentity

    var directoryIdentity: Directory.Identity { .init(device: identity.device, inode: identity.inode) }

    init(_ status: stat) {
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .regular
            case S_IFDIR: .directory
            default: .other
            }
        identity = FileIdentity(
            device: UInt64(status.st_dev),
            inode: UInt64(status.st_ino),
            sizeBytes: Int64(status.st_size),
            modifiedNanoseconds: FileStatus.nanoseconds(status.st_mtim),
            changedNanoseconds: FileStatus.nanoseconds(status.st_ctim)
        )
    }

    /// Saturates: file systems store whatever seconds a writer set (utimensat(2)).
    private static func nanoseconds(_ time: timespec) -> Int64 {
        let (scaled, overflow) = Int64(time.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return time.tv_sec < 0 ? .min : .max }
        return scaled.addingReportingOverflow(Int64(time.tv_nsec)).partialValue
    }

    /// Whether the last change was, by the clock that local file systems stamp with, less than a while ago, or is still to
    /// come.
    func isChanged(within time: Duration) -> Bool {
        var now = timespec()
        guard unsafe clock_gettime(CLOCK_REALTIME, &now) == 0 else { return true }
        let (age, overflow) = FileStatus.nanoseconds(now).subtractingReportingOverflow(identity.changedNanoseconds)
        return overflow || .nanoseconds(age) < time
    }

    /// fstatat(2). `nil` descriptor: an absolute path.
    static func of(
        _ path: FilePath, in directory: FileDescriptor? = nil, followingLink: Bool = false
    ) throws(Errno) -> FileStatus {
        var status = stat()
        let flags = followingLink ? 0 : AT_SYMLINK_NOFOLLOW
        let result = unsafe path.withPlatformString { text in
            unsafe fstatat(directory?.rawValue ?? AT_FDCWD, text, &status, flags)
        }
        guard result == 0 else { throw Errno(rawValue: errno) }
        return FileStatus(status)
    }

    /// What is at an absolute path, for decisions that a later event or walk makes again: nothing is there, or nothing
    /// can be learned about it, are the same to them.
    static func ifKnown(_ path: FilePath) -> FileStatus? { try? of(path) }

    /// fstat(2).
    static func of(_ descriptor: FileDescriptor) throws(Errno) -> FileStatus {
        var status = stat()
        guard unsafe fstat(descriptor.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
        return FileStatus(status)
    }
}
