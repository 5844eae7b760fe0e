public import Domain
public import Logging
public import ServiceLifecycle
import Synchronization

/// Claims jobs and runs attempts, as many at once as there are slots.
public final class ExecutorService: Service {
    /// The ports and shared objects that attempts use.
    public struct Tools: Sendable {
        public var store: any VideoStore
        public var originals: any OriginalFiles
        public var proxies: any ProxyFiles
        public var workers: any Workers
        public var observer: any EngineObserver
        public var board: ProgressBoard
        /// Rung when a row changed.
        public var sidecarBell: Doorbell
        /// Free bytes below which no job starts.
        public var minFreeBytes: Int64
        /// A running job's original is watched: a change of it ends the job.
        public var watches: any OriginalWatches

        public init(
            store: any VideoStore, originals: any OriginalFiles, proxies: any ProxyFiles, workers: any Workers,
            observer: any EngineObserver, board: ProgressBoard, sidecarBell: Doorbell, minFreeBytes: Int64,
            watches: any OriginalWatches = NoOriginalWatches()
        ) {
            self.store = store
            self.originals = originals
            self.proxies = proxies
            self.workers = workers
            self.observer = observer
            self.board = board
            self.sidecarBell = sidecarBell
            self.minFreeBytes = minFreeBytes
            self.watches = watches
        }
    }

    /// What a reload may change.
    public struct Limits: Sendable, Hashable {
        /// Jobs that run at once.
        public var slots: Int
        /// Free bytes below which no job starts.
        public var minFreeBytes: Int64
        /// The hours in which jobs may start; `nil` for all.
        public var schedule: Schedule?

        public init(slots: Int, minFreeBytes: Int64, schedule: Schedule?) {
            self.slots = slots
            self.minFreeBytes = minFreeBytes
            self.schedule = schedule
        }
    }

    private struct State {
        var slots: Int
        var schedule: Schedule?
        var running: [String: StopSignal] = [:]
        /// Videos with an attempt that has not ended; its job may be, by a cancellation.
        var videos: Set<String> = []
        /// Whether a job runs that must be alone.
        var isAlone = false
        var isStopping = false
        var holds = LaneHolds()
        var turns = FairTurns()
        var space: SpaceGuard
        /// What the database was last told; `nil` before.
        var isWithinHours: Bool?
    }

    private let tools: Tools
    private let retry: RetryPolicy
    private let gate: StartGate
    private let bell: Doorbell
    private let onSuperseded: @Sendable (OriginalLocation) async -> Void
    private let onMissing: @Sendable (OriginalLocation) async -> Void
    private let logger: Logger
    private let patience: StorePatience
    /// Of the loop, which rests while it is patient.
    private let loopPatience: StorePatience
    /// One beat for each round of the loop.
    public let heartbeat = Heartbeat()
    private let state: Mutex<State>
    private let time: Stopwatch
    private let entropy: @Sendable () -> UInt64

    /// Folders that are read at once to choose from, at most; each has two jobs there.
    private static let choice = 20_000
    /// The queue is looked at this often even when nobody rings.
    private static let longestNap = Duration.seconds(30)
    private static let shortestNap = Duration.milliseconds(50)
    private static let pauseForMove = Duration.seconds(1)
    private static let pauseForMissing = Duration.seconds(3)

    /// - Parameters:
    ///   - schedule: the hours in which jobs may start; `nil` for all.
    ///   - gate: no job is claimed before it opens.
    ///   - bell: rung when a job was queued.
    ///   - onSuperseded: called when an attempt found that its original had changed.
    ///   - onMissing: called when an attempt found that its original was gone.
    ///   - entropy: gives the random bits of leases and back-offs.
    public init(
        tools: Tools, slots: Int, retry: RetryPolicy, schedule: Schedule? = nil, gate: StartGate, bell: Doorbell,
        logger: Logger,
        onSuperseded: @escaping @Sendable (OriginalLocation) async -> Void,
        onMissing: @escaping @Sendable (OriginalLocation) async -> Void = { _ in },
        clock: any Clock<Duration> = ContinuousClock(),
        entropy: @escaping @Sendable () -> UInt64 = { .random(in: .min ... .max) }
    ) {
        self.tools = tools
        self.retry = retry
        state = Mutex(
            State(slots: slots, schedule: schedule, space: SpaceGuard(least: tools.minFreeBytes)))
        self.gate = gate
        self.bell = bell
        self.logger = logger
        self.onSuperseded = onSuperseded
        self.onMissing = onMissing
        self.entropy = entropy
        time = Stopwatch(clock)
        patience = StorePatience(logger: logger, time: time)
        loopPatience = StorePatience(logger: logger, time: time, heartbeat: heartbeat)
    }

    /// Jobs that may run at once.
    public var slots: Int { state.withLock { $0.slots } }

    /// Takes over the limits of another configuration. Jobs that run go on, also where they are too many now.
    public func apply(_ limits: Limits) {
        state.withLock {
            $0.slots = limits.slots
            $0.schedule = limits.schedule
            $0.space.least = limits.minFreeBytes
        }
        bell.ring()
    }

