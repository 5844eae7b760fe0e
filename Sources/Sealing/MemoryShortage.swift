import SystemPackage

/// What the kernel does where memory runs out.
public enum MemoryShortage {
    /// Has this process, and those that it bears, ended before the daemon and the machine's other services: a job is soon
    /// done again. Everybody may put themselves forward (proc(5), `/proc/pid/oom_score_adj`). Where it cannot be written
    /// down, the kernel goes by size alone, in which a worker at work is ahead of the daemon as well.
    public static func goFirst() {
        guard let file = unsafe try? FileDescriptor.open("/proc/self/oom_score_adj", .writeOnly) else { return }
        _ = try? file.closeAfter { try file.writeAll("800\n".utf8) }
    }
}
