import Domain
import LocalSockets
import SystemPackage
import WorkerProtocol

/// One conversation with one worker: sends the request, hands on events, waits for the outcome, and has the process
/// ended when it makes no progress, takes too long or lies, or when the caller is cancelled.
struct WorkerConversation: Sendable {
    let request: WorkerRequest
    let descriptors: [FileDescriptor]
    let patience: Duration
    let onEvent: @Sendable (WorkerMessage) -> Void

    /// How the talking ended, whatever becomes of the process.
    private enum Talk {
        case outcome(WorkerMessage)
        case lie(String)
        /// The worker closed the channel.
        case closed
        case overdue(Overdue)
    }

    /// Converses with a process that somebody else keeps, and waits for its end.
    func run(with process: WorkerProcess) async -> WorkerEnding {
        let (talk, report): (Talk, SealReport?) = await withTaskCancellationHandler {
            await converse(with: process)
        } onCancel: {
            process.dismiss(.now)
        }
        switch talk {
        case .outcome: process.dismiss(.afterItsAnswer)
        // A worker that has closed the channel is about to end, and its status says why.
        case .closed: process.dismiss(.afterItsAnswer)
        case .lie, .overdue: process.dismiss(.now)
        }
        let end = await process.ended
        if Task.isCancelled { return .cancelled }
        return WorkerConversation.ending(talk, report, end)
    }

    private func converse(with process: WorkerProcess) async -> (Talk, SealReport?) {
        guard let encoded = try? WorkerChannel.encode(request) else { return (.lie("the request is too long"), nil) }
        // It died at once: its status tells.
        do { try process.socket.send(encoded, with: descriptors) } catch { return (.closed, nil) }
        let exchange = Exchange()
        let messages = exchange.start(on: process.socket)
        let limit = Duration.seconds(request.limits.maxWallSeconds)
        do {
            return try await withThrowingTaskGroup(of: (Talk, SealReport?).self) { group in
                group.addTask { try await exchange.watch(patience: patience, limit: limit) }
                group.addTask { await listen(to: messages, exchange) }
                defer { group.cancelAll() }
                return try await group.next() ?? (.closed, nil)
            }
        } catch let overdue as Overdue {
            return (.overdue(overdue), nil)
        } catch {
            return (.closed, nil)  // Cancelled.
        }
    }

    private func listen(to messages: AsyncStream<Exchange.Received>, _ exchange: Exchange) async -> (Talk, SealReport?)
    {
        var testimony = Testimony(request)
        let start = ContinuousClock.now
        for await received in messages {
            guard case .message(let message) = received else {
                if case .broken(let what) = received { return (.lie(what), testimony.sealReport) }
                continue
            }
            switch testimony.hear(message, elapsed: .now - start) {
            case .nothing: exchange.note(progress: false)
            case .event(let event):
                exchange.note(progress: true)
                onEvent(event)
            case .outcome(let outcome): return (.outcome(outcome), testimony.sealReport)
            case .lie(let what): return (.lie(what), testimony.sealReport)
            }
        }
        return (.closed, testimony.sealReport)
    }

    private static func ending(_ talk: Talk, _ report: SealReport?, _ end: WorkerProcess.End) -> WorkerEnding {
        switch talk {
        case .outcome(let message): return .answered(message, report ?? SealReport())
        case .lie(let what): return .lied(what, lines: end.lines)
        case .overdue(.silent(let patience)): return .silent(patience, lines: end.lines)
        case .overdue(.late(let limit)): return .late(limit, lines: end.lines)
        case .closed: break
        }
        switch end {
        case .notStarted(let why): return .notStarted(why)
        case .exited(WorkerExit.notSealed.rawValue, let lines) where report == nil: return .notSealed(lines)
        case .exited(let code, let lines):
            let reason = "ended with code \(code) and no answer"
            return report == nil
                ? .notStarted("it \(reason)\(lines.isEmpty ? "" : ": \(lines)")") : .died(reason, lines)
        case .signalled(let signal, let lines):
            return .killed(signal, hadBegun: report != nil, lines: lines)
        }
    }
}

extension WorkerProcess.End {
    var lines: String {
        switch self {
        case .exited(_, let lines), .signalled(_, let lines): lines
        case .notStarted: ""
        }
    }
}
