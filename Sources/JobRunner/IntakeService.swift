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

        public init(
            store: any LedgerStore, probe: any UploadProbe, originals: any OriginalFiles, proxies: any ProxyFiles,
            sidecars: any SidecarFiles, observer: any EngineObserver, policies: WatchPolicies, jobBell: Doorbell,
            sidecarBell: Doorbell, gate: StartGate, presence: PresenceService,
            withdraw: @escaping @Sendable (String) -> Void
        ) {
            self.store = store
            self.probe = probe
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
        }
    }

    /// How far the intake has come, for `once` and for `status`.
    public struct Standing: Sendable {
        public var isScanned: Bool
        /// Originals held back by a settle window.
        public var settling: Int
        /// Originals that a writer holds.
        public var busy: [OriginalLocation]
        /// Event batches taken and not yet recorded.
        public var isRecording: Bool
    }

    private let tools: Tools
    private let events: any AsyncSequence<[DropFolderEvent], Never> & Sendable
    private let logger: Logger
    private let patience: StorePatience
    private let bell = Doorbell()
    private let start = ContinuousClock.now
    private var table = CandidateTable()
    private var isScanned = false
    private var isRecording = false
    /// Uploads that their uploaders said to be complete.
    private var notified: Set<FilePath> = []

    /// Looks under way at once.
    private static let parallelLooks = 8
    /// Rows written in one transaction.
    private static let batch = 500
    /// Failed looks in a row after which an original is recorded as failed.
    private static let patienceWithTrouble = 3

    public init(tools: Tools, events: any AsyncSequence<[DropFolderEvent], Never> & Sendable, logger: Logger) {
        self.tools = tools
        self.events = events
        self.logger = logger
        patience = StorePatience(logger: logger)
    }

    public var standing: Standing {
        Standing(
            isScanned: isScanned, settling: table.settlingCount, busy: table.busy, isRecording: isRecording)
    }

    public func run() async {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.takeEvents() }
                group.addTask { await self.followUploads() }
            }
        }
    }

    /// Follows an original whose row was put back to `uploading`.
    public func follow(_ location: OriginalLocation) {
        guard let policy = tools.policies.policy(for: location) else { return }
        table.follow(location, machine: SettleMachine(settle: policy.settle, stall: policy.stall), at: now)
        bell.ring()
    }

    // MARK: Events

    private func takeEvents() async {
        for await batch in events {
            isRecording = true
            await take(batch)
            isRecording = false
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
            case .gone, .dropFolder, .scanned: break
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
        case .known(let proxy): await checkProxy(of: sighting, at: proxy)
        case .doubtful, .resembles: await tools.presence.examine(sighting, outcome)
        case .following:
            follow(sighting.location)
            tools.sidecarBell.ring()
        case .replaced(let job):
            logger.notice("original replaced", metadata: .original(sighting.location.path))
            if let job { tools.withdraw(job) }
            follow(sighting.location)
            tools.sidecarBell.ring()
        }
    }

    /// Stops following a path: its original is deleted, or has another name now.
    public func stopFollowing(_ path: FilePath) {
        table.forget(path)
        notified.remove(path)
    }

    /// What the daemon knows beyond the row of an original whose upload it follows; `nil` where it follows none.
    public func standing(of path: FilePath) -> CandidateStanding? {
        guard let candidate = table.candidates[path] else { return nil }
        return CandidateStanding(
            isBusy: candidate.isBusy, isIncomplete: candidate.isIncomplete, failedLooks: candidate.troubles,
            isNotified: notified.contains(path),
            nextLookMilliseconds: (candidate.due - now).components.seconds * 1000)
    }

    /// The uploader says that an upload is complete.
    /// - Returns: whether the path is one that is (or will be) followed.
    public func notify(_ location: OriginalLocation) async -> Bool {
        let identity: FileIdentity?
        // What cannot be looked at cannot be complete; the scan says why.
        do throws(Failure) { identity = try await tools.originals.identity(at: location) } catch { return false }
        guard let identity, let sighting = tools.policies.sighting(of: location, identity: identity) else {
            return false
        }
        let store = tools.store
        _ = await patience.persist("record a notice") { () throws(StoreError) in
            try await store.note(.notified, location.path, data: [:])
        }
        notified.insert(location.path)
        await record([sighting])
        // Of an upload that is recorded as complete already there is nothing to follow.
        if table.candidates[location.path] == nil { notified.remove(location.path) }
        return true
    }

    /// A completed video whose proxy is gone is not completed.
    private func checkProxy(of sighting: Sighting, at proxy: FilePath?) async {
        guard let proxy, await tools.proxies.identity(at: proxy) == nil,
            let policy = tools.policies.policy(for: sighting.location)
        else { return }
        let store = tools.store
        let isQueued = await patience.persist("queue a lost proxy") { () throws(StoreError) in
            try await store.recordProxyLost(sighting.location.path, preset: policy.preset)
        }
        guard isQueued == true else { return }
        logger.warning("proxy is missing, made again", metadata: .original(sighting.location.path))
        tools.jobBell.ring()
        tools.sidecarBell.ring()
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
    private func forget(_ location: OriginalLocation) async {
        stopFollowing(location.path)
        await tools.presence.suspect(location.path)
    }

    // MARK: Uploads

    private func followUploads() async {
        while !Task.isCancelled {
            let due = table.takeDue(at: now, limit: IntakeService.parallelLooks)
            guard !due.isEmpty else {
                await bell.wait(atMost: table.nextDue.map { $0 - now }, clock: .continuous)
                continue
            }
            await withDiscardingTaskGroup { group in
                for location in due { group.addTask { await self.look(at: location) } }
            }
        }
    }

    private func look(at location: OriginalLocation) async {
        switch await tools.probe.probe(location) {
        case .observed(let observation):
            let verdict = table.take(observation, of: location.path, at: now)
            if let evidence = NotifiedUpload.evidence(for: observation, isNotified: notified.contains(location.path)) {
                return await queue(location, identity: observation.identity, evidence: evidence)
            }
            switch verdict {
            case .ready(let evidence): await queue(location, identity: observation.identity, evidence: evidence)
            case .incomplete: await recordIncomplete(location, identity: observation.identity)
            case .resumed: await recordResumed(location, identity: observation.identity)
            case .undecided: break
            }
        case .gone, .notRegular: await forget(location)
        case .unreadable(let failure): await handleTrouble(location, failure)
        }
    }

    private func queue(_ location: OriginalLocation, identity: FileIdentity, evidence: [UploadEvidence]) async {
        guard let policy = tools.policies.policy(for: location) else { return table.forget(location.path) }
        let store = tools.store
        let fingerprint = await tools.originals.fingerprint(at: location, of: identity)
        let isQueued = await patience.persist("record an upload") { () throws(StoreError) in
            try await store.recordUploaded(
                location.path, identity: identity, fingerprint: fingerprint, evidence: evidence, preset: policy.preset)
        }
        guard let isQueued else { return }
        stopFollowing(location.path)
        tools.sidecarBell.ring()
        guard isQueued else { return }
        let reasons = evidence.map(\.rawValue).joined(separator: ",")
        logger.info("upload complete", metadata: .original(location.path).adding(["evidence": "\(reasons)"]))
        tools.jobBell.ring()
        tools.sidecarBell.ring()
    }

    private func recordIncomplete(_ location: OriginalLocation, identity: FileIdentity) async {
        let store = tools.store
        _ = await patience.persist("record an incomplete upload") { () throws(StoreError) in
            try await store.recordIncomplete(location.path, identity: identity)
        }
        logger.warning("upload stands still and is cut short", metadata: .original(location.path))
        tools.sidecarBell.ring()
    }

    private func recordResumed(_ location: OriginalLocation, identity: FileIdentity) async {
        guard let sighting = tools.policies.sighting(of: location, identity: identity) else { return }
        let store = tools.store
        _ = await patience.persist("record a resumed upload") { () throws(StoreError) in
            try await store.record([sighting])
        }
        logger.info("upload goes on", metadata: .original(location.path))
        tools.sidecarBell.ring()
    }

    private func handleTrouble(_ location: OriginalLocation, _ failure: Failure) async {
        let troubles = table.takeTrouble(of: location.path, at: now)
        guard failure.code.disposition == .permanent || troubles >= IntakeService.patienceWithTrouble else { return }
        guard let policy = tools.policies.policy(for: location) else { return table.forget(location.path) }
        let store = tools.store
        let isRecorded: Void? = await patience.persist("record an unreadable original") { () throws(StoreError) in
            try await store.recordUnreadable(location.path, failure: failure, preset: policy.preset)
        }
        guard isRecorded != nil else { return }
        table.forget(location.path)
        logger.warning("original refused", metadata: .original(location.path).adding(.failure(failure)))
        tools.observer.originalRefused(location, failure)
        tools.sidecarBell.ring()
    }

    private var now: Duration { .now - start }
}
