public import Domain
public import Logging
public import ServiceLifecycle
public import SystemPackage

/// Turns what watching and scanning say into rows: follows uploads until they are proved complete, and queues a job in
/// the same transaction that records the proof.
public actor IntakeService: Service {
    /// What the service works with.
    public struct Tools: Sendable {
        public var store: any LedgerStore
        public var probe: any UploadProbe
        public var watches: any OriginalWatches
        public var originals: any OriginalFiles
        public var proxies: any ProxyFiles
        public var sidecars: any SidecarFiles
        public var observer: any EngineObserver
        public var policies: WatchPolicies
        public var jobBell: Doorbell
        public var sidecarBell: Doorbell
        /// Opened once the first scan is done and its stray files are gone.
        public var gate: StartGate
        /// Finds out about renames, touches, deletions and mounts.
        public var presence: PresenceService
        /// Ends the running attempt of a job that was cancelled because its original was replaced.
        public var withdraw: @Sendable (String) -> Void
        /// Looks after the proxy of an original that was seen again.
        public var suspectProxy: @Sendable (FilePath) async -> Void

        public init(
            store: any LedgerStore, probe: any UploadProbe, watches: any OriginalWatches = NoOriginalWatches(),
            originals: any OriginalFiles, proxies: any ProxyFiles, sidecars: any SidecarFiles,
            observer: any EngineObserver, policies: WatchPolicies, jobBell: Doorbell, sidecarBell: Doorbell,
            gate: StartGate, presence: PresenceService, withdraw: @escaping @Sendable (String) -> Void,
            suspectProxy: @escaping @Sendable (FilePath) async -> Void = { _ in }
        ) {
            self.store = store
            self.probe = probe
            self.watches = watches
            self.originals = originals
            self.proxies = proxies
            self.sidecars = sidecars
            self.observer = observer
            self.policies = policies
            self.jobBell = jobBell
            self.sidecarBell = sidecarBell
            self.gate = gate
            self.presence = presence
            self.withdraw = withdraw
            self.suspectProxy = suspectProxy
        }
    }

    /// How far the intake has come, for `once` and for `status`.
    public struct Standing: Sendable {
        public var isScanned: Bool
        /// Originals held back by a settle window.
        public var settling: Int
        /// Originals that a writer holds.
        public var busy: [OriginalLocation]
        /// Whether what was told is still to be recorded.
        public var isRecording: Bool
        /// Events that wait to be recorded.
        public var waitingEvents: Int
        /// Proved uploads that wait to be recorded.
        public var waitingUploads: Int
    }

    let tools: Tools
    private let events: any AsyncSequence<[DropFolderEvent], Never> & Sendable
    let logger: Logger
    let patience: StorePatience
    /// Rung when a look may be due.
    let bell = Doorbell()
    let time: Stopwatch
    var table = CandidateTable()
    private(set) var isScanned = false
    private var isRecording = false
    /// Event batches that are to be recorded.
    private var pending: [[DropFolderEvent]] = []
    /// Events that are being recorded.
    private var recordingCount = 0
    /// Drop folders of which no note was taken yet: what is seen in them is recorded after them.
    private var unmarkedDropFolders = 0
    private let pendingBell = Doorbell()
    private let roomBell = Doorbell()
    /// Proved uploads that the database is to be told of, in one transaction.
    var arrivals: [Arrival] = []
    let arrivalBell = Doorbell()
    var looksUnderWay = 0
    /// The latest change of any original that was seen.
    private var newestChange = Int64.min

    /// Rows written in one transaction.
    static let batch = 500
    /// Batches that may wait to be recorded.
    private static let mostPending = 16
    /// How long a sighting of a running daemon waits before it is recorded: most uploads that are proved complete by
    /// then cost one transaction instead of three, each of which waits for the disk.
    private static let recordingPause = Duration.milliseconds(20)
    /// Originals in a batch of events above which none is looked at before it is recorded: a walk, or a storm.
    private static let mostHastened = 64
    /// An original whose change is this much older than the newest one was told by a walk, not by its uploader.
    private static let freshness: Int64 = 2_000_000_000

    public init(
        tools: Tools, events: any AsyncSequence<[DropFolderEvent], Never> & Sendable, logger: Logger,
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.tools = tools
        self.events = events
        self.logger = logger
        time = Stopwatch(clock)
        patience = StorePatience(logger: logger, time: time)
    }

    public var standing: Standing {
        Standing(
            isScanned: isScanned, settling: table.settlingCount, busy: table.busy, isRecording: isRecording,
            waitingEvents: pending.reduce(recordingCount) { $0 + $1.count }, waitingUploads: arrivals.count)
    }

    public func run() async {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.takeEvents() }
                group.addTask { await self.recordEvents() }
                group.addTask { await self.takeTouches() }
                group.addTask { await self.followUploads() }
                group.addTask { await self.recordArrivals() }
            }
        }
    }

    /// Follows an original whose row was put back to `uploading`.
    public func follow(_ location: OriginalLocation) {
        guard let machine = machine(for: location) else { return }
        table.follow(location, machine: machine, at: now)
        bell.ring()
    }

    // MARK: Events

    /// Hastens looks at what is told, and keeps the batches for the recording, at most so many.
    private func takeEvents() async {
        for await batch in events {
            keep(batch)
            hasten(batch)
            while pending.count >= IntakeService.mostPending, !Task.isCancelled {
                await roomBell.wait(atMost: nil, clock: time.clock)
            }
        }
    }

    func keep(_ batch: [DropFolderEvent]) {
        isRecording = true
        for case .dropFolder in batch { unmarkedDropFolders += 1 }
        pending.append(batch)
        pendingBell.ring()
    }

    /// Looks at what an uploader has just touched before the database knows of it, so that the proof and the sighting
    /// are recorded together. Only what `record` decides makes it a candidate for good.
    private func hasten(_ batch: [DropFolderEvent]) {
        let isFew = batch.count <= IntakeService.mostHastened
        for case .seen(let location, let identity) in batch {
            let (fresh, overflow) = newestChange.subtractingReportingOverflow(IntakeService.freshness)
            let isFresh = overflow || identity.changedNanoseconds >= fresh
            newestChange = max(newestChange, identity.changedNanoseconds)
            if table.isFollowing(location.path) {
                table.touch(location.path, identity: identity, isWritingOnly: false, at: now)
            } else if isScanned, isFew, isFresh, unmarkedDropFolders == 0, let machine = machine(for: location) {
                table.follow(location, machine: machine, at: now, isTentative: true)
            }
        }
        bell.ring()
    }

    private func recordEvents() async {
        while !Task.isCancelled {
            guard !pending.isEmpty else {
                isRecording = false
                await pendingBell.wait(atMost: nil, clock: time.clock)
                continue
            }
            if isScanned, pending.count < IntakeService.mostPending {
                // Cancelled: the loop ends at its condition.
                try? await time.sleep(for: IntakeService.recordingPause)
            }
            let batches = pending
            pending = []
            roomBell.ring()
            let events = batches.flatMap { $0 }
            recordingCount = events.count
            await take(events)
            recordingCount = 0
        }
    }

    private func take(_ batch: [DropFolderEvent]) async {
        var sightings: [Sighting] = []
        for event in batch {
            switch event {
            case .seen(let location, let identity):
                guard let sighting = tools.policies.sighting(of: location, identity: identity) else { continue }
                sightings.append(sighting)
                guard sightings.count >= IntakeService.batch else { continue }
            case .gone, .dropFolder, .scanned, .walked: break
            }
            // The order of events is kept: what was seen before another kind of event is recorded before it.
            await record(sightings)
            sightings = []
            await handle(event)
        }
        await record(sightings)
    }

    private func handle(_ event: DropFolderEvent) async {
        switch event {
        case .seen: break
        case .gone(let location): await handleGone(location)
        case .dropFolder(let dropFolder, let root):
            await tools.presence.mark(dropFolder, below: root)
            unmarkedDropFolders = max(0, unmarkedDropFolders - 1)
            guard !isScanned, let policy = tools.policies.policy(containing: root) else { return }
            let mirror = policy.layout.mirror(ofDropFolder: dropFolder)
            let count = await tools.proxies.removeStrayTemporaries(below: mirror)
            guard count > 0 else { return }
            logger.notice("stray temporary files removed", metadata: ["directory": .name(mirror), "count": "\(count)"])
        case .scanned:
            isScanned = true
            await tools.presence.sweepSoon()
            tools.gate.open()
            logger.info("first scan done", metadata: ["following": "\(table.count)"])
        case .walked: await tools.presence.sweepSoon()
        }
    }

    private func record(_ sightings: [Sighting]) async {
        guard !sightings.isEmpty else { return }
        let store = tools.store
        let outcomes = await patience.persist("record originals") { () throws(StoreError) in
            try await store.record(sightings)
        }
        guard let outcomes else { return }
        for (sighting, outcome) in zip(sightings, outcomes) { await take(outcome, of: sighting) }
    }

    /// Acts on what the store made of a sighting.
    public func take(_ outcome: SightingOutcome, of sighting: Sighting) async {
        switch outcome {
        case .known(let proxy):
            reject(sighting.location)
            // After the first scan all proxies are looked at anyway.
            if isScanned, let proxy { await tools.suspectProxy(proxy) }
        case .doubtful, .resembles:
            reject(sighting.location)
            await tools.presence.examine(sighting, outcome)
        case .following:
            confirm(sighting.location)
            tools.sidecarBell.ring()
        case .replaced(let job):
            logger.notice("original replaced", metadata: .original(sighting.location.path))
            if let job { tools.withdraw(job) }
            confirm(sighting.location)
            tools.sidecarBell.ring()
        }
    }

    /// Stops following a path: its original is deleted, or has another name now.
    public func stopFollowing(_ path: FilePath) {
        guard let location = tools.policies.location(of: path) else { return table.forget(path) }
        drop(location)
    }

    /// Stops following what lies below roots that are no longer configured.
    public func letGoOfFormerRoots() {
        for candidate in table.candidates.values where tools.policies.policy(for: candidate.location) == nil {
            drop(candidate.location)
        }
    }

    /// What the daemon knows beyond the row of an original whose upload it follows; `nil` where it follows none.
    public func standing(of path: FilePath) -> CandidateStanding? {
        guard let candidate = table.candidates[path] else { return nil }
        return CandidateStanding(
            isBusy: candidate.isBusy, isIncomplete: candidate.isIncomplete, failedLooks: candidate.troubles,
            nextLookMilliseconds: (candidate.due - now).components.seconds * 1000)
    }

    private func handleGone(_ location: OriginalLocation) async {
        do throws(Failure) {
            // Another file may have taken the name since the event.
            guard try await tools.originals.identity(at: location) == nil else { return }
        } catch {
            logger.warning("original not readable", metadata: .failure(error))
        }
        await forget(location)
    }

    /// Deleted, renamed, or out of reach: whichever it is, there is nothing to look at here.
    func forget(_ location: OriginalLocation) async {
        drop(location)
        await tools.presence.suspect(location.path)
    }

    var now: Duration { time.now }
}
