import Domain
import Glibc
import SystemPackage

/// Temporary files that a crash left behind.
enum StrayTemporaries {
    /// Removes regular files with our prefix in the tree below an open directory. Symbolic links are not followed and
    /// mounts not crossed. What cannot be read or removed stays for the next time.
    /// - Returns: how many were removed.
    static func remove(below directory: Int32) -> Int {
        // A directory that cannot be looked at has nothing that we could remove.
        guard let top = try? FileStatus.of(directory) else { return 0 }
        return remove(in: directory, device: top.identity.device, depth: 0)
    }

    /// Deeper trees than this are nobody's footage; each level holds one descriptor.
    private static let deepest = 128

    private static func remove(in directory: Int32, device: UInt64, depth: Int) -> Int {
        var removed = 0
        for name in names(in: directory) {
            // An entry that vanished, or cannot be looked at, is passed over.
            guard let status = (try? FileStatus.of(name, in: directory)).flatMap({ $0 }) else { continue }
            if status.isRegular, name.hasPrefix(ProxyNaming.temporaryPrefix) {
                if unsafe name.withCName({ unsafe unlinkat(directory, $0, 0) }) == 0 { removed += 1 }
            } else if status.isDirectory, status.identity.device == device, depth < deepest {
                let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
                let child = unsafe name.withCName { unsafe openat(directory, $0, flags) }
                guard child >= 0 else { continue }
                removed += remove(in: child, device: device, depth: depth + 1)
                _ = Glibc.close(child)
            }
        }
        return removed
    }

    /// All names in a directory, as bytes (Foundation would repair names that are not valid UTF-8 into others).
    private static func names(in directory: Int32) -> [FileName] {
        // A descriptor of its own: closedir closes it, and its position is not shared.
        let own = unsafe openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard own >= 0 else { return [] }
        guard let stream = unsafe fdopendir(own) else {
            _ = Glibc.close(own)
            return []
        }
        defer { _ = unsafe closedir(stream) }
        var names: [FileName] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { unsafe Array($0.prefix { $0 != 0 }) }
            if name != [0x2E], name != [0x2E, 0x2E] { names.append(FileName(bytes: name)) }
        }
        return names
    }
}
