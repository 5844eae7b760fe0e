import Logging
import Systemd

/// Writes each event to the journal with its fields; where the journal does not take it, to standard error.
struct JournalLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level
    private let journal: Journal
    private let identifier: String

    init(level: Logger.Level, journal: Journal, identifier: String = "understudy") {
        logLevel = level
        self.journal = journal
        self.identifier = identifier
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        guard let line = LogLine(event, metadata) else { return }
        guard !journal.write(entry(line, level: event.level)) else { return }
        Terminal.log("<\(event.level.priority)>\(line.text)\n")
    }

    private func entry(_ line: LogLine, level: Logger.Level) -> JournalEntry {
        var entry = JournalEntry()
        entry.add("MESSAGE", line.text)
        entry.add("PRIORITY", "\(level.priority)")
        entry.add("SYSLOG_IDENTIFIER", identifier)
        if let known = JournalMessages.all[line.message] {
            entry.add("MESSAGE_ID", known.id)
            if let state = known.state { entry.add("UNDERSTUDY_STATE", state) }
        }
        for (key, value) in line.details { entry.add("UNDERSTUDY_\(key)", value) }
        return entry
    }
}
