import Domain
import Glibc
import SystemPackage

/// What `stat` says of one name or descriptor.
struct FileStatus {
    let identity: FileIdentity
    let isRegular: Bool
    let isDirectory: Bool
    let mode: mode_t
    /// How many names the inode has.
    let links: UInt

    /// Of an open descriptor.
    static func of(_ descriptor: Int32) throws(Errno) -> FileStatus {
        var info = stat()
        _ = try SystemCall.retrying { unsafe fstat(descriptor, &info) }
        return FileStatus(info)
    }

    /// Of a name in a directory, without following a symbolic link; `nil` where nothing is there.
    static func of(_ name: FileName, in directory: Int32) throws(Errno) -> FileStatus? {
        var info = stat()
        do {
            _ = try SystemCall.retrying {
                unsafe name.withCName { unsafe fstatat(directory, $0, &info, AT_SYMLINK_NOFOLLOW) }
            }
        } catch .noSuchFileOrDirectory {
            return nil
        }
        return FileStatus(info)
    }

    private init(_ info: stat) {
        identity = FileIdentity(
            device: UInt64(info.st_dev), inode: UInt64(info.st_ino), sizeBytes: Int64(info.st_size),
            modifiedNanoseconds: FileStatus.nanoseconds(info.st_mtim),
            changedNanoseconds: FileStatus.nanoseconds(info.st_ctim))
        let kind = info.st_mode & S_IFMT
        isRegular = kind == S_IFREG
        isDirectory = kind == S_IFDIR
        mode = info.st_mode & 0o7777
        links = UInt(info.st_nlink)
    }

    /// Anybody can set any time: one beyond what 64 bits hold becomes the nearest that they do.
    private static func nanoseconds(_ time: timespec) -> Int64 {
        let (whole, overflow) = Int64(time.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return time.tv_sec < 0 ? .min : .max }
        let (sum, carry) = whole.addingReportingOverflow(Int64(time.tv_nsec))
        return carry ? .max : sum
    }
}
