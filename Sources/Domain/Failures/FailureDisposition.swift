/// What the end of an attempt with a failure means for its job.
public enum FailureDisposition: Sendable, Hashable {
    /// The job fails at once: another attempt cannot succeed until somebody changes something.
    case permanent
    /// The job is tried again up to the retry policy's limit, then fails.
    case transient
    /// The job goes back to the queue, burns no attempt and resumes by itself.
    case waits(WaitReason)
    /// The job ends without a verdict, because its original is no longer the one that was queued.
    case superseded
}
