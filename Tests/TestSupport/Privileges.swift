import Foundation
import Glibc
import SystemPackage

/// What the user who runs the tests may do.
public enum Privileges {
    public static let isRoot = geteuid() == 0

    /// Whether a memory file system can be mounted, tried once.
    public static let canMount: Bool = {
        guard isRoot, let tree = try? TemporaryTree.make() else { return false }  // No directory, no mount.
        defer { tree.remove() }
        guard status(of: ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", tree.path.string]) == 0 else {
            return false
        }
        return status(of: ["umount", tree.path.string]) == 0
    }()

    /// Why power cuts cannot be simulated here; `nil` where they can.
    public static let powerCutObstacle: String? = {
        guard isRoot else { return "only root can mount" }
        for program in ["mkfs.xfs", "mkfs.ext4", "unshare"] where status(of: ["which", program]) != 0 {
            return "\(program) is missing (xfsprogs, e2fsprogs, util-linux)"
        }
        return status(of: ["losetup", "--find"]) == 0 ? nil : "no loop device can be had"
    }()

    /// Whether a file can be mounted as an ext4 disk, tried once.
    public static let canMountDisks: Bool = {
        guard isRoot, let tree = try? TemporaryTree.make() else { return false }  // No directory, no mount.
        defer { tree.remove() }
        guard let disk = try? tree.file("disk", []), let place = try? tree.directory("place"),
            status(of: ["truncate", "-s", "8M", disk.string]) == 0,
            status(of: ["mkfs.ext4", "-q", disk.string]) == 0,
            status(of: ["mount", "-o", "loop", disk.string, place.string]) == 0
        else { return false }
        return status(of: ["umount", place.string]) == 0
    }()

    /// Whether a program can be given limits of its own, in a user namespace (user_namespaces(7)).
    public static let canLimitWatches =
        status(of: ["unshare", "--user", "--map-root-user", "sh", "-c", "echo 64 > /proc/sys/user/max_inotify_watches"])
        == 0

    private static func status(of words: [String]) -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = words
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return -1 }  // No such program: not permitted either.
        process.waitUntilExit()
        return process.terminationStatus
    }
}
