import Dispatch
import LocalSockets
import Synchronization
import SystemPackage
import WorkerProtocol

/// Carries a worker's messages from the blocking socket into Swift concurrency, and watches for silence.
final class Exchange: Sendable {
    /// What comes from a worker.
    enum Received: Sendable {
        case message(WorkerMessage)
        /// Bytes that are no message.
        case broken(String)
    }

    private struct Signs {
        var talk = ContinuousClock.now
        var progress = ContinuousClock.now
    }

    private let signs = Mutex(Signs())

    /// How many times the patience a worker may talk without any progress: sound alone makes no frames.
    private static let talkWithoutProgress = 5

    /// Messages that wait to be taken. A worker that floods the channel loses old progress, never its outcome, which
    /// comes last.
    private static let keptMessages = 64

    /// Receives on a thread of its own until the peer closes, a message cannot be understood, or the socket is shut.
    func start(on socket: SequencedSocket) -> AsyncStream<Received> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Received.self, bufferingPolicy: .bufferingNewest(Exchange.keptMessages))
        DispatchQueue(label: "understudy.worker-channel").async {
            while let received = Exchange.next(from: socket) {
                continuation.yield(received)
                guard case .message(let message) = received, !message.isOutcome else { break }
            }
            continuation.finish()
        }
        return stream
    }

    func note(progress: Bool) {
        signs.withLock { signs in
            signs.talk = .now
            if progress { signs.progress = .now }
        }
    }

    /// Throws once nothing was heard for `patience`, no progress for five times as long, or all has taken longer than
    /// `limit`.
    func watch(patience: Duration, limit: Duration) async throws -> Never {
        let end = ContinuousClock.now + limit
        while true {
            let due = signs.withLock {
                min($0.talk + patience, $0.progress + patience * Exchange.talkWithoutProgress)
            }
            guard due > .now else { throw Overdue.silent(patience) }
            guard end > .now else { throw Overdue.late(limit) }
            try await Task.sleep(until: min(due, end), clock: .continuous)
        }
    }

    /// `nil` at the end of the conversation.
    private static func next(from socket: SequencedSocket) -> Received? {
        let received: (message: [UInt8], descriptors: [FileDescriptor])
        do {
            guard let next = try socket.receive(maximumBytes: WorkerChannel.maximumMessageBytes) else { return nil }
            received = next
        } catch {
            return error.errno == .messageTooLong ? .broken("a message was longer than allowed") : nil
        }
        // A worker has nothing to hand to us.
        for descriptor in received.descriptors { try? descriptor.close() }
        guard received.descriptors.isEmpty else { return .broken("it sent a descriptor") }
        do {
            return .message(try WorkerChannel.decodeMessage(received.message))
        } catch {
            return .broken("a message could not be read")
        }
    }
}

/// Why a conversation was not waited for any longer.
enum Overdue: Error {
    /// The worker made no progress for this long.
    case silent(Duration)
    /// It took longer than this in all.
    case late(Duration)
}
