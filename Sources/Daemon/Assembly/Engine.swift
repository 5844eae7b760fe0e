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
        /// Reads the configuration anew; `nil` where there is no file of it.
        public var reread: (@Sendable () throws(ConfigurationError) -> Configuration)?

        public init(
            configuration: Configuration, worker: FilePath, observer: any EngineObserver, logger: Logger,
            isFollowing: Bool, retry: RetryPolicy,
            reread: (@Sendable () throws(ConfigurationError) -> Configuration)? = nil
        ) {
            self.reread = reread
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
    let jobs: JobServices
    let custody: CustodyService
    let upkeep: UpkeepService
    let commander: Commander
    let workers: WorkerSupervisor
    let reloader: Reloader
    let counters: JobCounters
    let living: LivingDaemon
    let deliveries: DeliveryService

    /// A worker that says nothing for this long is ended.
    private static let workerPatience = Duration.seconds(120)

    /// - Parameter catalog: the open database; the caller holds the lock on its state directory.
    init(catalog: Catalog, options: Options) throws(DaemonError) {
        let configuration = options.configuration
        let policies = configuration.policies(isFollowing: options.isFollowing)
        let folders = configuration.outputFolders
        let proxies = ProxyFolder(folders: folders)
        let sidecars = SidecarFolder(generator: Generator.name, folders: folders)
        let proxyWatches = Engine.proxyWatches(options)
        let workers = WorkerSupervisor(
            executable: options.worker, sandbox: configuration.sandbox, patience: Engine.workerPatience,
            spares: configuration.spareWorkers, logger: options.logger)
        self.workers = workers
        let custodian = Custodian()
        self.catalog = catalog
        let deliveryBell = Doorbell()
        let counters = JobCounters(options.observer, bell: deliveryBell)
        self.counters = counters
        let current = CurrentConfiguration(configuration)
        deliveries = DeliveryService(
            catalog: catalog, configuration: current, bell: deliveryBell, logger: options.logger)
        watcher = try WatcherService(
            configuration: current, isFollowing: options.isFollowing, logger: options.logger)
        let jobs = JobServices(
            ports: JobServices.Ports(
                store: catalog, originals: OriginalReader(), proxies: proxies, sidecars: sidecars,
                workers: workers,
                probe: LeaseProbe(), watches: Engine.originalWatches(options), events: watcher.events,
                observer: PublicationObserver(counters, watches: proxyWatches),
                suspectProxy: { await custodian.suspect($0) }),
            settings: JobServices.Settings(
                policies: policies, slots: configuration.limits.slots,
                minFreeBytes: configuration.minFreeBytes, retry: options.retry,
                schedule: options.isFollowing ? configuration.schedule : nil,
                presenceTimes: Engine.presenceTimes(options)),
            logger: options.logger)
        self.jobs = jobs
        let custody = CustodyService(
            tools: CustodyService.Tools(
                store: catalog, contents: proxies, watches: proxyWatches, policies: policies, gate: jobs.gate,
                jobBell: jobs.jobBell, sidecarBell: jobs.sidecarBell),
            times: Engine.custodyTimes(options), logger: options.logger)
        custodian.appoint(custody)
        self.custody = custody
        upkeep = UpkeepService(
            store: catalog, gate: jobs.gate, times: Engine.upkeepTimes(options), logger: options.logger,
            backUp: Engine.backups(of: catalog, options))
        reloader = Reloader(
            current: current, jobs: jobs, upkeep: upkeep, watcher: watcher, policies: policies, folders: folders,
            deliveries: deliveries, logger: options.logger)
        let (executor, intake) = (jobs.executor, jobs.intake)
        let living = LivingDaemon(
            watcher: watcher, jobs: jobs, proxies: proxies, catalog: catalog,
            stateDirectory: configuration.stateDirectory)
        self.living = living
        commander = Commander(
            store: catalog, policies: policies, board: jobs.board, living: living,
            mender: Mender(
                catalog: catalog, proxies: proxies, sidecars: sidecars, policies: policies, presence: jobs.presence,
                look: { await intake.takeNote(of: $0) }, rescuer: nil),
            withdraw: { executor.withdraw($0) }, onChange: { jobs.noteChange() })
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

    /// The services in the order of their dependencies: the group stops them in the reverse order, so that no worker is
    /// needed any more when the spare ones end.
    var services: [any Service] { [SpareWorkerService(workers: workers)] + jobs.services + [custody, upkeep, watcher] }
}

/// Stands for the service that looks after proxies, which needs what the others make before it exists.
private final class Custodian: Sendable {
    private let service = Mutex<CustodyService?>(nil)

    func appoint(_ service: CustodyService) { self.service.withLock { $0 = service } }

    func suspect(_ proxy: FilePath) async { await service.withLock { $0 }?.suspect([proxy]) }
}
