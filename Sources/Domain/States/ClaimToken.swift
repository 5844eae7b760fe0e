/// Proves that a write about a running job comes from the attempt that claimed it.
///
/// Every write is fenced by all three parts; a write whose token no longer matches changes nothing and its result is
/// thrown away (a late finisher after a rescue, or after a cancellation).
public struct ClaimToken: Sendable, Hashable {
    public let jobID: String
    /// 1 for the first attempt.
    public let attempt: Int
    /// 128 random bits in hexadecimal, new for each claim.
    public let lease: String

    public init(jobID: String, attempt: Int, lease: String) {
        self.jobID = jobID
        self.attempt = attempt
        self.lease = lease
    }
}