    /// Jobs that run at the moment.
    public var runningCount: Int { state.withLock { $0.running.count } }

    /// Whether a job could be claimed at once: its folder is not held back by a full disk or a lost mount.
    public func hasClaimableJob() async -> Bool { await !choices().isEmpty }

    /// Ends a running attempt whose job was cancelled in the database; does nothing where none runs.
    public func withdraw(_ jobID: String) {
        state.withLock { $0.running[jobID] }?.trip(.withdrawn)
        bell.ring()
    }

    /// Ends a running attempt whose original has another name now; its job goes back to the queue.
    public func putBack(_ jobID: String) { state.withLock { $0.running[jobID] }?.trip(.moved) }

    /// Makes the loop go round once more, where it can.
    public func poke() { bell.ring() }

    public func run() async {
        await withTaskCancellationOrGracefulShutdownHandler {
            await heartbeat.resting { await gate.pass() }
            await withDiscardingTaskGroup { group in
                while !state.withLock({ $0.isStopping }) {
                    heartbeat.beat()
                    await observeHours()
                    guard let (job, stop) = await claimNext() else {
                        await bell.wait(atMost: await nap(), clock: time.clock)
                        continue
                    }
                    group.addTask { await self.perform(job, stop: stop) }
                }
            }
        } onCancelOrGracefulShutdown: {
            self.stopAll()
        }
    }

    private func stopAll() {
        let running = state.withLock { state in
            state.isStopping = true
            return state.running.values.map { $0 }
        }
        for stop in running { stop.trip(.shutdown) }
        gate.open()
        bell.ring()
    }

    /// How long to sleep when there is nothing to claim.
    private func nap() async -> Duration {
        guard runningCount < slots else { return ExecutorService.longestNap }
        let due = await loopPatience.persist("ask when a job is due") { () throws(StoreError) in
            try await self.tools.store.timeUntilNextClaimable()
        }
        let held = state.withLock { $0.holds.nextEnd(after: now) }.map { $0 - now }
        // What is due already and was not claimed waits for something that rings, such as the end of its last worker.
        return max(
            ExecutorService.shortestNap,
            [due.flatMap { $0 }, held].compactMap { $0 }.reduce(ExecutorService.longestNap, min))
    }

    /// Tells the database whether the hours hold the queue back, where that has changed: the rows and their sidecars say
    /// what they wait for. Running jobs go on to their end.
    private func observeHours() async {
        let store = tools.store
        var isWithin = true
        if let schedule = state.withLock({ $0.schedule }) {
            let time = await loopPatience.persist("read the local time") { () throws(StoreError) in
                try await store.localTime()
            }
            guard let time else { return }
            isWithin = schedule.isOpen(at: time)
        }
        guard state.withLock({ $0.isWithinHours != isWithin }) else { return }
        let told = isWithin
        let hasChanged = await loopPatience.persist("record the hours") { () throws(StoreError) in
            try await store.setWithinHours(told)
        }
        guard let hasChanged else { return }
        state.withLock { $0.isWithinHours = told }
        guard hasChanged else { return }
        logger.notice(told ? "the hours for jobs have begun" : "the hours for jobs have ended, jobs wait")
        tools.sidecarBell.ring()
    }

    private func claimNext() async -> (ClaimedJob, StopSignal)? {
        guard runningCount < slots, !state.withLock({ $0.isAlone }) else { return nil }
        let choices = await choices()
        for queued in choices {
            let mustBeAlone = queued.deaths >= RetryPolicy.deathsBeforeAlone
            // Its turn has come: what runs is let come to its end, and nothing else is begun.
            if mustBeAlone, runningCount > 0 { return nil }
            let lease = newLease()
            let claimed = await loopPatience.persist("claim a job") { () throws(StoreError) in
                try await self.tools.store.claim(queued.id, lease: lease)
            }
            guard let job = claimed.flatMap({ $0 }) else { continue }
            state.withLock {
                $0.turns.take(queued, from: choices)
                $0.isAlone = mustBeAlone
            }
            return (job, begin(job))
        }
        return nil
    }

    /// Jobs to choose from, in the order of the folders' turns, without those of held folders and of originals whose
    /// last worker has not ended yet.
    private func choices() async -> [QueuedJob] {
        let jobs = await loopPatience.persist("read the queue") { () throws(StoreError) in
            try await self.tools.store.claimableJobs(limit: 2 * ExecutorService.choice)
        }
        return state.withLock { [now] state in
            state.turns.order(
                (jobs ?? []).filter {
                    !state.holds.isHeld($0.dropFolder, at: now) && !state.videos.contains($0.videoID)
                })
        }
    }

    private var now: Duration { time.now }

