import CLinux
import SystemPackage

// statfs(2) takes the path by a pointer: the reason for `unsafe` in this file.

/// A file system by its magic number (statfs(2), `f_type`; include/uapi/linux/magic.h).
struct FileSystemKind: Hashable {
    let magic: UInt32

    /// Whether inotify sees every change. Changes that reach network, FUSE and overlay file systems by another way
    /// send no event here (inotify(7), "Limitations and caveats").
    var sendsEvents: Bool { !FileSystemKind.silent.contains(magic) }

    /// Whether a granted lease proves that no writer is left: local file systems, whose every writer opens the same
    /// inode in this kernel (measured: docs/ARCHITECTURE.md).
    var hasTrustedLeases: Bool { FileSystemKind.local.contains(magic) }

    private static let silent: Set<UInt32> = [
        0x6969,  // NFS
        0x517b,  // SMB
        0xff53_4d42,  // CIFS
        0xfe53_4d42,  // SMB2
        0x6573_5546,  // FUSE
        0x0102_1997,  // 9p
        0x00c3_6400,  // Ceph
        0x794c_7630,  // overlay
        0x0187,  // autofs
        0x5346_414f,  // AFS
        0x6b41_4653,  // kAFS
        0x7461_636f,  // OCFS2
        0x0116_1970,  // GFS2
        0x786f_4256,  // VirtualBox shared folders
        0xbacb_acbc,  // VMware host-guest file system
        0x0bd0_0bd0,  // Lustre
        0x4750_4653,  // GPFS
    ]

    private static let local: Set<UInt32> = [
        0xef53,  // ext2, ext3, ext4
        0x5846_5342,  // XFS
        0x9123_683e,  // btrfs
        0x0102_1994,  // tmpfs
        0x2fc1_2fc1,  // ZFS
        0xf2f5_2010,  // F2FS
    ]

    init(magic: UInt32) { self.magic = magic }

    /// - Returns: `nil` where the call fails: then nothing may be believed.
    init?(of path: FilePath) {
        self.init(answer: unsafe path.withPlatformString { text in unsafe clinux_file_system_of_path(text) })
    }

    init?(of descriptor: FileDescriptor) { self.init(answer: clinux_file_system_of(descriptor.rawValue)) }

    private init?(answer: Int64) {
        guard answer >= 0 else { return nil }
        magic = UInt32(truncatingIfNeeded: answer)
    }
}
