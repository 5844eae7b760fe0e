/// What the daemon knows of an upload that it follows, for `explain`.
public struct CandidateStanding: Sendable, Hashable, Codable {
    /// Whether a writer held the file at the last look.
    public let isBusy: Bool
    /// Whether it stands still and is cut short.
    public let isIncomplete: Bool
    /// Looks in a row that could not open it.
    public let failedLooks: Int
    /// Until the next look, without an event; negative where it is due.
    public let nextLookMilliseconds: Int64

    public init(
        isBusy: Bool, isIncomplete: Bool, failedLooks: Int, nextLookMilliseconds: Int64
    ) {
        self.isBusy = isBusy
        self.isIncomplete = isIncomplete
        self.failedLooks = failedLooks
        self.nextLookMilliseconds = nextLookMilliseconds
    }

    private enum CodingKeys: String, CodingKey {
        case isBusy = "busy"
        case isIncomplete = "incomplete"
        case failedLooks = "failed_looks"
        case nextLookMilliseconds = "next_look_ms"
    }
}
