import Domain
import Inotify
import Logging
import SystemPackage
import Synchronization

/// The watcher's state and decisions, on a thread of its own where it may block.
///
/// Events are hints: each makes it look at what is there now, so that a late event about a name that means something
/// else by now does no harm. Two rules keep anything from being missed: a directory is watched before it is read, and
/// whatever is doubtful is walked again.
actor WatchEngine {
    /// A directory that is to be read.
    struct Visit {
        enum Purpose {
            /// Watch it, tell all its originals, go on into all its directories.
            case walk
            /// The same, but pass over directories in which nothing can have changed (`Directory.hasNothingNew`).
            case routineWalk
            /// Tell what changed since the last look.
            case poll
        }
        let directory: Directory
        let purpose: Purpose
        /// Where the directory was before it was renamed.
        var movedFrom: FilePath?
    }

    /// A directory whose rename is known by halves.
    struct Move {
        let directory: Directory
        let from: FilePath
        let deadline: Duration
    }

    struct Root {
        var tree: WatchedTree
        /// Whether it is no longer configured: its number stays, as directories bear it.
        var isRetired = false
        var directory: Directory?
        var pollDue: Duration?
        var isReportedMissing = false
    }

    /// A name about which an event came.
    struct Touch {
        let directory: Directory
        let name: FileName
        var mayBeGone: Bool
    }

    nonisolated let executor: ThreadExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    /// `nil` for a single walk without watching.
    let watches: (any DirectoryWatches)?
    let output: DropFolderBatches
    let times: WatcherTimes
    let logger: Logger
    let now: @Sendable () -> Duration
    let fileSystem: @Sendable (FilePath) -> FileSystemKind?
    nonisolated let health: Mutex<HealthRecord>
    /// Turns that were finished.
    nonisolated let turns = Atomic<UInt64>(0)

    /// Says that there are visits to make.
    nonisolated let work: AsyncStream<Void>
    private let workContinuation: AsyncStream<Void>.Continuation
    /// Pauses after which `tick` is to be called. One for each deadline that is set; few, as deadlines are coalesced.
    nonisolated let timers: AsyncStream<Duration>
    private let timerContinuation: AsyncStream<Duration>.Continuation

    var roots: [Root]
    var table: [WatchDescriptor: Directory] = [:]
    /// Visits that events ask for come before the walks.
    var urgentVisits: [Visit] = []
    var visits: [Visit] = []
    var moves: [UInt32: Move] = [:]
    var polled: [ObjectIdentifier: Directory] = [:]
    var rescanDue: Duration?
    /// Whether nothing but the clock asked for it.
    var isRescanRoutine = false
    var routineRescans = 0
    var rootCheckDue: Duration?
    var reconcileDue: Duration?
    private var isStarted = false
    var hasToldFirstWalk = false
    /// Whether a later walk is under way whose end is to be told.
    var owesEndOfWalk = false
    var isWatchLimitReported = false
    private var outgoing: [DropFolderEvent] = []

    init(
        trees: [WatchedTree], watches: (any DirectoryWatches)?, output: DropFolderBatches, times: WatcherTimes,
        logger: Logger, now: @escaping @Sendable () -> Duration,
        fileSystem: @escaping @Sendable (FilePath) -> FileSystemKind?
    ) throws(InotifyError) {
        executor = try ThreadExecutor()
        self.watches = watches
        self.output = output
        self.times = times
        self.logger = logger
        self.now = now
        self.fileSystem = fileSystem
        health = Mutex(HealthRecord())
        roots = trees.map { Root(tree: $0) }
        (work, workContinuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        (timers, timerContinuation) = AsyncStream.makeStream(bufferingPolicy: .unbounded)
    }

    /// Begins: looks for the roots and queues their walks.
    func start() {
        isStarted = true
        for index in roots.indices { openRoot(index) }
        if watches != nil {
            reconcileDue = setTimer(after: times.reconcile)
            setRootCheck()
        }
        finishStep()
        workContinuation.yield()
    }

    /// Makes a few visits.
    /// - Returns: whether more are to be made.
    func makeVisits() -> Bool {
        // A poke may come before the start.
        guard isStarted else { return false }
        for _ in 0..<32 {
            guard let visit = urgentVisits.popLast() ?? visits.popLast() else { break }
            make(visit)
        }
        if urgentVisits.isEmpty, visits.isEmpty, !hasToldFirstWalk {
            hasToldFirstWalk = true
            tell(.scanned)
        }
        if urgentVisits.isEmpty, visits.isEmpty, owesEndOfWalk {
            owesEndOfWalk = false
            tell(.walked)
        }
        finishStep()
        return !(urgentVisits.isEmpty && visits.isEmpty)
    }

    // MARK: Helpers of all parts

    func rules(of directory: Directory) -> NameRules { roots[directory.tree].tree.rules }
    func layout(of directory: Directory) -> MirrorLayout { roots[directory.tree].tree.layout }

    func tell(_ event: DropFolderEvent) {
        outgoing.append(event)
        if outgoing.count >= DropFolderBatches.batchSize { flush() }
    }

    func tellGone(_ path: FilePath, in tree: Int) {
        let layout = roots[tree].tree.layout
        guard let dropFolder = layout.dropFolder(of: path.removingLastComponent()) else { return }
        tell(.gone(OriginalLocation(root: layout.root, dropFolder: dropFolder, path: path)))
    }

    private func flush() {
        guard !outgoing.isEmpty else { return }
        output.send(outgoing)
        outgoing = []
    }

    func queue(_ visit: Visit, urgently: Bool) {
        if urgently { urgentVisits.append(visit) } else { visits.append(visit) }
        workContinuation.yield()
    }

    /// Makes the engine take one more turn, where it can.
    nonisolated func poke() { workContinuation.yield() }

    /// - Returns: the deadline.
    func setTimer(after pause: Duration) -> Duration {
        timerContinuation.yield(pause)
        return now() + pause
    }

    /// Ends each of the engine's turns: the health is made public, then what was found goes out: whoever has taken an
    /// event finds the health that belongs to it.
    func finishStep() {
        defer {
            flush()
            turns.add(1, ordering: .relaxed)
        }
        let missing = roots.filter { $0.directory == nil && !$0.isRetired }.map(\.tree.layout.root)
        let waiting = visits.count + urgentVisits.count
        let withoutWatch = polled.values.count { $0.pollReason == .noWatch }
        let polledTrees = Dictionary(
            polled.values.map { (roots[$0.tree].tree.layout.root, 1) }, uniquingKeysWith: { $0 + $1 })
        health.withLock {
            $0.visible.missingRoots = missing
            $0.visible.isScanning = waiting > 0
            $0.visible.waitingDirectories = waiting
            $0.visible.polledDirectories = polled.count
            $0.visible.polledTrees = polledTrees
            $0.visible.directoriesWithoutWatch = withoutWatch
        }
    }
}

/// What the engine publishes about itself.
struct HealthRecord: Sendable {
    var visible = WatcherHealth()
    var lastEvent: Duration?
}
