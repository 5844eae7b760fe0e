import Glibc
import SystemPackage

/// Makes a thread in poll(2) return: now and then by a knock, once and for all by a `wake`. A socket pair, because Glibc's module has no eventfd(2).
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

    /// Readable while there are knocks, and from the first `wake` on.
    var listening: Int32 { ends.listening }

    func wake() { _ = shutdown(ends.waking, Int32(SHUT_RDWR)) }

    func knock() {
        let byte: [UInt8] = [1]
        // A full buffer has knocks enough.
        _ = unsafe send(ends.waking, byte, 1, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
    }

    /// Takes the knocks away.
    /// - Returns: `false` after a `wake`.
    func takeKnocks() -> Bool {
        var bytes = [UInt8](repeating: 0, count: 64)
        return unsafe recv(ends.listening, &bytes, bytes.count, Int32(MSG_DONTWAIT)) != 0
    }
}
