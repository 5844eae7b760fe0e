import Domain
import JobRunner
import Synchronization

/// Shows what `once` does: progress bars on a terminal, one line per event otherwise.
final class OnceReporter: EngineObserver {
    private struct Running {
        let name: String
        var progress: JobProgress?
    }

    private struct State {
        var running: [String: Running] = [:]
        var order: [String] = []
        var drawnLines = 0
        var lastDrawn = ContinuousClock.now
    }

    private let isInteractive: Bool
    private let columns: Int
    private let write: @Sendable (String) -> Void
    private let state = Mutex(State())

    /// Bars are drawn at most this often.
    private static let frameInterval = Duration.milliseconds(100)

    init(isInteractive: Bool, columns: Int, write: @escaping @Sendable (String) -> Void) {
        self.isInteractive = isInteractive
        self.columns = columns
        self.write = write
    }

    func jobStarted(_ job: ClaimedJob) {
        let id = job.token.jobID
        state.withLock { state in
            state.running[id] = Running(name: name(of: job.location))
            state.order.append(id)
            guard isInteractive else {
                return write(PrintableText.escaped("start      \(name(of: job.location))") + "\n")
            }
            redraw(&state)
        }
    }

    func jobProgressed(_ job: ClaimedJob, _ progress: JobProgress) {
        state.withLock { state in
            state.running[job.token.jobID]?.progress = progress
            guard isInteractive, state.lastDrawn + OnceReporter.frameInterval <= .now else { return }
            redraw(&state)
        }
    }

    func jobEnded(_ job: ClaimedJob, _ ending: AttemptEnding) {
        state.withLock { state in
            state.running[job.token.jobID] = nil
            state.order.removeAll { $0 == job.token.jobID }
            say(OnceReporter.line(name: name(of: job.location), job: job, ending), &state)
        }
    }

    func originalRefused(_ location: OriginalLocation, _ failure: Failure) {
        state.withLock { state in
            say("failed     \(failure.code.rawValue): \(failure.message)", &state)
        }
    }

    /// Says a line that is not about one job.
    func note(_ text: String) { state.withLock { say(text, &$0) } }

    static func line(name: String, job: ClaimedJob, _ ending: AttemptEnding) -> String {
        switch ending {
        case .completed(let proxy):
            let path = PathText.encode(job.proxyPath.bytes)
            let facts = "\(proxy.width)×\(proxy.height), \(Phrases.oneDecimal(proxy.durationSeconds)) s"
            let warnings = proxy.warnings.map { " (\($0))" }.joined()
            return "completed  \(name) -> \(path): \(facts), \(Phrases.size(proxy.sizeBytes))\(warnings)"
        case .failed(let failure): return "failed     \(failure.code.rawValue): \(failure.message)"
        case .requeued(let reason, let failure):
            let why = failure?.message ?? "stopped"
            return "waiting    \(name) (\(reason?.rawValue ?? "queue")): \(why)"
        case .superseded, .withdrawn: return "changed    \(name): the original changed; it is looked at again"
        }
    }

    private func name(of location: OriginalLocation) -> String { PathText.encode(location.path.bytes) }

    private func say(_ line: String, _ state: inout State) {
        guard isInteractive else { return write(PrintableText.escaped(line) + "\n") }
        erase(&state)
        write(PrintableText.escaped(line) + "\n")
        redraw(&state)
    }

    private func redraw(_ state: inout State) {
        erase(&state)
        let lines = state.order.compactMap { id in
            state.running[id].map {
                ProgressLine.render(name: PrintableText.escaped($0.name), progress: $0.progress, columns: columns)
            }
        }
        write(lines.map { $0 + "\n" }.joined())
        state.drawnLines = lines.count
        state.lastDrawn = .now
    }

    /// ECMA-48: cursor up, erase to the end of the screen.
    private func erase(_ state: inout State) {
        if state.drawnLines > 0 { write("\u{1B}[\(state.drawnLines)A\u{1B}[J") }
        state.drawnLines = 0
    }
}
