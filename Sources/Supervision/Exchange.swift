import Dispatch
import LocalSockets
import Synchronization
import SystemPackage
import WorkerProtocol

/// Carries a worker's messages from the blocking socket into Swift concurrency, and watches for silence.
final class Exchange: Sendable {
    private let lastSign = Mutex(ContinuousClock.now)

    /// Messages that wait to be taken. A worker that floods the channel loses old progress, never its outcome, which
    /// comes last.
    private static let keptMessages = 64

    /// Receives on a thread of its own until the peer closes, a message cannot be understood, or the socket is shut.
    func start(on socket: SequencedSocket) -> AsyncStream<WorkerMessage> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: WorkerMessage.self, bufferingPolicy: .bufferingNewest(Exchange.keptMessages))
        DispatchQueue(label: "understudy.worker-channel").async {
            while let message = Exchange.next(from: socket) {
                continuation.yield(message)
                if message.isOutcome { break }
            }
            continuation.finish()
        }
        return stream
    }

    func noteSign() { lastSign.withLock { $0 = .now } }

    /// Throws once nothing was heard for `patience`.
    func watch(patience: Duration) async throws -> WorkerMessage? {
        while true {
            let due = lastSign.withLock { $0 } + patience
            guard due > .now else { throw SilenceError(patience: patience) }
            try await Task.sleep(until: due, clock: .continuous)
        }
    }

    /// `nil` at the end of the conversation. A broken message ends it too: the process's end then tells the rest.
    private static func next(from socket: SequencedSocket) -> WorkerMessage? {
        do {
            guard let received = try socket.receive(maximumBytes: WorkerChannel.maximumMessageBytes) else { return nil }
            for descriptor in received.descriptors { try descriptor.close() }  // A worker has nothing to hand to us.
            return try WorkerChannel.decodeMessage(received.message)
        } catch {
            return nil
        }
    }
}
