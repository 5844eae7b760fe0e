import Foundation
import SystemPackage

/// A control group whose memory is bounded (cgroups(7); the kernel's cgroup-v1/memory.rst and cgroup-v2.rst).
public struct MemoryGroup {
    private let directory: FilePath
    private let limitName: String
    /// Where the kernel counts whom it has ended.
    private let countName: String

    /// A new group without a limit; `nil` where none can be made.
    public static func make() -> MemoryGroup? {
        let name = "understudy-test-\(UUID().uuidString)"
        let kinds: [(base: FilePath, limit: String, count: String)] = [
            ("/sys/fs/cgroup", "memory.max", "memory.events"),
            ("/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.oom_control"),
        ]
        for kind in kinds {
            let directory = kind.base.appending(name)
            guard unsafe mkdir(directory.string, 0o755) == 0 else { continue }
            if ByteFile.exists(directory.appending(kind.limit)) {
                return MemoryGroup(directory: directory, limitName: kind.limit, countName: kind.count)
            }
            unsafe rmdir(directory.string)
        }
        return nil
    }

    public static let canBeMade: Bool = {
        guard let group = make() else { return false }
        group.remove()
        return true
    }()

    /// Runs what is named after it in the group.
    public var wrapper: [String] { ["sh", "-c", "echo $$ > '\(directory)/cgroup.procs' && exec \"$@\"", "sh"] }

    public func limit(mebibytes: Int) throws {
        let file = try FileDescriptor.open(directory.appending(limitName), .writeOnly)
        _ = try file.closeAfter { try file.writeAll("\(mebibytes << 20)\n".utf8) }
    }

    /// How many processes the kernel has ended for want of memory.
    public var kills: Int {
        get throws {
            let text = String(decoding: try ByteFile.read(directory.appending(countName)), as: UTF8.self)
            let line = text.split(separator: "\n").first { $0.hasPrefix("oom_kill ") }
            return line.flatMap { Int($0.dropFirst("oom_kill ".count)) } ?? 0
        }
    }

    /// Its processes must have ended.
    public func remove() { unsafe rmdir(directory.string) }
}