    private func begin(_ job: ClaimedJob) -> StopSignal {
        let stop = StopSignal()
        let isStopping = state.withLock { state in
            state.running[job.token.jobID] = stop
            state.videos.insert(job.videoID)
            return state.isStopping
        }
        if isStopping { stop.trip(.shutdown) }
        tools.board.begin(job)
        tools.sidecarBell.ring()
        tools.observer.jobStarted(job)
        logger.info("job started", metadata: .job(job))
        return stop
    }

    private func perform(_ job: ClaimedJob, stop: StopSignal) async {
        tools.watches.watch(job.location)
        let result = await Attempt(job: job, tools: tools, stop: stop, patience: patience) { estimate, available in
            self.state.withLock {
                $0.space.admit(
                    job.token.jobID, to: job.location.dropFolder, estimate: estimate, available: available)
            }
        }.run()
        tools.watches.unwatch(job.location)
        let ending = await conclude(job, result, stop: stop)
        tools.board.end(job.token.jobID)
        state.withLock {
            $0.running[job.token.jobID] = nil
            $0.videos.remove(job.videoID)
            $0.isAlone = false
            $0.space.release(job.token.jobID)
        }
        report(job, ending)
        tools.observer.jobEnded(job, ending)
        tools.sidecarBell.ring()
        if ending == .superseded { await onSuperseded(job.location) }
        bell.ring()
    }

    /// Tells the database what became of the attempt.
    private func conclude(_ job: ClaimedJob, _ result: Attempt.Result, stop: StopSignal) async -> AttemptEnding {
        switch result {
        case .published(let description):
            state.withLock { $0.holds.release(job.location.dropFolder) }
            return .completed(description)
        case .lostClaim: return .withdrawn
        case .stopped where stop.reason == .withdrawn: return .withdrawn
        case .failed where stop.reason == .moved, .stopped:
            // Not at once: the row follows the file before the job is claimed again.
            let delay: Duration = stop.reason == .moved ? ExecutorService.pauseForMove : .zero
            await release(job, reason: nil, delay: delay, givesBack: true, failure: nil)
            return .requeued(nil, nil)
        case .failed(let failure): return await conclude(job, failure: failure)
        }
    }

    private func conclude(_ job: ClaimedJob, failure: Failure) async -> AttemptEnding {
        let jitter = Double(entropy() >> 11) / Double(UInt64(1) << 52) - 1
        let store = tools.store
        if failure.code == .originalMissing, job.token.attempt < retry.maxAttempts {
            // Deleted or renamed: whoever finds that out ends the job, or tells it the new name.
            await onMissing(job.location)
            await release(
                job, reason: .retry, delay: ExecutorService.pauseForMissing, givesBack: false, failure: failure)
            return .requeued(.retry, failure)
        }
        switch retry.decision(after: failure, attempt: job.token.attempt, jitter: jitter) {
        case .fail:
            let wrote = await patience.persist("fail the job") { () throws(StoreError) in
                try await store.fail(job.token, failure: failure)
            }
            return wrote == true ? .failed(failure) : .withdrawn
        case .cancel:
            let wrote = await patience.persist("supersede the job") { () throws(StoreError) in
                try await store.supersede(job.token)
            }
            return wrote == true ? .superseded : .withdrawn
        case .retry(let delay):
            await release(job, reason: .retry, delay: delay, givesBack: false, failure: failure)
            return .requeued(.retry, failure)
        case .wait(let reason, let delay):
            let folder = job.location.dropFolder
            let isNews = state.withLock { $0.holds.hold(folder, until: now + delay) }
            if isNews { logger.warning("jobs wait", metadata: .job(job).adding(.failure(failure))) }
            await release(job, reason: reason, delay: delay, givesBack: true, failure: failure)
            return .requeued(reason, failure)
        }
    }

    private func release(
        _ job: ClaimedJob, reason: WaitReason?, delay: Duration, givesBack: Bool, failure: Failure?
    ) async {
        let store = tools.store
        _ = await patience.persist("put the job back") { () throws(StoreError) in
            try await store.release(
                job.token, reason: reason, delay: delay, givesBackAttempt: givesBack, failure: failure)
        }
    }

    private func report(_ job: ClaimedJob, _ ending: AttemptEnding) {
        let metadata = Logger.Metadata.job(job)
        switch ending {
        case .completed: logger.info("job completed", metadata: metadata)
        case .failed(let failure): logger.warning("job failed", metadata: metadata.adding(.failure(failure)))
        case .requeued(.retry?, let failure?):
            logger.warning("attempt failed, job waits", metadata: metadata.adding(.failure(failure)))
        case .requeued(_, let failure?): logger.debug("job waits", metadata: metadata.adding(.failure(failure)))
        case .requeued(_, nil): logger.notice("job put back", metadata: metadata)
        case .superseded: logger.notice("original changed, job ended", metadata: metadata)
        case .withdrawn: logger.notice("job withdrawn", metadata: metadata)
        }
    }

    private func newLease() -> String {
        (0..<2).map { _ in String(entropy(), radix: 16) }.joined(separator: "-")
    }
}
