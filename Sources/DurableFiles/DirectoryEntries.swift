import Domain
import Glibc
import SystemPackage

/// Reads whole directories, and trees of them.
enum DirectoryEntries {
    /// Deeper trees than this are nobody's footage; each level holds one descriptor.
    private static let deepest = 128

    /// All names in a directory, as bytes (Foundation would repair names that are not valid UTF-8 into others).
    static func names(in directory: Int32) throws(Errno) -> [FileName] {
        // A descriptor of its own: closedir closes it, and its position is not shared.
        let own = try SystemCall.retrying { unsafe openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard let stream = unsafe fdopendir(own) else {
            let error = Errno(rawValue: Glibc.errno)
            _ = Glibc.close(own)
            throw error
        }
        defer { _ = unsafe closedir(stream) }
        var names: [FileName] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { unsafe Array($0.prefix { $0 != 0 }) }
            if name != [0x2E], name != [0x2E, 0x2E] { names.append(FileName(bytes: name)) }
        }
        return names
    }

    /// Visits the regular files in the tree below an open directory. Symbolic links are not followed and mounts not
    /// crossed. What vanished, or cannot be looked at, is passed over.
    ///
    /// - Parameter visit: gets the open directory, the directories' names on the way to it, and the file.
    static func visitFiles(
        below directory: Int32, _ visit: (_ directory: Int32, _ way: [FileName], FileName, FileIdentity) -> Void
    ) {
        // A directory that cannot be looked at has nothing to visit.
        guard let top = try? FileStatus.of(directory) else { return }
        visitFiles(in: directory, [], device: top.identity.device, visit)
    }

    private static func visitFiles(
        in directory: Int32, _ way: [FileName], device: UInt64,
        _ visit: (_ directory: Int32, _ way: [FileName], FileName, FileIdentity) -> Void
    ) {
        // As above.
        for name in (try? names(in: directory)) ?? [] {
            guard let status = (try? FileStatus.of(name, in: directory)).flatMap({ $0 }) else { continue }
            if status.isRegular {
                visit(directory, way, name, status.identity)
            } else if status.isDirectory, status.identity.device == device, way.count < deepest {
                let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
                let child = unsafe name.withCName { unsafe openat(directory, $0, flags) }
                guard child >= 0 else { continue }
                visitFiles(in: child, way + [name], device: device, visit)
                _ = Glibc.close(child)
            }
        }
    }
}
