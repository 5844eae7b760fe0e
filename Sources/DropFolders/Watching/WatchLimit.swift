import Glibc
import SystemPackage

// swift-system reads into raw buffers: the reason for `unsafe` in this file.

/// The kernel's limit of inotify watches for each user.
public struct WatchLimit: Sendable, Hashable {
    /// Watches of one user, over all programs.
    public let allowed: Int
    /// The name of the setting that is in the way (sysctl(8)).
    public let setting: String

    /// The command that raises it: to twice as much, and at least 524,288 (about 600 MiB of kernel memory if all are
    /// used).
    public var remedy: String { "sysctl -w \(setting)=\(max(524_288, allowed * 2))" }

    /// The lower one of the machine's limit (inotify(7), "/proc interfaces") and the user namespace's, in which a
    /// container may run (namespaces(7), "The /proc/sys/user directory").
    ///
    /// - Returns: `nil` where neither can be read.
    public static func current() -> WatchLimit? {
        let machine = number(in: "/proc/sys/fs/inotify/max_user_watches").map {
            WatchLimit(allowed: $0, setting: "fs.inotify.max_user_watches")
        }
        let namespace = number(in: "/proc/sys/user/max_inotify_watches").map {
            WatchLimit(allowed: $0, setting: "user.max_inotify_watches")
        }
        guard let machine, let namespace else { return machine ?? namespace }
        return namespace.allowed < machine.allowed ? namespace : machine
    }

    private static func number(in path: FilePath) -> Int? {
        // Without /proc the figure is unknown, and shown so.
        guard let file = try? FileDescriptor.open(path, .readOnly, options: .closeOnExec) else { return nil }
        defer { try? file.close() }  // It was only read.
        var bytes = [UInt8](repeating: 0, count: 32)
        guard let count = unsafe try? bytes.withUnsafeMutableBytes({ unsafe try file.read(into: $0) }) else {
            return nil
        }
        return Int(String(decoding: bytes[..<count], as: UTF8.self).prefix { $0.isNumber })
    }
}
