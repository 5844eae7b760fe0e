/// One thing that was looked at, how it is, and how to mend it.
public struct Finding: Sendable, Hashable, Codable {
    public enum Level: String, Sendable, Codable {
        case ok
        /// It works, less well than it could.
        case warning
        /// It does not work.
        case problem
    }

    public let level: Level
    /// What was looked at, such as `inotify watches` or a root's path.
    public let subject: String
    public let message: String
    /// What to do; `nil` where nothing is to be done.
    public let remedy: String?

    public init(_ level: Level, _ subject: String, _ message: String, remedy: String? = nil) {
        self.level = level
        self.subject = subject
        self.message = message
        self.remedy = remedy
    }
}
