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
    let jobs: JobServices
    let commander: Commander

    /// A worker that says nothing for this long is ended.
    private static let workerPatience = Duration.seconds(120)

    /// - Parameter catalog: the open database; the caller holds the lock on its state directory.
    init(catalog: Catalog, options: Options) throws(DaemonError) {
        let configuration = options.configuration
        let policies = configuration.policies(isFollowing: options.isFollowing)
        let folders = configuration.outputFolders
        let proxies = ProxyFolder(folders: folders)
        let sidecars = SidecarFolder(generator: Generator.name, folders: folders)
        self.catalog = catalog
        watcher = try WatcherService(
            configuration: configuration, isFollowing: options.isFollowing, logger: options.logger)
        let jobs = JobServices(
            ports: JobServices.Ports(
                store: catalog, originals: OriginalReader(), proxies: proxies, sidecars: sidecars,
                workers: WorkerSupervisor(
                    executable: options.worker, patience: Engine.workerPatience, logger: options.logger),
                probe: LeaseProbe(), watches: Engine.originalWatches(options), events: watcher.events,
                observer: options.observer),
            settings: JobServices.Settings(
                policies: policies, slots: configuration.workers ?? ProcessInfo.processInfo.activeProcessorCount,
                minFreeBytes: configuration.minFreeBytes, retry: options.retry,
                schedule: options.isFollowing ? configuration.schedule : nil),
            logger: options.logger)
        self.jobs = jobs
        let (executor, intake) = (jobs.executor, jobs.intake)
        commander = Commander(
            store: catalog, policies: policies, board: jobs.board,
            living: LivingDaemon(watcher: watcher, intake: jobs.intake, presence: jobs.presence),
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

    /// The services in the order of their dependencies: the group stops them in the reverse order.
    var services: [any Service] { jobs.services + [watcher] }
}
