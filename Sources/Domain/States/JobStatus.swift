/// The state of one processing job (`processing_jobs.status`).
public enum JobStatus: String, Sendable, Codable, CaseIterable {
    /// Queued, or waiting with a reason. A crash here loses nothing.
    case pending
    /// Claimed by an executor of the living daemon. After a crash its owner is dead: the next start releases it.
    case running
    case completed
    case failed
    /// Ended because the original changed, or because a person cancelled it.
    case cancelled

    /// Whether the job has ended for good: a new proxy needs a new job.
    public var isFinal: Bool {
        switch self {
        case .pending, .running: false
        case .completed, .failed, .cancelled: true
        }
    }

    /// Whether the database may move a job from this status to `next`.
    public func mayBecome(_ next: JobStatus) -> Bool {
        switch (self, next) {
        case (.pending, .running), (.pending, .cancelled), (.pending, .failed): true
        case (.running, .pending), (.running, .completed), (.running, .failed), (.running, .cancelled): true
        default: false
        }
    }
}
