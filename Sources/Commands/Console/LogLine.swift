import Logging
import Synchronization

/// What both kinds of log have in common: one line of a message and its details, and fewer repetitions.
struct LogLine: Sendable {
    private static let filter = Mutex(RepetitionFilter())
    private static let start = ContinuousClock.now

    let message: String
    let details: [(key: String, value: String)]

    /// - Returns: `nil` for a warning or an error that was said in the last minute in the same words: it is counted, and
    ///   the next one says how often. Decisions (info, notice) are never left out.
    init?(_ event: LogEvent, _ metadata: Logger.Metadata) {
        message = event.message.description
        let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
        var details = all.sorted { $0.key < $1.key }.map { (key: $0.key, value: "\($0.value)") }
        if event.level >= .warning {
            let text = LogLine.text(message, details)
            let now = ContinuousClock.now - LogLine.start
            guard let repeated = LogLine.filter.withLock({ $0.admit(text, at: now) }) else { return nil }
            if repeated > 0 { details.append(("repeated", "\(repeated)")) }
        }
        self.details = details
    }

    var text: String { LogLine.text(message, details) }

    private static func text(_ message: String, _ details: [(key: String, value: String)]) -> String {
        message + details.map { " \($0.key)=\(quoted($0.value))" }.joined()
    }

    private static func quoted(_ text: String) -> String {
        text.contains(" ") || text.contains("\"") ? "\"\(text.replacing("\"", with: "\\\""))\"" : text
    }
}

extension Logger.Level {
    /// syslog(3) levels.
    var priority: Int {
        switch self {
        case .critical: 2
        case .error: 3
        case .warning: 4
        case .notice: 5
        case .info: 6
        case .debug, .trace: 7
        }
    }
}
