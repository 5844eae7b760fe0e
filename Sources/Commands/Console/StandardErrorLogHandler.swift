import Foundation
public import Logging

/// Writes one line per event to standard error: with a journal priority under systemd (sd-daemon(3), `SD_INFO` …), with
/// the time otherwise.
public struct StandardErrorLogHandler: LogHandler {
    public var metadata: Logger.Metadata = [:]
    public var logLevel: Logger.Level
    private let hasJournal: Bool

    /// - Parameter hasJournal: whether standard error goes to the journal, which adds the time itself.
    public init(level: Logger.Level, hasJournal: Bool) {
        logLevel = level
        self.hasJournal = hasJournal
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
        let details = all.sorted { $0.key < $1.key }.map {
            " \($0.key)=\(StandardErrorLogHandler.quoted("\($0.value)"))"
        }
        let start = hasJournal ? "<\(priority(of: event.level))>" : "\(Self.time()) \(event.level.rawValue): "
        let line = "\(start)\(event.message)\(details.joined())\n"
        FileHandle.standardError.write(Data(line.utf8))
    }

    /// syslog(3) levels.
    private func priority(of level: Logger.Level) -> Int {
        switch level {
        case .critical: 2
        case .error: 3
        case .warning: 4
        case .notice: 5
        case .info: 6
        case .debug, .trace: 7
        }
    }

    private static func quoted(_ text: String) -> String {
        text.contains(" ") || text.contains("\"") ? "\"\(text.replacing("\"", with: "\\\""))\"" : text
    }

    private static func time() -> String {
        Date.now.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
