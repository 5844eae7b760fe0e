import Catalog
import Domain
import SystemPackage

// Each verb as it is.
extension SimulatedStore: LedgerStore {
    func record(_ sightings: [Sighting]) async throws(StoreError) -> [SightingOutcome] {
        try await write("record") { (catalog) throws(StoreError) in
            try await catalog.record(sightings)
        }
    }

    func recordUploaded(
        _ path: FilePath, identity: FileIdentity, fingerprint: ContentFingerprint?, evidence: [UploadEvidence],
        preset: Preset
    ) async throws(StoreError) -> Bool {
        try await write("recordUploaded") { (catalog) throws(StoreError) in
            try await catalog.recordUploaded(
                path, identity: identity, fingerprint: fingerprint, evidence: evidence, preset: preset)
        }
    }

    func recordArrivals(_ arrivals: [Arrival]) async throws(StoreError) -> [ArrivalOutcome] {
        try await write("recordArrivals") { (catalog) throws(StoreError) in
            try await catalog.recordArrivals(arrivals)
        }
    }

    func recordIncomplete(_ path: FilePath, identity: FileIdentity) async throws(StoreError) {
        try await write("recordIncomplete") { (catalog) throws(StoreError) in
            try await catalog.recordIncomplete(path, identity: identity)
        }
    }

    func recordUnreadable(_ path: FilePath, failure: Failure, preset: Preset) async throws(StoreError) {
        try await write("recordUnreadable") { (catalog) throws(StoreError) in
            try await catalog.recordUnreadable(path, failure: failure, preset: preset)
        }
    }

    func claimableJobs(limit: Int) async throws(StoreError) -> [QueuedJob] {
        try await read("claimableJobs") { (catalog) throws(StoreError) in
            try await catalog.claimableJobs(limit: limit)
        }
    }

    func timeUntilNextClaimable() async throws(StoreError) -> Duration? {
        try await read("timeUntilNextClaimable") { (catalog) throws(StoreError) in
            try await catalog.timeUntilNextClaimable()
        }
    }

    func claim(_ jobID: String, lease: String) async throws(StoreError) -> ClaimedJob? {
        let world = world
        return try await write("claim") { (catalog) throws(StoreError) in
            let wasPaused = try await catalog.pausedSince() != nil
            let job = try await catalog.claim(jobID, lease: lease)
            if let job {
                world.claims.append(job.token)
                if try world.database.isSuspectInCompany() { world.violate("a job that must be alone has company") }
            }
            if wasPaused, job != nil { world.violate("a job was claimed while the queue was paused") }
            return job
        }
    }

    func recordMedia(_ token: ClaimToken, media: MediaDescription) async throws(StoreError) -> Bool {
        try await fenced("recordMedia") { (catalog) throws(StoreError) in
            try await catalog.recordMedia(token, media: media)
        }
    }

    func recordIntent(_ token: ClaimToken, intent: PublishIntent) async throws(StoreError) -> Bool {
        try await fenced("recordIntent") { (catalog) throws(StoreError) in
            try await catalog.recordIntent(token, intent: intent)
        }
    }

    func complete(_ token: ClaimToken) async throws(StoreError) -> Bool {
        try await fenced("complete") { (catalog) throws(StoreError) in
            try await catalog.complete(token)
        }
    }

    func fail(_ token: ClaimToken, failure: Failure) async throws(StoreError) -> Bool {
        try await fenced("fail") { (catalog) throws(StoreError) in
            try await catalog.fail(token, failure: failure)
        }
    }

    func release(
        _ token: ClaimToken, reason: WaitReason?, delay: Duration, givesBackAttempt: Bool, failure: Failure?
    ) async throws(StoreError) -> Bool {
        try await fenced("release") { (catalog) throws(StoreError) in
            try await catalog.release(
                token, reason: reason, delay: delay, givesBackAttempt: givesBackAttempt, failure: failure)
        }
    }

