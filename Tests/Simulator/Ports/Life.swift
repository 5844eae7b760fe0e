import Domain
import JobRunner
import Logging
import ServiceLifecycle
import SystemPackage

/// One run of the daemon: the real services over simulated ports, from its start to its orderly stop or its crash.
///
/// Nothing a dead daemon does has any effect: its ports refuse, and its tasks are cancelled and end.
final class Life: @unchecked Sendable {
    // SAFETY: used on the simulation's one thread only.
    let world: World
    let watcher: SimulatedWatcher
    let watches: SimulatedWatches
    let proxyWatches: SimulatedProxyWatches
    let workers: SimulatedWorkers
    let store: SimulatedStore
    let jobs: JobServices
    private(set) var isDead = false
    /// An orderly stop was asked for.
    private(set) var isStopping = false
    private(set) var hasEnded = false
    /// Whether what the last life left behind was settled.
    private(set) var isRescued = false
    private let group: ServiceGroup
    private var task: Task<Void, Never>?

    init(world: World, logger: Logger) {
        self.world = world
        let handle = LifeHandle(world: world)
        watcher = SimulatedWatcher(world: world)
        watches = SimulatedWatches(world: world)
        let proxyWatches = SimulatedProxyWatches(world: world)
        self.proxyWatches = proxyWatches
        let proxies = SimulatedProxies(handle: handle)
        let custodian = Custodian()
        workers = SimulatedWorkers(handle: handle)
        store = SimulatedStore(handle: handle)
        jobs = JobServices(
            ports: JobServices.Ports(
                store: store, originals: SimulatedOriginals(handle: handle), proxies: proxies,
                sidecars: SimulatedSidecars(handle: handle), workers: workers,
                probe: SimulatedProbe(handle: handle), watches: watches, events: watcher.events,
                observer: Observer(world: world, watches: proxyWatches),
                suspectProxy: { await custodian.service?.suspect([$0]) }, clock: VirtualClock(loop: world.loop),
                entropy: { world.random.next() }),
            settings: JobServices.Settings(
                policies: Life.policies(world), slots: world.slots, minFreeBytes: World.minFreeBytes,
                retry: RetryPolicy()),
            logger: logger)
        let custody = CustodyService(
            tools: CustodyService.Tools(
                store: store, contents: proxies, watches: proxyWatches, policies: Life.policies(world),
                gate: jobs.gate, jobBell: jobs.jobBell, sidecarBell: jobs.sidecarBell),
            logger: logger, clock: VirtualClock(loop: world.loop))
        custodian.service = custody
        group = ServiceGroup(services: jobs.services + [custody], logger: logger)
        handle.life = self
    }

    private static func policies(_ world: World) -> WatchPolicies {
        let layout = MirrorLayout(
            root: World.root, originalDirectory: FileName("original"), proxyDirectory: FileName("proxy"),
            proxyRoot: nil)
        return WatchPolicies([
            WatchPolicy(
                layout: layout, preset: .review, settle: .seconds(10),
                stall: .showIncomplete(after: .seconds(600)), afterDeletion: world.afterDeletion)
        ])
    }

    /// Starts it: the rescue, the first walk, the services.
    func start() {
        task = Task(executorPreference: world.loop) {
            await self.run()
            self.hasEnded = true
        }
    }

    private func run() async {
        while !isDead {
            do {
                try await jobs.rescuer.rescue()
                break
            } catch {
                // The real daemon exits, and is started again.
                await world.loop.pause(for: .seconds(5))
            }
        }
        guard !isDead else { return }
        isRescued = true
        watcher.walk()
        do { try await group.run() } catch {
            if !isDead { world.violate("the services ended with \(error)") }
        }
        if !isDead { isDead = true }
    }

    func stopInOrder() {
        world.note("orderly stop")
        isStopping = true
        let group = group
        Task(executorPreference: world.loop) { await group.triggerGracefulShutdown() }
    }

    /// The process is gone at this moment.
    func die() {
        guard !isDead else { return }
        isDead = true
        world.note("daemon crashed")
        world.keepLateFailure()
    }

    /// Lets the dead daemon's tasks end.
    func unwind() {
        task?.cancel()
        watcher.close()
        watches.close()
        proxyWatches.close()
        var rounds = 0
        while !hasEnded {
            world.loop.endPauses()
            while world.loop.runReadyJob() { rounds += 1 }
            rounds += 1
            guard rounds < 100_000 else { preconditionFailure("a cancelled daemon does not end") }
        }
        while world.loop.runReadyJob() {}
    }
}

/// What ports know of their daemon.
final class LifeHandle: @unchecked Sendable {
    // SAFETY: used on the simulation's one thread only.
    let world: World
    weak var life: Life?
    let openFiles = OpenFiles()

    init(world: World) { self.world = world }

    var isDead: Bool { life?.isDead ?? true }

    /// A call of a port begins; it may take its time, and the daemon may die before it does anything.
    /// - Returns: whether the daemon lives.
    func begin(_ name: StaticString, _ detail: @autoclosure () -> String = "") async -> Bool {
        guard !isDead else { return false }
        world.note(name, detail())
        return await wait(0.3)
    }

    /// A call of a port has done its work; the daemon may die before it hears of it.
    func end() async -> Bool { await wait(0.1) }

    private func wait(_ probability: Double) async -> Bool {
        if world.random.chance(probability) {
            await world.loop.pause(for: world.random.duration(.microseconds(10), .milliseconds(20)))
        }
        guard !isDead else { return false }
        if let calls = world.callsToCrash {
            world.callsToCrash = calls - 1
            if calls <= 0 {
                world.callsToCrash = nil
                life?.die()
            }
        }
        return !isDead
    }
}

/// Stands for the service that looks after proxies, which needs what the others make before it exists.
private final class Custodian: @unchecked Sendable {
    // SAFETY: used on the simulation's one thread only.
    var service: CustodyService?
}

/// Hears of attempts.
private struct Observer: EngineObserver {
    let world: World
    let watches: SimulatedProxyWatches

    func jobStarted(_ job: ClaimedJob) {}
    func jobProgressed(_ job: ClaimedJob, _ progress: JobProgress) {}
    func jobEnded(_ job: ClaimedJob, _ ending: AttemptEnding) {
        if case .completed = ending { watches.watch(job.destination) }
        world.note("attempt ended", "\(ending)")
    }
    func originalRefused(_ location: OriginalLocation, _ failure: Failure) { world.note("original refused") }
}
