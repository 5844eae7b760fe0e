public import Domain
public import JobRunner

/// What the command line asks of a running daemon. One message on the control socket; paths in `PathText`.
public enum ControlRequest: Sendable, Hashable, Codable {
    case retry(paths: [String])
    case retryAllFailed
    case cancel(paths: [String])
    /// The progress of running jobs.
    case progress
    case pause
    case resume
    /// The uploader says that these are complete.
    case notify(paths: [String])
    case health
    /// What is known of an upload that is being followed.
    case candidate(path: String)
    /// Repairs that `doctor` asks for.
    case mend([Mending])
    /// What is gone from this root was meant to go.
    case acceptLosses(root: String)
}

/// The daemon's answer.
public enum ControlReply: Sendable, Hashable, Codable {
    /// What became of each path, in order.
    case retried([RetryOutcome])
    /// How many jobs were queued.
    case retriedAll(Int)
    /// For each path, in order: whether a job was cancelled.
    case cancelled([Bool])
    /// By video id.
    case progress([String: JobProgress])
    /// Whether anything changed.
    case paused(Bool)
    /// For each path, in order: whether it is followed.
    case notified([Bool])
    case health(DaemonHealth)
    case candidate(CandidateStanding?)
    /// For each repair, in order: whether something was done.
    case mended([Bool])
    /// How many originals are recorded as deleted.
    case acceptedLosses(Int)
    /// One sentence: why it could not be done.
    case refused(String)
}
