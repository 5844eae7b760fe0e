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

    private static func status(of words: [String]) -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = words
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return -1 }  // No such program: not permitted either.
        process.waitUntilExit()
        return process.terminationStatus
    }
}
