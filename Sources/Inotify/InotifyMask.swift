/// Bits of watches and events, with the values of the kernel's interface (inotify(7); include/uapi/linux/inotify.h).
public struct InotifyMask: OptionSet, Sendable, Hashable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let modify = InotifyMask(rawValue: 0x0000_0002)
    public static let attributes = InotifyMask(rawValue: 0x0000_0004)
    public static let closeWrite = InotifyMask(rawValue: 0x0000_0008)
    public static let movedFrom = InotifyMask(rawValue: 0x0000_0040)
    public static let movedTo = InotifyMask(rawValue: 0x0000_0080)
    public static let create = InotifyMask(rawValue: 0x0000_0100)
    public static let delete = InotifyMask(rawValue: 0x0000_0200)
    public static let deleteSelf = InotifyMask(rawValue: 0x0000_0400)
    public static let moveSelf = InotifyMask(rawValue: 0x0000_0800)

    /// Events only: the watched object's file system was unmounted; `ignored` follows.
    public static let unmounted = InotifyMask(rawValue: 0x0000_2000)
    /// Events only: the kernel's queue was full and events are lost. Belongs to no watch.
    public static let queueOverflow = InotifyMask(rawValue: 0x0000_4000)
    /// Events only: the watch is gone, by us or by the kernel; its number may be reused.
    public static let ignored = InotifyMask(rawValue: 0x0000_8000)
    /// Events only: the event is about a directory.
    public static let isDirectory = InotifyMask(rawValue: 0x4000_0000)

    /// Watches only: fail with ENOTDIR where the path is no directory.
    public static let onlyDirectory = InotifyMask(rawValue: 0x0100_0000)
    /// Watches only: do not follow a symbolic link in the last component.
    public static let doNotFollow = InotifyMask(rawValue: 0x0200_0000)
    /// Watches only: no events of children after they were unlinked.
    public static let excludeUnlinked = InotifyMask(rawValue: 0x0400_0000)
}
