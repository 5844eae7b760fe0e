/// What the history tells (`events.kind`): one for each decision about an original.
public enum EventKind: String, Sendable, Codable, CaseIterable {
    case seen
    /// The upload moved on after it stood still.
    case resumed
    case incomplete
    case uploaded
    case notified
    /// The file could not be read.
    case refused
    /// New content under the same name.
    case replaced
    /// Touched or uploaded again with the same content.
    case unchanged
    case queued
    case started
    /// The job waits, or an attempt failed and another one follows.
    case waiting
    case completed
    case failed
    case cancelled
    /// The original changed under a running job.
    case superseded
    case proxyLost = "proxy_lost"
    case moved
    case proxyMoved = "proxy_moved"
    case missing
    case returned
    /// The row was removed.
    case forgotten
    /// The database was damaged, and rebuilt; the path is its own.
    case databaseRestored = "database_restored"
}

/// One line of the history.
public struct HistoryEvent: Sendable, Hashable, Codable {
    /// By the database's clock.
    public let at: String
    public let kind: EventKind
    public let videoID: String?
    public let path: String
    /// Evidence, reasons, codes: short texts.
    public let data: [String: String]

    public init(at: String, kind: EventKind, videoID: String?, path: String, data: [String: String]) {
        self.at = at
        self.kind = kind
        self.videoID = videoID
        self.path = path
        self.data = data
    }

    private enum CodingKeys: String, CodingKey {
        case at, kind, path, data
        case videoID = "video_id"
    }
}
