import CLinux
import Glibc
import WorkerProtocol

/// setrlimit(2).
enum ResourceLimits {
    /// Seconds between SIGXCPU, which names the reason, and SIGKILL.
    private static let secondsToEnd: UInt64 = 5

    /// - Parameter mapped: address space that the program takes already.
    static func apply(_ limits: WorkerLimits, beyond mapped: UInt64) throws(SealError) {
        // SIGXFSZ would look like a crash; without it the write fails with EFBIG.
        _ = signal(SIGXFSZ, SIG_IGN)
        try set(RLIMIT_CORE, 0, "RLIMIT_CORE")
        // Nothing can be opened, duplicated or received any more; what is open stays.
        try set(RLIMIT_NOFILE, 0, "RLIMIT_NOFILE")
        try set(RLIMIT_FSIZE, UInt64(max(0, limits.maxOutputBytes)), "RLIMIT_FSIZE")
        let processor = UInt64(max(1, limits.maxProcessorSeconds))
        try set(RLIMIT_CPU, processor, hard: processor + secondsToEnd, "RLIMIT_CPU")
        // One heap for all threads: a second one takes address space, and the C library asks a file beneath /proc before it
        // shrinks it (malloc/arena.c, shrink_heap).
        _ = clinux_limit_arenas(1)
        try set(RLIMIT_AS, mapped + UInt64(max(0, limits.maxMemoryBytes)), "RLIMIT_AS")
    }

    private static func set(
        _ resource: __rlimit_resource, _ soft: UInt64, hard: UInt64? = nil, _ name: String
    ) throws(SealError) {
        try SealError.check(clinux_limit(Int32(resource.rawValue), soft, hard ?? soft), "setrlimit(\(name))")
    }

    /// Address space of the program and its libraries: proc(5), the first number of `/proc/self/statm`, in pages.
    static func mappedBytes() throws(SealError) -> UInt64 {
        let file = unsafe open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw SealError("/proc/self/statm cannot be read: mount /proc") }
        defer { _ = close(file) }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = unsafe read(file, &bytes, bytes.count)
        let digits = bytes.prefix(max(0, count)).prefix { $0 >= 0x30 && $0 <= 0x39 }
        guard let pages = UInt64(String(decoding: digits, as: UTF8.self)) else {
            throw SealError("/proc/self/statm cannot be read: mount /proc")
        }
        return pages * UInt64(sysconf(Int32(_SC_PAGESIZE)))
    }
}
