import Glibc
import SystemPackage

// swift-system reads into raw buffers: the reason for `unsafe` in this file.

/// The kernel's limit of inotify watches for each user.
enum WatchLimit {
    /// `/proc/sys/fs/inotify/max_user_watches` (inotify(7), "/proc interfaces"); `nil` where it cannot be read.
    static func current() -> Int? {
        let path = FilePath("/proc/sys/fs/inotify/max_user_watches")
        // Without /proc the figure is unknown, and shown so.
        guard let file = try? FileDescriptor.open(path, .readOnly, options: .closeOnExec) else { return nil }
        defer { try? file.close() }  // It was only read.
        var bytes = [UInt8](repeating: 0, count: 32)
        guard let count = unsafe try? bytes.withUnsafeMutableBytes({ unsafe try file.read(into: $0) }) else {
            return nil
        }
        return Int(String(decoding: bytes[..<count], as: UTF8.self).prefix { $0.isNumber })
    }

    /// What to raise it to: twice as much, and at least 524,288 (about 600 MiB of kernel memory if all are used).
    static func advised(insteadOf current: Int?) -> Int { max(524_288, (current ?? 0) * 2) }
}
