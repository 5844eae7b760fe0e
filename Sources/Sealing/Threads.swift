import Glibc

enum Threads {
    /// proc(5): `/proc/self/task` has one directory for each thread, and so two links more than threads.
    static func requireOnlyThis() throws(SealError) {
        var status = stat()
        guard unsafe stat("/proc/self/task", &status) == 0 else {
            throw SealError("/proc/self/task cannot be looked at: mount /proc")
        }
        guard status.st_nlink == 3 else { throw SealError("other threads run already") }
    }
}
