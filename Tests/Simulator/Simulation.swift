import Domain
import JobRunner
import Logging
import SystemPackage

/// One seed's world and the lives of its daemons: first with every kind of fault, then healed, until all is final.
// SAFETY: unchecked, for tasks of people capture it: used on the simulation's one thread only.
final class Simulation: @unchecked Sendable {
    struct Outcome {
        let events: Int
        let hash: UInt64
        let lives: Int
        let violation: String?
    }

    private let world: World
    private let loop: VirtualLoop
    private let trace: Trace
    private let events: Int
    private let logger: Logger
    private var lives = 0
    private var isRestarting = false
    /// Whether a person has retried what failed since the faults ended.
    private var hasRetried = false

    /// How long the healed world may take: two of the daemon's sweeps, and the longest back-offs and stall timeouts.
    private static let patience = Duration.seconds(3600)

    init(seed: UInt64, events: Int, loop: VirtualLoop, database: VirtualDatabase, isVerbose: Bool) throws {
        loop.reset(seed: seed)
        try database.reset(seed: seed)
        trace = Trace(isVerbose: isVerbose)
        world = World(seed: seed, loop: loop, database: database, trace: trace)
        self.loop = loop
        self.events = events
        let lines = LogLines(world: world)
        logger = Logger(label: "simulated") { _ in lines }
    }

    func run() throws -> Outcome {
        startLife()
        planAction()
        try storm()
        let stormEvents = trace.events
        if world.violation == nil { try calm() }
        world.life?.die()
        world.life?.unwind()
        return Outcome(events: stormEvents, hash: trace.hash ^ trace.textHash, lives: lives, violation: world.violation)
    }

    // MARK: Faults

    private func storm() throws {
        while trace.events < events, world.violation == nil {
            if !loop.step(until: .seconds(1_000_000)) { break }
            try mourn()
        }
    }

    /// After a crash, and after an orderly stop, another daemon is started.
    private func mourn() throws {
        guard let life = world.life, life.isDead, !isRestarting else { return }
        life.unwind()
        try world.checkAgreement()
        world.callsToCrash = nil
        isRestarting = true
        if world.random.chance(0.3), !world.isHealed {
            world.note("power cut")
            world.media.cutPower(&world.random)
            world.checkRows(after: "power cut")
        }
        loop.call(after: world.random.duration(.milliseconds(100), .seconds(10))) { [self] in startLife() }
    }

    private func startLife() {
        isRestarting = false
        lives += 1
        world.note("daemon starts", "life \(lives)")
        let life = Life(world: world, logger: logger)
        world.life = life
        life.start()
        guard !world.isHealed, world.random.chance(0.6) else { return }
        world.callsToCrash = world.random.below(250)
    }

    private func planAction() {
        guard !world.isHealed else { return }
        loop.call(after: world.random.duration(.milliseconds(1), world.longestPause)) { [self] in
            guard !world.isHealed else { return }
            act()
            planAction()
        }
    }

    private func act() {
        switch world.random.below(40) {
        case 0..<14: world.startUpload()
        case 14..<17: world.touchOriginal()
        case 17..<21: world.renameOriginal()
        case 21..<24: world.deleteOriginal()
        case 24: world.meddle()
        case 25: world.unmount()
        case 26: world.fillDisk()
        case 27: world.stepClock()
        case 28: world.loseEvents()
        case 29: world.life?.stopInOrder()
        case 30: world.life?.die()
        case 31..<35: deliverLateWrite()
        default: command()
        }
    }

    private func deliverLateWrite() {
        guard let life = world.life, life.isRescued, !life.isDead, !world.lateWrites.isEmpty else { return }
        let late = world.lateWrites.removeFirst()
        let world = world
        Task(executorPreference: loop) {
            world.note("late write", "\(late.name)")
            if await late.perform() {
                world.violate("a dead daemon's \(late.name) was taken after its successor's rescue")
            }
            world.checkRows(after: "late write")
        }
    }

    // MARK: People

    private func command() {
        guard let life = world.life, !life.isDead else { return }
        let kind = world.random.below(5)
        let paths = world.originals.keys.sorted { $0.string < $1.string }
        let path = paths.isEmpty ? World.root : world.random.pick(paths)
        let world = world
        Task(executorPreference: loop) {
            do throws(StoreError) {
                switch kind {
                case 0:
                    world.note("person pauses or resumes")
                    let isPaused = try await life.store.pausedSince() != nil
                    _ = try await life.store.setPaused(!isPaused)
                case 1, 2:
                    world.note("person cancels", "\(path)")
                    if let job = try await life.store.cancel(path) { life.jobs.executor.withdraw(job) }
                default:
                    world.note("person retries", "\(path)")
                    _ = try await life.store.retry(path, preset: .review)
                }
                life.jobs.noteChange()
            } catch {
                world.note("command refused", error.message)
            }
        }
    }

    // MARK: Liveness

    private func calm() throws {
        world.heal()
        // Temporary files that were out of reach when their attempt ended go with the next start.
        world.life?.stopInOrder()
        let end = loop.now + Simulation.patience
        var nextLook = loop.now
        while world.violation == nil, loop.step(until: end) {
            try mourn()
            guard loop.now >= nextLook, !loop.hasReadyJobs else { continue }
            nextLook = loop.now + .seconds(5)
            guard let life = world.life, life.isRescued, !life.isDead, !life.isStopping else { continue }
            let isBlocked = world.checks.rows.values.contains { $0.isOccupied }
            if !hasRetried || isBlocked, world.busyPaths.isEmpty {
                hasRetried = true
                retryAll(life)
            }
            if hasRetried, world.unfinished() == nil { return }
        }
        guard world.violation == nil else { return }
        world.violate("not final after \(Simulation.patience): \(world.unfinished() ?? "nothing, but late")")
    }

    /// What a person does once the faults have ended.
    private func retryAll(_ life: Life) {
        let world = world
        Task(executorPreference: loop) {
            do throws(StoreError) {
                _ = try await life.store.setPaused(false)
                for video in try await life.store.videos(matching: VideoQuery(status: .failed)) {
                    if let row = world.checks.rows[video.id], row.isOccupied { world.clearTheWay(of: row) }
                    _ = try await life.store.retry(video.originalPath, preset: .review)
                }
                // What strangers have removed shows in the next walk.
                life.watcher.walkAgain()
                life.jobs.noteChange()
            } catch {
                // A file that takes the daemon down with it: the person tries again.
                guard !life.isDead else { return self.hasRetried = false }
                world.violate("a healed store refused: \(error.message)")
            }
        }
    }
}

/// The services' log as part of the trace.
private struct LogLines: LogHandler {
    let world: World
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.debug

    init(world: World) {
        self.world = world
        if !world.trace.isVerbose { logLevel = .critical }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        world.trace.remark("log", at: world.loop.now, "\(event.level) \(event.message) \(event.metadata ?? [:])")
    }
}
