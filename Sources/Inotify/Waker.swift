import Glibc
import SystemPackage

/// Makes a thread in poll(2) return, once and for all. A socket pair, because Glibc's module has no eventfd(2).
final class Waker: Sendable {
    private let ends: (listening: Int32, waking: Int32)

    init() throws(InotifyError) {
        var numbers: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard unsafe socketpair(AF_UNIX, kind, 0, &numbers) == 0 else {
            throw InotifyError(operation: "socketpair", errno: Errno(rawValue: errno))
        }
        ends = (numbers[0], numbers[1])
    }

    deinit {
        close(ends.listening)
        close(ends.waking)
    }

    /// Becomes readable at the first `wake` and stays so.
    var listening: Int32 { ends.listening }

    func wake() { _ = shutdown(ends.waking, Int32(SHUT_RDWR)) }
}