    func releaseAfterDeath(
        _ token: ClaimToken, reason: WaitReason?, delay: Duration
    ) async throws(StoreError) -> Bool {
        try await write("releaseAfterDeath") { (catalog) throws(StoreError) in
            try await catalog.releaseAfterDeath(token, reason: reason, delay: delay)
        }
    }

    func recordPublished(_ token: ClaimToken) async throws(StoreError) -> Bool {
        try await fenced("recordPublished") { (catalog) throws(StoreError) in
            try await catalog.recordPublished(token)
        }
    }

    func supersede(_ token: ClaimToken) async throws(StoreError) -> Bool {
        try await fenced("supersede") { (catalog) throws(StoreError) in
            try await catalog.supersede(token)
        }
    }

    func interruptedJobs() async throws(StoreError) -> [InterruptedJob] {
        try await read("interruptedJobs") { (catalog) throws(StoreError) in
            try await catalog.interruptedJobs()
        }
    }

    func videosWithStaleSidecars(limit: Int) async throws(StoreError) -> [VideoSnapshot] {
        try await read("videosWithStaleSidecars") { (catalog) throws(StoreError) in
            try await catalog.videosWithStaleSidecars(limit: limit)
        }
    }

    func recordSidecarsWritten(_ revisions: [String: Int]) async throws(StoreError) {
        try await write("recordSidecarsWritten") { (catalog) throws(StoreError) in
            try await catalog.recordSidecarsWritten(revisions)
        }
    }

    func video(at path: FilePath) async throws(StoreError) -> VideoSnapshot? {
        try await read("video") { (catalog) throws(StoreError) in
            try await catalog.video(at: path)
        }
    }

    func video(id: String) async throws(StoreError) -> VideoSnapshot? {
        try await read("video") { (catalog) throws(StoreError) in
            try await catalog.video(id: id)
        }
    }

    func videos(matching query: VideoQuery) async throws(StoreError) -> [VideoSnapshot] {
        try await read("videos") { (catalog) throws(StoreError) in
            try await catalog.videos(matching: query)
        }
    }

    func tally() async throws(StoreError) -> Tally {
        try await read("tally") { (catalog) throws(StoreError) in
            try await catalog.tally()
        }
    }

    func retry(_ path: FilePath, preset: Preset) async throws(StoreError) -> RetryOutcome {
        try await write("retry") { (catalog) throws(StoreError) in
            try await catalog.retry(path, preset: preset)
        }
    }

    func recordProxyLost(_ path: FilePath, preset: Preset) async throws(StoreError) -> Bool {
        try await write("recordProxyLost") { (catalog) throws(StoreError) in
            try await catalog.recordProxyLost(path, preset: preset)
        }
    }

    func cancel(_ path: FilePath) async throws(StoreError) -> String? {
        try await write("cancel") { (catalog) throws(StoreError) in
            try await catalog.cancel(path)
        }
    }

    func now() async throws(StoreError) -> String {
        try await read("now") { (catalog) throws(StoreError) in
            try await catalog.now()
        }
    }

    func refreshIdentity(_ path: FilePath, identity: FileIdentity) async throws(StoreError) -> Bool {
        try await write("refreshIdentity") { (catalog) throws(StoreError) in
            try await catalog.refreshIdentity(path, identity: identity)
        }
    }

    func recordMoved(_ videoID: String, to sighting: Sighting) async throws(StoreError) -> MoveOutcome {
        try await write("recordMoved") { (catalog) throws(StoreError) in
            try await catalog.recordMoved(videoID, to: sighting)
        }
    }

    func relocations() async throws(StoreError) -> [Relocation] {
        try await read("relocations") { (catalog) throws(StoreError) in
            try await catalog.relocations()
        }
    }

    func concludeProxyMove(_ relocation: Relocation) async throws(StoreError) {
        try await write("concludeProxyMove") { (catalog) throws(StoreError) in
            try await catalog.concludeProxyMove(relocation)
        }
    }

