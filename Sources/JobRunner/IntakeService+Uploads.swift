import Domain
import Logging
public import SystemPackage

// Following uploads until they are proved complete.
extension IntakeService {
    /// Looks under way at once, over all roots.
    private static let parallelLooks = 16
    /// How long proved uploads are gathered during the first scan.
    private static let gathering = Duration.milliseconds(200)
    /// Failed looks in a row after which an original is recorded as failed.
    private static let patienceWithTrouble = 3

    /// What became of an uploader's word.
    public enum NoticeOutcome: String, Sendable, Hashable {
        /// It is evidence from now on: the upload counts as complete unless a writer has it open, or it is cut short.
        case taken
        /// The path lies in no drop folder.
        case notAnOriginal = "not_an_original"
        /// There is no such file.
        case missing
        /// It cannot be looked at now.
        case unreadable
    }

    /// The uploader says that a file is complete (`understudy notify`).
    public func notify(_ path: FilePath) async -> NoticeOutcome {
        guard let policy = tools.policies.policy(containing: path),
            let dropFolder = policy.layout.dropFolder(of: path.removingLastComponent())
        else { return .notAnOriginal }
        let location = OriginalLocation(root: policy.layout.root, dropFolder: dropFolder, path: path)
        let identity: FileIdentity?
        do throws(Failure) { identity = try await tools.originals.identity(at: location) } catch {
            logger.warning("original not readable", metadata: .failure(error))
            return .unreadable
        }
        guard let identity else { return .missing }
        table.follow(location, machine: machine(of: policy), at: now, isTentative: true)
        table.notify(path, at: now)
        keep([.seen(location, identity)])
        bell.ring()
        return .taken
    }

    func machine(for location: OriginalLocation) -> SettleMachine? {
        tools.policies.policy(for: location).map { machine(of: $0) }
    }

    private func machine(of policy: WatchPolicy) -> SettleMachine {
        SettleMachine(settle: policy.settle, stall: policy.stall)
    }

    /// The database wants an original followed: where that has begun before the database was asked, it goes on.
    func confirm(_ location: OriginalLocation) {
        if table.isFollowing(location.path) { table.confirm(location.path) } else { follow(location) }
    }

    /// The database knows an original as complete and unchanged: where it is followed, that was for nothing.
    func reject(_ location: OriginalLocation) {
        if table.isToBeRejected(location.path) { drop(location) }
    }

    /// Follows an original no more.
    func drop(_ location: OriginalLocation) {
        if table.isWatched(location.path) { tools.watches.unwatch(location) }
        table.forget(location.path)
    }

    /// Takes what single originals' watches tell: of candidates, and of running jobs' originals, whose change ends the
    /// job.
    func takeTouches() async {
        for await touches in tools.watches.touches {
            for touch in touches {
                let location = touch.location
                do throws(Failure) {
                    guard let identity = try await tools.originals.identity(at: location) else {
                        keep([.gone(location)])
                        continue
                    }
                    if table.isFollowing(location.path) {
                        table.touch(
                            location.path, identity: identity, isWritingOnly: touch.isWritingOnly, at: now)
                        bell.ring()
                    } else {
                        keep([.seen(location, identity)])
                    }
                } catch {
                    // The look that is due, or the job's own reading, will meet it and tell.
                    logger.debug("touched original not readable", metadata: .failure(error))
                }
            }
        }
    }

    // MARK: Looks

