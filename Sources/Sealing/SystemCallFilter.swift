import CLinux
import CSeccomp
import Glibc
import SystemPackage

/// The system calls that are left, as a seccomp filter for all threads (seccomp(2), libseccomp's seccomp_rule_add(3)).
///
/// Three answers: what the work needs is allowed, with its descriptors where it takes any; what the C library and the
/// codecs try and can do without fails with an error; everything else ends the process with SIGSYS.
@safe
struct SystemCallFilter: ~Copyable {
    private let context: scmp_filter_ctx

    deinit { unsafe seccomp_release(context) }

    /// Needed with any arguments. None of them reaches anything outside the process.
    private static let allowed = [
        // Memory that is given back; threads among themselves.
        "munmap", "mremap", "madvise", "brk", "futex", "set_robust_list", "rseq", "sched_yield", "sched_getaffinity",
        "exit", "exit_group", "close",
        // To wait for a while, as futex(2) can as well: for the thread sanitizer's own thread.
        "nanosleep", "clock_nanosleep",
        // Signals within the process, as its end by abort(3) or by a fault needs them.
        "rt_sigprocmask", "rt_sigaction", "rt_sigreturn", "sigaltstack", "getpid", "gettid", "restart_syscall",
        // Facts: what time it is, how much memory the machine has (qsort(3) asks), random bytes.
        "clock_gettime", "clock_getres", "gettimeofday", "time", "getrandom", "sysinfo", "getrusage",
        "getuid", "geteuid", "getgid", "getegid",
        // A descriptor's size; no name.
        "fstat",
    ]

    /// Tried by the C library where a name might help: time zones, character sets, processors. It goes on without.
    private static let refusedNames = [
        "open", "openat", "access", "faccessat", "faccessat2", "stat", "lstat", "newfstatat", "statx", "readlink",
        "readlinkat", "getcwd",
    ]

    /// Tried by codecs and the C library for comfort only.
    private static let refusedComforts = [
        "ioctl", "fcntl", "sched_setaffinity", "sched_setscheduler", "sched_getscheduler", "sched_getparam",
        "setpriority", "getpriority", "get_mempolicy", "set_mempolicy", "mbind", "uname", "lseek",
    ]

    static func prepare(for room: Room) throws(SealError) -> SystemCallFilter {
        guard let context = unsafe seccomp_init(cseccomp_kill()) else {
            throw SealError("libseccomp cannot make a filter (seccomp_init)")
        }
        let filter = unsafe SystemCallFilter(context: context)
        // One filter for all threads, and the end for calls in another architecture's numbers.
        try filter.set(SCMP_FLTATR_CTL_TSYNC, 1)
        try filter.set(SCMP_FLTATR_ACT_BADARCH, cseccomp_kill())
        for name in allowed { try filter.add(name, cseccomp_allow()) }
        for name in refusedNames { try filter.add(name, cseccomp_refuse(EACCES)) }
        for name in refusedComforts { try filter.add(name, cseccomp_refuse(EPERM)) }
        try filter.addDescriptors(of: room)
        try filter.addMemory()
        try filter.addThreads()
        return filter
    }

    func load() throws(SealError) { try check(unsafe seccomp_load(context), "seccomp_load") }

    private func addDescriptors(of room: Room) throws(SealError) {
        try add("sendmsg", cseccomp_allow(), [.equal(0, room.channel)])
        // Where a library complains; a closed standard output is no reason to end.
        for name in ["write", "writev"] { try add(name, cseccomp_allow(), [.equal(0, room.diagnostics)]) }
        for descriptor in Set(room.readable) { try add("pread64", cseccomp_allow(), [.equal(0, descriptor)]) }
        for descriptor in Set(room.writable) {
            for name in ["pwrite64", "ftruncate"] { try add(name, cseccomp_allow(), [.equal(0, descriptor)]) }
        }
    }

    /// Memory that is writable is never executable, and none becomes it.
    private func addMemory() throws(SealError) {
        let executable = UInt64(PROT_EXEC)
        for name in ["mmap", "mprotect"] {
            try add(name, cseccomp_allow(), [.masked(2, executable, equals: 0)])
        }
    }

    private func addThreads() throws(SealError) {
        // Its arguments lie in memory, where a filter cannot look: the C library then takes clone(2).
        try add("clone3", cseccomp_refuse(ENOSYS))
        let demanded = CLINUX_CLONE_THREAD | CLINUX_CLONE_VM | CLINUX_CLONE_SIGHAND
        let looked = demanded | CLINUX_CLONE_VFORK | CLINUX_CLONE_NEW_NAMESPACES
        try add("clone", cseccomp_allow(), [.masked(0, looked, equals: demanded)])
        // abort(3) sends a signal to its own thread.
        try add("tgkill", cseccomp_allow(), [.equal(0, UInt64(getpid()))])
        // Names of threads; and nothing else that prctl(2) does.
        let name = UInt64(CLINUX_PR_SET_NAME)
        try add("prctl", cseccomp_allow(), [.equal(0, name)])
        try add("prctl", cseccomp_refuse(EPERM), [.differs(0, from: name)])
        // The C library asks how large stacks may be; nothing is set.
        try add("prlimit64", cseccomp_allow(), [.equal(0, 0), .equal(2, 0)])
        try add("getrlimit", cseccomp_allow())
    }

    /// One of a system call's six arguments, held against a number.
    private struct Condition {
        let comparison: scmp_arg_cmp

        static func equal(_ argument: UInt32, _ value: UInt64) -> Condition {
            Condition(comparison: scmp_arg_cmp(arg: argument, op: SCMP_CMP_EQ, datum_a: value, datum_b: 0))
        }

        static func equal(_ argument: UInt32, _ descriptor: FileDescriptor) -> Condition {
            equal(argument, UInt64(UInt32(bitPattern: descriptor.rawValue)))
        }

        static func differs(_ argument: UInt32, from value: UInt64) -> Condition {
            Condition(comparison: scmp_arg_cmp(arg: argument, op: SCMP_CMP_NE, datum_a: value, datum_b: 0))
        }

        static func masked(_ argument: UInt32, _ mask: UInt64, equals value: UInt64) -> Condition {
            Condition(comparison: scmp_arg_cmp(arg: argument, op: SCMP_CMP_MASKED_EQ, datum_a: mask, datum_b: value))
        }
    }

    private func add(_ name: String, _ action: UInt32, _ conditions: [Condition] = []) throws(SealError) {
        let number = unsafe seccomp_syscall_resolve_name(name)
        // Not on this architecture, or younger than this libseccomp: then the default (the end) holds for it.
        guard number >= 0 else { return }
        let comparisons = conditions.map(\.comparison)
        try check(
            unsafe seccomp_rule_add_array(context, action, number, UInt32(comparisons.count), comparisons), name)
    }

    private func set(_ attribute: scmp_filter_attr, _ value: UInt32) throws(SealError) {
        try check(unsafe seccomp_attr_set(context, attribute, value), "seccomp_attr_set")
    }

    /// libseccomp returns errno's negative.
    private func check(_ result: Int32, _ operation: String) throws(SealError) {
        guard result < 0 else { return }
        let number = Errno(rawValue: -result)
        throw SealError(
            number == .noFunction || number == .invalidArgument || number == .canceled
                ? "\(operation): \(number) (the kernel has no seccomp filters, or something forbids them)"
                : "\(operation): \(number)")
    }
}
