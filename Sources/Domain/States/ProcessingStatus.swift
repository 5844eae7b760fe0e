/// What has become of a video's proxy (`videos.processing_status`).
public enum ProcessingStatus: String, Sendable, Codable, CaseIterable {
    /// No job asks for a proxy yet. Entered by a new row, or when the original is replaced.
    case pending
    /// A job is queued or runs. Entered in the transaction that queues the job.
    case processing
    /// The verified proxy is at its final name and synced to disk. Entered in the transaction that ends the job.
    case completed
    /// The last attempt failed, or a person cancelled the job. Entered in the transaction that ends the job.
    case failed

    /// The video status that each job status implies: the schema enforces the same mapping.
    public init(of job: JobStatus) {
        self =
            switch job {
            case .pending, .running: .processing
            case .completed: .completed
            case .failed, .cancelled: .failed
            }
    }

    /// Whether the database may move a video from this status to `next`.
    public func mayBecome(_ next: ProcessingStatus) -> Bool {
        switch (self, next) {
        case (.pending, .processing): true
        case (.processing, .completed), (.processing, .failed), (.processing, .pending): true
        case (.completed, .pending), (.completed, .processing): true
        case (.failed, .pending), (.failed, .processing): true
        default: false
        }
    }
}