    func followUploads() async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                let due = table.takeDue(at: now, limit: IntakeService.parallelLooks - looksUnderWay)
                for location in due {
                    looksUnderWay += 1
                    group.addTask { await self.look(at: location) }
                }
                guard due.isEmpty else { continue }
                let next = looksUnderWay < IntakeService.parallelLooks ? table.nextDue : nil
                await bell.wait(atMost: next.map { $0 - now }, clock: time.clock)
            }
        }
    }

    private func look(at location: OriginalLocation) async {
        let outcome = await tools.probe.probe(location)
        switch outcome {
        case .observed(let observation): await take(observation, of: location)
        case .gone, .notRegular: await forget(location)
        case .unreadable(let failure): await handleTrouble(location, failure)
        }
        looksUnderWay -= 1
        bell.ring()
    }

    private func take(_ observation: UploadObservation, of location: OriginalLocation) async {
        switch table.take(observation, of: location.path, at: now) {
        case .ready(let evidence):
            // Only a single pass calls a cut file ready: it cannot wait for the rest.
            if case .cutShort(let missing?) = observation.structure {
                await refuse(location, IntakeService.cutShort(location, missing: missing))
            } else {
                await arrive(location, identity: observation.identity, evidence: evidence)
            }
        case .incomplete:
            watch(location)
            await recordIncomplete(location, identity: observation.identity)
        case .resumed: await recordResumed(location, identity: observation.identity)
        case .undecided: watch(location)
        }
    }

    /// What is not decided at the first look may be written by ways that no event of its directory shows.
    private func watch(_ location: OriginalLocation) {
        guard table.markWatched(location.path) else { return }
        tools.watches.watch(location)
    }

    // MARK: Records

    private func arrive(_ location: OriginalLocation, identity: FileIdentity, evidence: [UploadEvidence]) async {
        guard let policy = tools.policies.policy(for: location),
            let sighting = tools.policies.sighting(of: location, identity: identity)
        else { return drop(location) }
        let fingerprint = await tools.originals.fingerprint(at: location, of: identity)
        arrivals.append(
            Arrival(sighting: sighting, evidence: evidence, preset: policy.preset, fingerprint: fingerprint))
        arrivalBell.ring()
    }

    /// Tells the database of proved uploads, as many as there are with each transaction: each waits for the disk.
    func recordArrivals() async {
        while !Task.isCancelled {
            guard !arrivals.isEmpty else {
                await arrivalBell.wait(atMost: nil, clock: time.clock)
                continue
            }
            if !isScanned, arrivals.count < IntakeService.batch {
                // No job starts before the first scan is done: fewer, larger transactions lose no time.
                // Cancelled: the loop ends at its condition after this batch.
                try? await time.sleep(for: IntakeService.gathering)
            }
            let batch = Array(arrivals.prefix(IntakeService.batch))
            arrivals.removeFirst(batch.count)
            await record(batch)
        }
    }

    private func record(_ batch: [Arrival]) async {
        let store = tools.store
        let outcomes = await patience.persist("record uploads") { () throws(StoreError) in
            try await store.recordArrivals(batch)
        }
        guard let outcomes else {
            for arrival in batch { table.postpone(arrival.sighting.location.path, to: now + .seconds(1)) }
            return bell.ring()
        }
        var hasQueued = false
        for (arrival, outcome) in zip(batch, outcomes) {
            let location = arrival.sighting.location
            if case .replaced(let job) = outcome.sighting {
                logger.notice("original replaced", metadata: .original(location.path))
                if let job { tools.withdraw(job) }
            }
            if case .resembles = outcome.sighting { await tools.presence.examine(arrival.sighting, outcome.sighting) }
            if outcome.isQueued {
                hasQueued = true
                let reasons = arrival.evidence.map(\.rawValue).joined(separator: ",")
                logger.info(
                    "upload complete", metadata: .original(location.path).adding(["evidence": "\(reasons)"]))
            }
            let isWatched = table.isWatched(location.path)
            table.conclude(location.path, at: now)
            if isWatched, !table.isFollowing(location.path) { tools.watches.unwatch(location) }
        }
        if hasQueued { tools.jobBell.ring() }
        tools.sidecarBell.ring()
        bell.ring()
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
        await refuse(location, failure)
    }

    /// A single pass met a file that lacks so much of what its own structure promises.
    private static func cutShort(_ location: OriginalLocation, missing: Int64) -> Failure {
        let name = PathText.encode(location.path.bytes)
        return Failure(
            .truncated, "\(name): The original is cut short, \(missing) bytes are missing; upload it again.")
    }

    /// Puts on record why no job can run for an original.
    private func refuse(_ location: OriginalLocation, _ failure: Failure) async {
        guard let policy = tools.policies.policy(for: location) else { return drop(location) }
        let store = tools.store
        let isRecorded: Void? = await patience.persist("record an unreadable original") { () throws(StoreError) in
            try await store.recordUnreadable(location.path, failure: failure, preset: policy.preset)
        }
        guard isRecorded != nil else { return }
        drop(location)
        logger.warning("original refused", metadata: .original(location.path).adding(.failure(failure)))
        tools.observer.originalRefused(location, failure)
        tools.sidecarBell.ring()
    }
}
