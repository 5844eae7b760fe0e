public import Domain

/// Hears what the engine does, for the terminal of `once` and for hooks. Calls are short and never block.
public protocol EngineObserver: Sendable {
    func jobStarted(_ job: ClaimedJob)
    func jobProgressed(_ job: ClaimedJob, _ progress: JobProgress)
    func jobEnded(_ job: ClaimedJob, _ ending: AttemptEnding)
    /// An original failed before a job could run for it.
    func originalRefused(_ location: OriginalLocation, _ failure: Failure)
}

/// Hears nothing.
public struct SilentObserver: EngineObserver {
    public init() {}
    public func jobStarted(_ job: ClaimedJob) {}
    public func jobProgressed(_ job: ClaimedJob, _ progress: JobProgress) {}
    public func jobEnded(_ job: ClaimedJob, _ ending: AttemptEnding) {}
    public func originalRefused(_ location: OriginalLocation, _ failure: Failure) {}
}

/// How one attempt at a job ended, after the database was told.
public enum AttemptEnding: Sendable, Hashable {
    case completed(ProxyDescription)
    case failed(Failure)
    /// Back in the queue; `nil` for an orderly stop.
    case requeued(WaitReason?, Failure?)
    /// The original is no longer the one that was queued.
    case superseded
    /// The job was withdrawn while it ran; whatever this attempt made was thrown away.
    case withdrawn
}