    func concludeRelocation(_ relocation: Relocation) async throws(StoreError) {
        try await write("concludeRelocation") { (catalog) throws(StoreError) in
            try await catalog.concludeRelocation(relocation)
        }
    }

    func reserveAnotherName(for relocation: Relocation) async throws(StoreError) -> FilePath? {
        try await write("reserveAnotherName") { (catalog) throws(StoreError) in
            try await catalog.reserveAnotherName(for: relocation)
        }
    }

    func originals(
        atOrBelow path: FilePath, after last: FilePath?, limit: Int
    ) async throws(StoreError) -> [TrackedOriginal] {
        try await read("originals") { (catalog) throws(StoreError) in
            try await catalog.originals(atOrBelow: path, after: last, limit: limit)
        }
    }

    func record(_ landmarks: [Landmark]) async throws(StoreError) -> Int {
        try await write("record landmarks") { (catalog) throws(StoreError) in try await catalog.record(landmarks) }
    }

    func losses(below root: FilePath, within window: Duration) async throws(StoreError) -> RootLosses {
        try await read("losses") { (catalog) throws(StoreError) in
            try await catalog.losses(below: root, within: window)
        }
    }

    func recordMissing(_ path: FilePath) async throws(StoreError) -> MissingOutcome {
        let world = world
        return try await write("recordMissing") { (catalog) throws(StoreError) in
            let outcome = try await catalog.recordMissing(path)
            if outcome != .unchanged, !world.isMounted, world.originals[path] != nil {
                world.violate("\(path) is recorded as deleted, and is on the unmounted NAS")
            }
            return outcome
        }
    }

    func videosMissing(
        below root: FilePath, atLeast grace: Duration, limit: Int
    ) async throws(StoreError) -> [AbandonedVideo] {
        try await read("videosMissing") { (catalog) throws(StoreError) in
            try await catalog.videosMissing(below: root, atLeast: grace, limit: limit)
        }
    }

    func forgetMissing(_ videoID: String) async throws(StoreError) -> Bool {
        try await write("forgetMissing") { (catalog) throws(StoreError) in
            try await catalog.forgetMissing(videoID)
        }
    }

    func removals(below root: FilePath, after last: Int64) async throws(StoreError) -> [Removal] {
        try await read("removals") { (catalog) throws(StoreError) in
            try await catalog.removals(below: root, after: last)
        }
    }

    func concludeRemoval(_ removal: Removal) async throws(StoreError) {
        try await write("concludeRemoval") { (catalog) throws(StoreError) in
            try await catalog.concludeRemoval(removal)
        }
    }

    func note(_ kind: EventKind, _ path: FilePath, data: [String: String]) async throws(StoreError) {
        try await write("note") { (catalog) throws(StoreError) in
            try await catalog.note(kind, path, data: data)
        }
    }

    func history(of path: FilePath) async throws(StoreError) -> [HistoryEvent] {
        try await read("history") { (catalog) throws(StoreError) in
            try await catalog.history(of: path)
        }
    }

    func pruneHistory(olderThan age: Duration, keeping count: Int, batch: Int) async throws(StoreError) -> Int {
        try await write("pruneHistory") { (catalog) throws(StoreError) in
            try await catalog.pruneHistory(olderThan: age, keeping: count, batch: batch)
        }
    }

    func setPaused(_ isPaused: Bool) async throws(StoreError) -> Bool {
        try await write("setPaused") { (catalog) throws(StoreError) in
            try await catalog.setPaused(isPaused)
        }
    }

    func setWithinHours(_ isWithin: Bool) async throws(StoreError) -> Bool {
        try await write("setWithinHours") { (catalog) throws(StoreError) in
            try await catalog.setWithinHours(isWithin)
        }
    }

    func localTime() async throws(StoreError) -> LocalTime {
        try await read("localTime") { (catalog) throws(StoreError) in
            try await catalog.localTime()
        }
    }

    func pausedSince() async throws(StoreError) -> String? {
        try await read("pausedSince") { (catalog) throws(StoreError) in
            try await catalog.pausedSince()
        }
    }
}
