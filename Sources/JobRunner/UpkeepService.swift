public import Domain
public import Logging
public import ServiceLifecycle

/// Keeps the store small and sound: prunes what is old, folds the write-ahead log, has backups made. Off the path of
/// jobs: in small steps, between which others write.
public actor UpkeepService: Service {
    public struct Times: Sendable {
        public var round = Duration.seconds(30)
        /// How long ended jobs are kept.
        public var history = Duration.seconds(90 * 86_400)

        public init() {}
    }

    private let store: any StoreUpkeep
    private let gate: StartGate
    private var times: Times
    private let backUp: @Sendable () async -> Void
    private let logger: Logger
    private let patience: StorePatience
    private let time: Stopwatch
    private let bell = Doorbell()
    private var isLogLarge = false

    /// Beyond this the log is a matter for a person: some reader does not let go.
    public static let alarmingLogBytes: Int64 = 64 << 20
    /// An empty log costs nothing; a small one is left to SQLite's own checkpoints.
    private static let smallLogBytes: Int64 = 1 << 20
    private static let batch = 500
    private static let batchesInARound = 4

    /// - Parameter backUp: makes a backup where one is due, and says itself what became of it.
    public init(
        store: any StoreUpkeep, gate: StartGate, times: Times = Times(), logger: Logger,
        clock: any Clock<Duration> = ContinuousClock(), backUp: @escaping @Sendable () async -> Void
    ) {
        time = Stopwatch(clock)
        self.store = store
        self.gate = gate
        self.times = times
        self.logger = logger
        self.backUp = backUp
        patience = StorePatience(logger: logger, time: time)
    }

    /// - Throws: where the store is damaged: only a start can put a good copy in its place.
    public func run() async throws {
        try await cancelWhenGracefulShutdown {
            await self.gate.pass()
            while !Task.isCancelled {
                await self.work()
                if let damage = self.store.damage { throw damage }
                await self.bell.wait(atMost: self.times.round, clock: self.time.clock)
            }
        }
    }

    /// Ended jobs are kept for this long from now on.
    public func keepHistory(for age: Duration) { times.history = age }

    /// One round of everything.
    func work() async {
        await foldLog()
        await pruneJobs()
        if !Task.isCancelled { await backUp() }
    }

    private func foldLog() async {
        if store.logBytes() > UpkeepService.smallLogBytes {
            let store = store
            // Who is in the way now is gone at the next round, or shows in the log's size.
            _ = await patience.persist("fold the write-ahead log") { () throws(StoreError) in try await store.foldLog()
            }
        }
        let bytes = store.logBytes()
        let isLarge = bytes >= UpkeepService.alarmingLogBytes
        if isLarge, !isLogLarge {
            logger.error(
                "write-ahead log grows: some program reads the database and does not let go; end it",
                metadata: ["mebibytes": "\(bytes >> 20)"])
        }
        if !isLarge, isLogLarge { logger.notice("write-ahead log folded", metadata: ["mebibytes": "\(bytes >> 20)"]) }
        isLogLarge = isLarge
    }

    private func pruneJobs() async {
        let (store, age) = (store, times.history)
        // Not all at once: a clock that stands in the future for an hour must not cost the whole history.
        for _ in 0..<UpkeepService.batchesInARound where !Task.isCancelled {
            let removed = await patience.persist("prune ended jobs") { () throws(StoreError) in
                try await store.pruneJobs(olderThan: age, batch: UpkeepService.batch)
            }
            guard removed == UpkeepService.batch else { return }
        }
    }
}
