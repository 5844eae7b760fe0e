import Domain
import Subprocess
import Synchronization

/// The last bytes of a child's standard error.
final class TextTail: Sendable {
    private let maximumBytes: Int
    private let bytes = Mutex<[UInt8]>([])

    init(maximumBytes: Int) { self.maximumBytes = maximumBytes }

    /// Reads until the child closes the pipe.
    func collect(_ output: SubprocessOutputSequence) async throws {
        for try await buffer in output {
            append(unsafe buffer.withUnsafeBytes { unsafe Array($0) })
        }
    }

    func append(_ chunk: [UInt8]) {
        bytes.withLock { kept in
            kept.append(contentsOf: chunk)
            if kept.count > maximumBytes { kept.removeFirst(kept.count - maximumBytes) }
        }
    }

    /// What was kept, harmless for logs and sidecars.
    var text: String { PrintableText.escapedLines(bytes.withLock { String(decoding: $0, as: UTF8.self) }) }
}
