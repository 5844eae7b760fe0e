import Domain
import Glibc
import SystemPackage

/// Temporary files that a crash left behind.
enum StrayTemporaries {
    /// Removes regular files with our prefix in the tree below an open directory, but for those that this process is
    /// writing. What cannot be removed stays for the next time.
    /// - Returns: how many were removed.
    static func remove(below directory: Int32) -> Int {
        var removed = 0
        DirectoryEntries.visitFiles(below: directory) { parent, _, name, _ in
            guard name.hasPrefix(ProxyNaming.temporaryPrefix), !TemporaryMark.isOwn(name) else { return }
            if unsafe name.withCName({ unsafe unlinkat(parent, $0, 0) }) == 0 { removed += 1 }
        }
        return removed
    }
}
