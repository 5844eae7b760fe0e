/// One event as the kernel wrote it (inotify(7), `struct inotify_event`).
public struct InotifyEvent: Sendable, Hashable {
    /// The watch it came through; -1 for a queue overflow.
    public let watch: WatchDescriptor
    public let mask: InotifyMask
    /// Connects the two halves of a rename; 0 for every other event.
    public let cookie: UInt32
    /// The name inside the watched directory, as bytes; empty for an event of the watched directory itself.
    public let name: [UInt8]

    public init(watch: WatchDescriptor, mask: InotifyMask, cookie: UInt32 = 0, name: [UInt8] = []) {
        self.watch = watch
        self.mask = mask
        self.cookie = cookie
        self.name = name
    }
}

/// What one read from the inotify descriptor gave.
public enum InotifyBatch: Sendable, Hashable {
    /// Events in the kernel's order; never empty.
    case events([InotifyEvent])
    /// Events were lost, by the kernel or because nobody took our batches: only a full walk tells what is there.
    case overflow
    /// The list of mounts changed (proc(5), /proc/pid/mountinfo): other directories may lie at known paths.
    case mountsChanged
}
