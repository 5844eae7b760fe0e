public import Domain
public import Logging
public import ServiceLifecycle
import Synchronization
public import SystemPackage

/// The services of the daemon over its ports, connected with each other: the same for `serve`, for `once` and for the
/// simulator.
public struct JobServices: Sendable {
    /// The outside world.
    public struct Ports: Sendable {
        public var store: any LedgerStore
        public var originals: any OriginalFiles
        public var proxies: any ProxyFiles
        public var sidecars: any SidecarFiles
        public var workers: any Workers
        public var probe: any UploadProbe
        public var watches: any OriginalWatches
        public var events: any AsyncSequence<[DropFolderEvent], Never> & Sendable
        public var observer: any EngineObserver
        /// Has a published proxy looked at.
        public var suspectProxy: @Sendable (FilePath) async -> Void
        public var clock: any Clock<Duration>
        /// Random bits for leases and back-offs.
        public var entropy: @Sendable () -> UInt64

        public init(
            store: any LedgerStore, originals: any OriginalFiles, proxies: any ProxyFiles, sidecars: any SidecarFiles,
            workers: any Workers, probe: any UploadProbe, watches: any OriginalWatches,
            events: any AsyncSequence<[DropFolderEvent], Never> & Sendable, observer: any EngineObserver,
            suspectProxy: @escaping @Sendable (FilePath) async -> Void = { _ in },
            clock: any Clock<Duration> = ContinuousClock(),
            entropy: @escaping @Sendable () -> UInt64 = { .random(in: .min ... .max) }
        ) {
            self.store = store
            self.originals = originals
            self.proxies = proxies
            self.sidecars = sidecars
            self.workers = workers
            self.probe = probe
            self.watches = watches
            self.events = events
            self.observer = observer
            self.suspectProxy = suspectProxy
            self.clock = clock
            self.entropy = entropy
        }
    }

    public struct Settings: Sendable {
        public var policies: WatchPolicies
        /// Jobs that run at once.
        public var slots: Int
        /// Free bytes below which no job starts.
        public var minFreeBytes: Int64
        public var retry: RetryPolicy
        /// The hours in which jobs may start; `nil` for all.
        public var schedule: Schedule?
        public var presenceTimes: PresenceService.Times

        public init(
            policies: WatchPolicies, slots: Int, minFreeBytes: Int64, retry: RetryPolicy, schedule: Schedule? = nil,
            presenceTimes: PresenceService.Times = PresenceService.Times()
        ) {
            self.policies = policies
            self.slots = slots
            self.minFreeBytes = minFreeBytes
            self.retry = retry
            self.schedule = schedule
            self.presenceTimes = presenceTimes
        }
    }

    public let intake: IntakeService
    public let presence: PresenceService
    public let executor: ExecutorService
    public let sidecars: SidecarService
    public let rescuer: Rescuer
    public let board = ProgressBoard()
    public let jobBell = Doorbell()
    public let sidecarBell = Doorbell()
    /// Opens when the first scan is done.
    public let gate = StartGate()

    public init(ports: Ports, settings: Settings, logger: Logger) {
        let relay = Relay()
        let executor = ExecutorService(
            tools: ExecutorService.Tools(
                store: ports.store, originals: ports.originals, proxies: ports.proxies, workers: ports.workers,
                observer: ports.observer, board: board, sidecarBell: sidecarBell, minFreeBytes: settings.minFreeBytes,
                watches: ports.watches),
            slots: settings.slots, retry: settings.retry, schedule: settings.schedule, gate: gate, bell: jobBell,
            logger: logger,
            onSuperseded: { await relay.intake?.follow($0) }, onMissing: { await relay.presence?.suspect($0.path) },
            clock: ports.clock, entropy: ports.entropy)
        let sidecars = SidecarService(
            store: ports.store, sidecars: ports.sidecars, board: board, bell: sidecarBell, gate: gate,
            logger: logger, clock: ports.clock)
        presence = PresenceService(
            tools: PresenceService.Tools(
                store: ports.store, originals: ports.originals, proxies: ports.proxies, sidecars: ports.sidecars,
                policies: settings.policies, jobBell: jobBell, sidecarBell: sidecarBell,
                withdraw: { executor.withdraw($0) }, putBack: { executor.putBack($0) },
                answer: { await relay.intake?.take($1, of: $0) }, forget: { await relay.intake?.stopFollowing($0) },
                settleSidecars: { await sidecars.settle() }),
            times: settings.presenceTimes, logger: logger, clock: ports.clock)
        intake = IntakeService(
            tools: IntakeService.Tools(
                store: ports.store, probe: ports.probe, watches: ports.watches, originals: ports.originals,
                proxies: ports.proxies, sidecars: ports.sidecars, observer: ports.observer,
                policies: settings.policies, jobBell: jobBell, sidecarBell: sidecarBell, gate: gate,
                presence: presence, withdraw: { executor.withdraw($0) },
                suspectProxy: ports.suspectProxy),
            events: ports.events, logger: logger, clock: ports.clock)
        self.executor = executor
        relay.connect(intake, presence)
        self.sidecars = sidecars
        rescuer = Rescuer(
            store: ports.store, proxies: ports.proxies, retry: settings.retry, logger: logger)
    }

    /// In the order of their dependencies: a group stops them in the reverse order, so that intake stops first and the
    /// last sidecars are written last.
    public var services: [any Service] { [sidecars, executor, presence, intake] }

    /// Somebody else has changed rows: the queue and the sidecars are looked at.
    public func noteChange() {
        jobBell.ring()
        sidecarBell.ring()
    }
}

/// Closes the circle between executor, intake and presence: each tells the others something.
private final class Relay: Sendable {
    private struct Held {
        var intake: IntakeService?
        var presence: PresenceService?
    }

    private let held = Mutex(Held())

    var intake: IntakeService? { held.withLock { $0.intake } }
    var presence: PresenceService? { held.withLock { $0.presence } }

    func connect(_ intake: IntakeService, _ presence: PresenceService) {
        held.withLock { $0 = Held(intake: intake, presence: presence) }
    }
}
