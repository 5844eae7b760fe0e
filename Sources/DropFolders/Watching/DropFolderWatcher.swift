import Domain
public import Inotify
public import Logging
import Synchronization
import SystemPackage

/// Watches the trees of all watch entries and tells which originals are there.
///
/// Use: make it, take `events` in one task, call `run` (or `walkOnce`) in another. It writes nothing, opens no file,
/// and keeps nothing about single files but in directories that it must poll.
public final class DropFolderWatcher: Sendable {
    /// What was seen, in order. Ends when `run` or `walkOnce` ends.
    public let events = DropFolderBatches()

    private let trees: [WatchedTree]
    private let times: WatcherTimes
    private let clock: any Clock<Duration>
    private let now: @Sendable () -> Duration
    private let engine: WatchEngine
    private let reader: InotifyReader?

    /// Parts that tests replace.
    struct Seams: Sendable {
        var watches: @Sendable (InotifyDescriptor) -> any DirectoryWatches = { $0 }
        var fileSystem: @Sendable (FilePath) -> FileSystemKind? = { FileSystemKind(of: $0) }
        var bufferedBatches = 1024
    }

    /// A watcher that follows changes.
    ///
    /// - Throws: `instanceLimit` where the user has no inotify instance left (`fs.inotify.max_user_instances`).
    public convenience init(
        trees: [WatchedTree], times: WatcherTimes = WatcherTimes(), clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger
    ) throws(InotifyError) {
        try self.init(trees: trees, watching: true, times: times, clock: clock, logger: logger, seams: Seams())
    }

    /// A watcher for `walkOnce` only: it needs no inotify instance.
    public static func forOneWalk(of trees: [WatchedTree], logger: Logger) throws(InotifyError) -> DropFolderWatcher {
        try DropFolderWatcher(
            trees: trees, watching: false, times: WatcherTimes(), clock: ContinuousClock(), logger: logger,
            seams: Seams())
    }

    init(
        trees: [WatchedTree], watching: Bool, times: WatcherTimes, clock: any Clock<Duration>, logger: Logger,
        seams: Seams
    ) throws(InotifyError) {
        self.trees = trees
        self.times = times
        self.clock = clock
        now = stopwatch(clock)
        var watches: (any DirectoryWatches)?
        if watching {
            let inotify = try InotifyDescriptor()
            reader = try InotifyReader(inotify, bufferedBatches: seams.bufferedBatches)
            watches = seams.watches(inotify)
        } else {
            reader = nil
        }
        engine = try WatchEngine(
            trees: trees, watches: watches, output: events, times: times, logger: logger, now: now,
            fileSystem: seams.fileSystem)
    }

    /// Walks every root, then follows changes until the task is cancelled.
    public func run() async throws(InotifyError) {
        guard let reader else { return await walkOnce() }
        do { try reader.start() } catch {
            events.close()
            throw error
        }
        await withTaskCancellationHandler {
            await follow(reader)
        } onCancel: {
            // A watcher that waits for its consumer goes on, and ends.
            events.close()
            reader.stop()
        }
        events.close()
        reader.stop()
    }

    /// Walks every root once, then ends `events`. Nothing is watched.
    public func walkOnce() async {
        await withTaskCancellationHandler {
            await engine.start()
            var isUnfinished = true
            while isUnfinished, !Task.isCancelled { isUnfinished = await engine.makeVisits() }
        } onCancel: {
            events.close()
        }
        events.close()
    }

    /// How well the watcher sees now.
    public func health() -> WatcherHealth {
        let record = engine.health.withLock { $0 }
        var health = record.visible
        health.limit = WatchLimit.current()
        health.sinceLastEvent = record.lastEvent.map { now() - $0 }
        return health
    }

    /// Takes over the watch entries of another configuration.
    public func replaceTrees(with trees: [WatchedTree]) async { await engine.replaceTrees(with: trees) }

    /// Makes the watcher's threads come round once more, where they can.
    public func poke() {
        reader?.poke()
        engine.poke()
    }

    /// How often the thread that drains the kernel's queue, and the one that looks at directories, have come round; and
    /// whether the latter waits for whoever takes `events`.
    public var rounds: (reader: UInt64, engine: UInt64, isEngineHeldUp: Bool) {
        (reader?.roundCount ?? 0, engine.turns.load(ordering: .relaxed), events.isFull)
    }

    private func follow(_ reader: InotifyReader) async {
        await withDiscardingTaskGroup { group in
            group.addTask { [engine] in
                for await batch in reader.batches { await engine.take(batch) }
            }
            group.addTask { [engine] in
                for await _ in engine.work {
                    while await engine.makeVisits(), !Task.isCancelled {}
                }
            }
            await engine.start()
            for await pause in engine.timers {
                group.addTask { [engine, clock] in
                    // Only cancellation ends a sleep early, and then nothing is due any more.
                    guard (try? await clock.sleep(for: pause)) != nil else { return }
                    await engine.tick()
                }
            }
        }
    }
}

/// Monotonic time since now, on any clock.
private func stopwatch<C: Clock>(_ clock: C) -> @Sendable () -> Duration where C.Duration == Duration {
    let start = clock.now
    return { start.duration(to: clock.now) }
}
