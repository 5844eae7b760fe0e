import Catalog
public import Domain
import DropFolders
import DurableFiles
import FoundationEssentials
public import JobRunner
public import Logging
import ServiceLifecycle
import Sidecars
import Supervision
import Synchronization
public import SystemPackage

/// All services over all adapters, for `serve` and for `once`.
public struct Engine: Sendable {
    /// What distinguishes one engine from another.
    public struct Options: Sendable {
        public var configuration: Configuration
        public var worker: FilePath
        public var observer: any EngineObserver
        public var logger: Logger
        /// Whether to follow changes after the first walk.
        public var isFollowing: Bool
        public var retry: RetryPolicy

        public init(
            configuration: Configuration, worker: FilePath, observer: any EngineObserver, logger: Logger,
            isFollowing: Bool, retry: RetryPolicy
        ) {
            self.configuration = configuration
            self.worker = worker
            self.observer = observer
            self.logger = logger
            self.isFollowing = isFollowing
            self.retry = retry
        }
    }

    let catalog: Catalog
    let watcher: WatcherService
    let intake: IntakeService
    let presence: PresenceService
    let custody: CustodyService
    let upkeep: UpkeepService
    let executor: ExecutorService
    let sidecars: SidecarService
    let commander: Commander
    let rescuer: Rescuer

    /// A worker that says nothing for this long is ended.
    private static let workerPatience = Duration.seconds(120)

    /// - Parameter catalog: the open database; the caller holds the lock on its state directory.
    init(catalog: Catalog, options: Options) throws(DaemonError) {
        let configuration = options.configuration
        let logger = options.logger
        let policies = configuration.policies(isFollowing: options.isFollowing)
        let (board, gate) = (ProgressBoard(), StartGate())
        let (jobBell, sidecarBell) = (Doorbell(), Doorbell())
        let folders = configuration.outputFolders
        let proxies = ProxyFolder(folders: folders)
        let originals = OriginalReader()
        let sidecarFolder = SidecarFolder(generator: Generator.name, folders: folders)
        let relay = Relay()
        let watches = Engine.originalWatches(options)
        let proxyWatches = Engine.proxyWatches(options)

        self.catalog = catalog
        watcher = try WatcherService(configuration: configuration, isFollowing: options.isFollowing, logger: logger)
        let tools = ExecutorService.Tools(
            store: catalog, originals: originals, proxies: proxies,
            workers: WorkerSupervisor(executable: options.worker, patience: Engine.workerPatience, logger: logger),
            observer: PublicationObserver(options.observer, watches: proxyWatches), board: board,
            sidecarBell: sidecarBell, minFreeBytes: configuration.minFreeBytes, watches: watches)
        let executor = ExecutorService(
            tools: tools, slots: configuration.workers ?? ProcessInfo.processInfo.activeProcessorCount,
            retry: options.retry, gate: gate, bell: jobBell, logger: logger,
            onSuperseded: { await relay.intake?.follow($0) },
            onMissing: { await relay.presence?.suspect($0.path) })
        let presence = PresenceService(
            tools: PresenceService.Tools(
                store: catalog, originals: originals, proxies: proxies, sidecars: sidecarFolder, policies: policies,
                jobBell: jobBell, sidecarBell: sidecarBell, withdraw: { executor.withdraw($0) },
                putBack: { executor.putBack($0) }, answer: { await relay.intake?.take($1, of: $0) },
                forget: { await relay.intake?.stopFollowing($0) }),
            times: Engine.presenceTimes(options), logger: logger)
        custody = CustodyService(
            tools: CustodyService.Tools(
                store: catalog, contents: proxies, watches: proxyWatches, policies: policies, gate: gate,
                jobBell: jobBell, sidecarBell: sidecarBell),
            times: Engine.custodyTimes(options), logger: logger)
        upkeep = UpkeepService(
            store: catalog, gate: gate, times: Engine.upkeepTimes(options), logger: logger,
            backUp: Engine.backups(of: catalog, options))
        let intake = IntakeService(
            tools: IntakeService.Tools(
                store: catalog, probe: LeaseProbe(), watches: watches, originals: originals, proxies: proxies,
                sidecars: sidecarFolder, observer: options.observer, policies: policies, jobBell: jobBell,
                sidecarBell: sidecarBell, gate: gate, presence: presence, withdraw: { executor.withdraw($0) },
                suspectProxy: { [custody] in await custody.suspect([$0]) }),
            events: watcher.events, logger: logger)
        relay.connect(intake, presence)
        self.presence = presence
        self.executor = executor
        self.intake = intake
        sidecars = SidecarService(
            store: catalog, sidecars: sidecarFolder, board: board, bell: sidecarBell, gate: gate, logger: logger)
        commander = Commander(
            store: catalog, policies: policies, board: board,
            living: LivingDaemon(
                watcher: watcher, intake: intake, presence: presence, catalog: catalog,
                stateDirectory: configuration.stateDirectory),
            mender: Mender(
                catalog: catalog, proxies: proxies, sidecars: sidecarFolder, policies: policies, presence: presence,
                look: { await intake.takeNote(of: $0) }, rescuer: nil),
            withdraw: { executor.withdraw($0) },
            onChange: {
                jobBell.ring()
                sidecarBell.ring()
            })
        rescuer = Rescuer(store: catalog, proxies: proxies, logger: logger)
    }

    /// Watches of single originals; a pass that follows nothing needs none.
    private static func originalWatches(_ options: Options) -> any OriginalWatches {
        guard options.isFollowing else { return NoOriginalWatches() }
        do { return try OriginalWatcher() } catch {
            options.logger.warning("single originals are not watched", metadata: ["reason": "\(error)"])
            return NoOriginalWatches()
        }
    }

    /// Watches of the directories of proxies, as above.
    private static func proxyWatches(_ options: Options) -> any ProxyWatches {
        guard options.isFollowing else { return NoProxyWatches() }
        do { return try ProxyWatcher() } catch {
            options.logger.warning("proxies are not watched", metadata: ["reason": "\(error)"])
            return NoProxyWatches()
        }
    }

    /// A single pass does not linger over what is whole as far as can be seen at a glance.
    private static func custodyTimes(_ options: Options) -> CustodyService.Times {
        var times = CustodyService.Times()
        if !options.isFollowing { times.scrub = nil }
        return times
    }

    private static func presenceTimes(_ options: Options) -> PresenceService.Times {
        var times = PresenceService.Times()
        times.history = options.configuration.keepHistory
        return times
    }

    /// A single pass leaves the daemon's backups alone.
    private static func backups(of catalog: Catalog, _ options: Options) -> @Sendable () async -> Void {
        guard options.isFollowing else { return {} }
        let keeper = BackupKeeper(
            catalog: catalog, stateDirectory: options.configuration.stateDirectory, logger: options.logger)
        return { await keeper.backUpIfDue() }
    }

    private static func upkeepTimes(_ options: Options) -> UpkeepService.Times {
        var times = UpkeepService.Times()
        times.history = options.configuration.keepHistory
        return times
    }

    /// The services in the order of their dependencies: the group stops them in the reverse order, so that intake stops
    /// first and the last sidecars are written last.
    var services: [any Service] { [sidecars, executor, presence, custody, upkeep, intake, watcher] }
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
