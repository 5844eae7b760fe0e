import Dispatch
import Domain
import LocalSockets
import Subprocess
import SystemPackage
import WorkerProtocol

/// One worker process from its start to its end: sends the request, hands on events, waits for the outcome, and ends
/// the process when it is silent for too long or when the caller is cancelled.
struct WorkerConversation: Sendable {
    let executable: FilePath
    let request: WorkerRequest
    let descriptors: [FileDescriptor]
    let patience: Duration
    let onEvent: @Sendable (WorkerMessage) -> Void

    /// Kept of the worker's standard error, in bytes: its libraries' complaints.
    private static let keptErrorBytes = 16 * 1024
    /// How long a worker may take to end by itself after SIGTERM; then it is killed.
    private static let graceAfterTerminate = Duration.seconds(2)

    func run() async -> WorkerEnding {
        let ends: (ours: SequencedSocket, theirs: FileDescriptor)
        do { ends = try SequencedSocket.pair() } catch { return .notStarted(error.description) }
        let exchange = Exchange()
        let complaints = TextTail(maximumBytes: WorkerConversation.keptErrorBytes)
        do {
            let result = try await Subprocess.run(
                .path(executable),
                environment: .custom([:]),
                platformOptions: options,
                // Closed here once the child has it: only then does the child's end show as the end of the channel.
                input: .fileDescriptor(ends.theirs, closeAfterSpawningProcess: true),
                output: .discarded,
                error: .sequence
            ) { execution in
                async let collected: Void = complaints.collect(execution.standardError)
                let answer = try await withTaskCancellationHandler {
                    try await converse(over: ends.ours, exchange: exchange)
                } onCancel: {
                    ends.ours.shutDown()
                }
                try await collected
                return answer
            }
            return ending(of: result.terminationStatus, answer: result.closureResult, lines: complaints.text)
        } catch is CancellationError {
            return .cancelled
        } catch let error as SilenceError {
            return .silent(error.patience, lines: complaints.text)
        } catch {
            return Task.isCancelled ? .cancelled : .notStarted("\(error)")
        }
    }

    private var options: PlatformOptions {
        var options = PlatformOptions()
        // A terminal's Ctrl-C goes to the whole foreground group: the worker must wait for its supervisor's word.
        options.processGroupID = 0
        options.teardownSequence = [
            .send(signal: .terminate, allowedDurationToNextStep: WorkerConversation.graceAfterTerminate)
        ]
        return options
    }

    /// - Returns: the outcome; `nil` where the worker closed the channel without one.
    private func converse(over socket: SequencedSocket, exchange: Exchange) async throws -> WorkerMessage? {
        let encoded = try WorkerChannel.encode(request)
        do { try socket.send(encoded, with: descriptors) } catch { return nil }  // It died at once: its status tells.
        let messages = exchange.start(on: socket)
        return try await withThrowingTaskGroup(of: WorkerMessage?.self) { group in
            group.addTask { try await exchange.watch(patience: patience) }
            group.addTask {
                for await message in messages {
                    exchange.noteSign()
                    guard message.isOutcome else {
                        onEvent(message)
                        continue
                    }
                    return message
                }
                try Task.checkCancellation()
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }

    private func ending(of status: TerminationStatus, answer: WorkerMessage?, lines: String) -> WorkerEnding {
        if Task.isCancelled { return .cancelled }
        if let answer { return .answered(answer) }
        return switch status {
        case .exited(let code): .died(reason: "ended with code \(code) and no answer", lines: lines)
        case .signaled(let signal): .died(reason: "was ended by signal \(signal)", lines: lines)
        }
    }
}

/// The worker said nothing for `patience`.
struct SilenceError: Error {
    let patience: Duration
}

extension WorkerMessage {
    /// Whether this is the last message of a conversation.
    var isOutcome: Bool {
        switch self {
        case .media, .progress: false
        case .transcoded, .verified, .probed, .failed: true
        }
    }
}
