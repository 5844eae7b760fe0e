/// One line of the view `contradictions`.
public struct Contradiction: Sendable, Hashable {
    public let videoID: String?
    public let jobID: String?
    /// What contradicts what, for a person.
    public let problem: String

    public init(videoID: String?, jobID: String?, problem: String) {
        self.videoID = videoID
        self.jobID = jobID
        self.problem = problem
    }
}
