/// What is queued, and how fast jobs went lately: enough to say when the queue will be empty. Pure.
public struct QueueOutlook: Sendable, Hashable {
    public var queuedJobs: Int
    public var queuedBytes: Int64
    /// Queued jobs that wait for something, by what; the others wait for their turn.
    public var waiting: [WaitReason: Int]
    /// Originals of the jobs that were completed last, and the time that these took.
    public var recentBytes: Int64
    public var recentSeconds: Double

    public init(
        queuedJobs: Int, queuedBytes: Int64, waiting: [WaitReason: Int], recentBytes: Int64, recentSeconds: Double
    ) {
        self.queuedJobs = queuedJobs
        self.queuedBytes = queuedBytes
        self.waiting = waiting
        self.recentBytes = recentBytes
        self.recentSeconds = recentSeconds
    }

    /// Whether the queue as a whole is held back.
    public var isHeld: Bool { waiting[.paused] != nil || waiting[.schedule] != nil }

    /// Seconds until the queue is empty, by the speed of the last jobs; a guess.
    ///
    /// - Parameters:
    ///   - slots: jobs that run at once.
    ///   - running: what the running jobs say they will take; `nil` for one that cannot tell.
    /// - Returns: `nil` where nothing can be said: no job was completed yet, or the queue is held back.
    public func secondsToClear(slots: Int, running: [Int?]) -> Int? {
        guard !isHeld else { return nil }
        let rest = running.compactMap { $0 }
        guard queuedJobs > 0 else { return running.isEmpty ? 0 : rest.count == running.count ? rest.max() : nil }
        guard recentBytes > 0, recentSeconds > 0 else { return nil }
        let queued = Double(queuedBytes) * recentSeconds / Double(recentBytes)
        let work = rest.reduce(queued) { $0 + Double($1) } / Double(max(slots, 1))
        return max(Int(work.rounded(.up)), rest.max() ?? 0)
    }
}
