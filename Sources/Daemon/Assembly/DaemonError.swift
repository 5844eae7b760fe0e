/// Exit codes of the command line (sysexits.h where one fits).
public enum ExitStatus: Int32, Sendable, CaseIterable {
    case success = 0
    /// Something failed.
    case failed = 1
    case usage = 64
    case badInput = 65
    /// What was asked for is not there: no database, no daemon, no worker program.
    case notAvailable = 69
    /// Another instance holds the state directory, or a root is not mounted.
    case tryLater = 75
    case badConfiguration = 78
}

/// Why the daemon, or a command, cannot go on.
public struct DaemonError: Error, Sendable, Hashable, CustomStringConvertible {
    public let status: ExitStatus
    /// What is wrong with what, and what to do.
    public let message: String

    public init(_ status: ExitStatus, _ message: String) {
        self.status = status
        self.message = message
    }

    public var description: String { message }
}
