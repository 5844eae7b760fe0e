public import Domain
public import Logging
public import ServiceLifecycle
public import SystemPackage

/// Keeps rows in agreement with where their originals are: renamed, touched, deleted, returned, or out of reach because
/// their file system is not mounted.
///
/// Whatever it is told is a hint: it looks at the disk itself before it writes anything, and does nothing about files
/// whose file system does not answer.
public actor PresenceService: Service {
    /// What the service works with.
    public struct Tools: Sendable {
        public var store: any LedgerStore
        public var originals: any OriginalFiles
        public var proxies: any ProxyFiles
        public var sidecars: any SidecarFiles
        public var policies: WatchPolicies
        public var jobBell: Doorbell
        public var sidecarBell: Doorbell
        /// Ends the running attempt of a job that was cancelled.
        public var withdraw: @Sendable (String) -> Void
        /// Ends the running attempt of a job that stays queued.
        public var putBack: @Sendable (String) -> Void
        /// Hands the outcome of an examined sighting to the intake.
        public var answer: @Sendable (Sighting, SightingOutcome) async -> Void
        /// Tells the intake that nothing is to be followed at a path any more.
        public var forget: @Sendable (FilePath) async -> Void
        /// Returns when no sidecar is being written any more of which the row was read before the call.
        public var settleSidecars: @Sendable () async -> Void

        public init(
            store: any LedgerStore, originals: any OriginalFiles, proxies: any ProxyFiles, sidecars: any SidecarFiles,
            policies: WatchPolicies, jobBell: Doorbell, sidecarBell: Doorbell,
            withdraw: @escaping @Sendable (String) -> Void, putBack: @escaping @Sendable (String) -> Void,
            answer: @escaping @Sendable (Sighting, SightingOutcome) async -> Void,
            forget: @escaping @Sendable (FilePath) async -> Void,
            settleSidecars: @escaping @Sendable () async -> Void
        ) {
            self.store = store
            self.originals = originals
            self.proxies = proxies
            self.sidecars = sidecars
            self.policies = policies
            self.jobBell = jobBell
            self.sidecarBell = sidecarBell
            self.withdraw = withdraw
            self.putBack = putBack
            self.answer = answer
            self.forget = forget
            self.settleSidecars = settleSidecars
        }
    }

    public struct Times: Sendable {
        /// How long a vanished path may turn up under another name.
        public var grace = Duration.milliseconds(500)
        /// The same while more and more is said to have vanished.
        public var longestGrace = Duration.seconds(10)
        /// How long an original is missing before its proxy is removed, where the configuration asks for that.
        public var removal = Duration.seconds(60)
        /// Losses within this time count as one.
        public var lossWindow = Duration.seconds(600)
        /// How often all originals are looked after.
        public var sweep = Duration.seconds(900)
        /// Pause before something is tried again.
        public var again = Duration.milliseconds(200)
        public var prune = Duration.seconds(3600)
        /// How long events are kept.
        public var history = Duration.seconds(90 * 86_400)

        public init() {}
    }

    /// For `status` and for `once`.
    public struct Standing: Sendable {
        /// Roots of which so much is gone at once that nothing is done about it, with the number of originals.
        public var held: [FilePath: Int]
        /// Roots with originals whose file systems do not answer, with the number of originals.
        public var unreachable: [FilePath: Int]
        /// Whether something is being found out, or left to do.
        public var isBusy: Bool
    }

    struct Question {
        let sighting: Sighting
        let outcome: SightingOutcome
        var due: Duration
    }

    let tools: Tools
    private(set) var times: Times
    let logger: Logger
    let patience: StorePatience
    private let bell = Doorbell()
    private let time: Stopwatch

    var questions: [FilePath: Question] = [:]
    var suspects: [FilePath: Duration] = [:]
    var held: [FilePath: Int] = [:]
    /// Losses that a person has accepted, and until when they would count as recent.
    var accepted: [FilePath: (count: Int, until: Duration)] = [:]
    var unreachable: [FilePath: Int] = [:]
    var relocationsDue: Duration? = .zero
    /// Relocations that could not be done, by id, until the next sweep.
    var stuck: Set<Int64> = []
    var removalsDue: Duration? = .zero
    /// Removals that could not be done, by id, until the next sweep.
    var stuckRemovals: Set<Int64> = []
    private var sweepDue: Duration?
    private var pruneDue = Duration.zero
    private var isWorking = false

    public init(
        tools: Tools, times: Times = Times(), logger: Logger, clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.tools = tools
        self.times = times
        self.logger = logger
        time = Stopwatch(clock)
        patience = StorePatience(logger: logger, time: time)
    }

    public var standing: Standing {
        let isSweepDue = sweepDue.map { $0 <= now } ?? false
        let isBusy =
            isWorking || !questions.isEmpty || !suspects.isEmpty || isSweepDue || relocationsDue != nil
            || removalsDue != nil
        return Standing(held: held, unreachable: unreachable, isBusy: isBusy)
    }

    /// Finds out what a sighting is that the store could not decide.
    public func examine(_ sighting: Sighting, _ outcome: SightingOutcome) {
        questions[sighting.location.path] = Question(sighting: sighting, outcome: outcome, due: now)
        bell.ring()
    }

    /// Something was said to be gone: an original, or a directory with all that is below it.
    public func suspect(_ path: FilePath) {
        if suspects[path] == nil { suspects[path] = now + times.grace }
        bell.ring()
    }

    /// Looks after all originals: after the first walk, and when a walk made up for lost events.
    public func sweepSoon() {
        sweepDue = now
        bell.ring()
    }

    /// Events are kept for this long from now on.
    public func keepHistory(for age: Duration) { times.history = age }

    public func run() async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await self.work()
                await self.bell.wait(atMost: await self.nap, clock: self.time.clock)
            }
        }
    }

    /// One round of everything that is due.
    func work() async {
        isWorking = true
        defer { isWorking = false }
        if let due = relocationsDue, due <= now { await settleRelocations() }
        await answerQuestions()
        if let due = sweepDue, due <= now {
            sweepDue = now + times.sweep
            stuck = []
            relocationsDue = now
            stuckRemovals = []
            removalsDue = now
            await sweep()
        }
        await lookAfterSuspects()
        await forgetAbandoned()
        if let due = removalsDue, due <= now { await settleRemovals() }
        if pruneDue <= now {
            pruneDue = now + times.prune
            await pruneHistory()
        }
    }

    var now: Duration { time.now }

    private var nap: Duration {
        let dues = questions.values.map(\.due) + [suspectsDue, sweepDue, relocationsDue, removalsDue].compactMap { $0 }
        let removal = hasRemovals ? min(times.removal, .seconds(15)) : times.prune
        return max(.milliseconds(1), min(removal, pruneDue - now, (dues.min() ?? .seconds(3600)) - now))
    }

    /// When nothing more was said to be gone for a while: what vanishes together is judged together.
    var suspectsDue: Duration? {
        guard let first = suspects.values.min(), let last = suspects.values.max() else { return nil }
        return min(last, first + times.longestGrace)
    }

    private var hasRemovals: Bool {
        tools.policies.roots.contains { tools.policies.policy(ofRoot: $0)?.afterDeletion == .removeProxy }
    }

    private func pruneHistory() async {
        let store = tools.store
        let (batch, age) = (1000, times.history)
        // Not all at once: a clock that stands in the future for an hour must not cost the whole history.
        for _ in 0..<10 where !Task.isCancelled {
            let removed = await patience.persist("prune the history") { () throws(StoreError) in
                try await store.pruneHistory(olderThan: age, keeping: 200_000, batch: batch)
            }
            guard removed == batch else { return }
        }
    }
}
