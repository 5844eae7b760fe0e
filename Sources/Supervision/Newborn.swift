import CLinux
import Glibc
import SystemPackage

/// A child process that a waiting worker bore for us. Owns what stands for it (pidfd_open(2)) and our end of its
/// standard error.
final class Newborn: Sendable {
    private let process: FileDescriptor
    private let complaints: FileDescriptor

    init(process: FileDescriptor, complaints: FileDescriptor) {
        self.process = process
        self.complaints = complaints
    }

    deinit {
        // Nothing can be done about a failed close of either.
        try? process.close()
        try? complaints.close()
    }

    /// Does nothing to a process that has ended.
    func signal(_ number: Int32) { _ = clinux_signal_process(process.rawValue, number) }

    /// Reads what it writes to standard error, and waits for its end. Blocks.
    func awaitEnd(_ tail: TextTail) -> WorkerProcess.End {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = unsafe read(complaints.rawValue, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            tail.append(Array(buffer[..<count]))
        }
        var result: Int32 = 0
        while true {
            switch unsafe clinux_await_process(process.rawValue, &result) {
            case 1: return .exited(result, lines: tail.text)
            case 2: return .signalled(result, lines: tail.text)
            default:
                guard errno == EINTR else { return .notStarted("waitid: \(Errno(rawValue: errno))") }
            }
        }
    }
}
