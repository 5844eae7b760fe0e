import Glibc
public import SystemPackage

/// Owns one inotify instance. The kernel allows its calls from any thread at once.
public final class InotifyDescriptor: Sendable {
    let descriptor: FileDescriptor

    /// A new instance, close-on-exec and non-blocking (inotify_init1(2)).
    public init() throws(InotifyError) {
        let number = inotify_init1(Int32(O_CLOEXEC | O_NONBLOCK))  // IN_CLOEXEC and IN_NONBLOCK are these bits.
        guard number >= 0 else { throw InotifyError(operation: "inotify_init1", errno: Errno(rawValue: errno)) }
        descriptor = FileDescriptor(rawValue: number)
    }

    deinit { try? descriptor.close() }  // Nothing can be done about a failed close; the number is free all the same.

    /// Watches a path, or changes the mask of its watch (inotify_add_watch(2)).
    ///
    /// - Returns: the same descriptor as before where this inode is watched already, under whatever path.
    /// - Throws: `watchLimit` where the user has no watch left.
    public func addWatch(_ path: FilePath, mask: InotifyMask) throws(InotifyError) -> WatchDescriptor {
        let number = unsafe path.withPlatformString { text in
            unsafe inotify_add_watch(descriptor.rawValue, text, mask.rawValue)
        }
        guard number >= 0 else {
            throw InotifyError(operation: "inotify_add_watch", errno: Errno(rawValue: errno), path: path)
        }
        return WatchDescriptor(rawValue: number)
    }

    /// Ends a watch; its last event is `ignored`. A watch that the kernel ended before is no error (EINVAL).
    public func removeWatch(_ watch: WatchDescriptor) { _ = inotify_rm_watch(descriptor.rawValue, watch.rawValue) }

    /// Reads what is there into `buffer`; 0 where nothing is.
    func read(into buffer: inout [UInt8]) throws(InotifyError) -> Int {
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { bytes in
                unsafe Glibc.read(descriptor.rawValue, bytes.baseAddress, bytes.count)
            }
            if count >= 0 { return count }
            switch errno {
            case EINTR: continue
            case EAGAIN: return 0
            default: throw InotifyError(operation: "read", errno: Errno(rawValue: errno))
            }
        }
    }
}
