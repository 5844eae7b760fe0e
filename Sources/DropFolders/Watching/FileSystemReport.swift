public import SystemPackage

/// What can be expected of the file system that a directory lies on, for `check`.
public struct FileSystemReport: Sendable, Hashable {
    /// The usual name, or the magic number where it has none here.
    public let name: String
    /// Whether every change sends an event; else the tree is polled.
    public let sendsEvents: Bool
    /// Whether a granted lease proves that no writer is left.
    public let hasTrustedLeases: Bool

    /// - Returns: `nil` where the path cannot be asked (statfs(2)).
    public init?(of path: FilePath) {
        guard let kind = FileSystemKind(of: path) else { return nil }
        self.init(kind)
    }

    init(_ kind: FileSystemKind) {
        name = FileSystemReport.names[kind.magic] ?? "0x" + String(kind.magic, radix: 16)
        sendsEvents = kind.sendsEvents
        hasTrustedLeases = kind.hasTrustedLeases
    }

    /// Whether it is a disk of this machine: databases want POSIX locks and shared memory.
    public var isLocal: Bool { sendsEvents || name == "overlay" }

    private static let names: [UInt32: String] = [
        0xef53: "ext4", 0x5846_5342: "xfs", 0x9123_683e: "btrfs", 0x0102_1994: "tmpfs", 0x2fc1_2fc1: "zfs",
        0xf2f5_2010: "f2fs", 0x6969: "nfs", 0x517b: "smb", 0xff53_4d42: "cifs", 0xfe53_4d42: "smb2",
        0x6573_5546: "fuse", 0x0102_1997: "9p", 0x00c3_6400: "ceph", 0x794c_7630: "overlay", 0x0187: "autofs",
    ]
}
