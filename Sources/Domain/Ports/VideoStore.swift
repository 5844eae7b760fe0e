public import SystemPackage

/// The database as the services see it. Each verb is one transaction; times come from the database's own clock.
///
/// Every method throws `StoreError`. Methods with a `ClaimToken` are fenced: they return `false`, and change nothing,
/// where the job is no longer running under that token.
public protocol VideoStore: Sendable {
    /// Records originals that a scan or an event showed; one outcome for each, in order. Unchanged rows are not written.
    func record(_ sightings: [Sighting]) async throws(StoreError) -> [SightingOutcome]

    /// The upload is complete: records the evidence and queues the job, in one transaction.
    /// - Parameter fingerprint: of the content; `nil` where it could not be read.
    /// - Returns: whether a job was queued; `false` where the row is gone or already uploaded.
    func recordUploaded(
        _ path: FilePath, identity: FileIdentity, fingerprint: ContentFingerprint?, evidence: [UploadEvidence],
        preset: Preset
    ) async throws(StoreError) -> Bool

    /// Uploads that are proved complete: `record` and `recordUploaded` for all of them in one transaction; one outcome
    /// for each, in order.
    func recordArrivals(_ arrivals: [Arrival]) async throws(StoreError) -> [ArrivalOutcome]

    /// The upload stands still and its container is cut short.
    func recordIncomplete(_ path: FilePath, identity: FileIdentity) async throws(StoreError)

    /// The original could not be opened or vanished before a job was queued for it: a job is queued and failed in the
    /// same transaction, so that the reason is on record.
    func recordUnreadable(_ path: FilePath, failure: Failure, preset: Preset) async throws(StoreError)

    /// Of each drop folder its newest and its oldest job that may be claimed now, at most `limit`; folder by folder.
    func claimableJobs(limit: Int) async throws(StoreError) -> [QueuedJob]

    /// The configured hours hold the claiming of jobs back, or let it go on.
    /// - Returns: whether anything changed.
    func setWithinHours(_ isWithin: Bool) async throws(StoreError) -> Bool
    /// The database's clock in the machine's time zone.
    func localTime() async throws(StoreError) -> LocalTime

    /// How long until a waiting job may be claimed; `nil` where none waits for time.
    func timeUntilNextClaimable() async throws(StoreError) -> Duration?

    /// Claims a job for a new attempt; `nil` where it is no longer pending.
    func claim(_ jobID: String, lease: String) async throws(StoreError) -> ClaimedJob?

    func recordMedia(_ token: ClaimToken, media: MediaDescription) async throws(StoreError) -> Bool
    func recordIntent(_ token: ClaimToken, intent: PublishIntent) async throws(StoreError) -> Bool
    func complete(_ token: ClaimToken) async throws(StoreError) -> Bool
    func fail(_ token: ClaimToken, failure: Failure) async throws(StoreError) -> Bool

    /// Puts a running job back into the queue.
    /// - Parameters:
    ///   - reason: what it waits for; `nil` where it may go on at once.
    ///   - delay: the shortest pause before the next claim.
    ///   - givesBackAttempt: whether the attempt does not count.
    ///   - failure: what the attempt ended with, for the record; `nil` for an orderly stop.
    func release(_ token: ClaimToken, reason: WaitReason?, delay: Duration, givesBackAttempt: Bool, failure: Failure?)
        async throws(StoreError) -> Bool

    /// Puts a job back that was running when the daemon died; the death is counted until an attempt ends otherwise.
    func releaseAfterDeath(_ token: ClaimToken, reason: WaitReason?, delay: Duration) async throws(StoreError) -> Bool
    /// The file of a running job's intent lies at its final name, though its publication failed: it is recorded as the
    /// video's, so that it is replaced, moved or removed with it. The job stays as it is.
    func recordPublished(_ token: ClaimToken) async throws(StoreError) -> Bool

    /// The original changed under a running job: cancels the job and puts the video back to `uploading`.
    func supersede(_ token: ClaimToken) async throws(StoreError) -> Bool

    /// Jobs that were running when the daemon died. Valid only while no executor runs.
    func interruptedJobs() async throws(StoreError) -> [InterruptedJob]

    /// Videos whose sidecar is behind their row, at most `limit`, in the order of their last change.
    func videosWithStaleSidecars(limit: Int) async throws(StoreError) -> [VideoSnapshot]
    /// - Parameter revisions: of the rows that sidecars were written from, by video.
    func recordSidecarsWritten(_ revisions: [String: Int]) async throws(StoreError)

    func video(at path: FilePath) async throws(StoreError) -> VideoSnapshot?
    func video(id: String) async throws(StoreError) -> VideoSnapshot?
    func videos(matching query: VideoQuery) async throws(StoreError) -> [VideoSnapshot]
    func tally() async throws(StoreError) -> Tally

    /// Asks anew for a proxy of an uploaded original whose job has ended.
    func retry(_ path: FilePath, preset: Preset) async throws(StoreError) -> RetryOutcome

    /// The published proxy of a completed video is missing or altered: queues a new job.
    func recordProxyLost(_ path: FilePath, preset: Preset) async throws(StoreError) -> Bool

    /// Cancels a queued or running job.
    /// - Returns: the job's id; `nil` where no job was queued or running.
    func cancel(_ path: FilePath) async throws(StoreError) -> String?

    /// The database's clock, as the texts in it are written.
    func now() async throws(StoreError) -> String
}

extension VideoStore {
    /// Without the content's fingerprint: a later doubt counts as a change.
    public func recordUploaded(_ path: FilePath, identity: FileIdentity, evidence: [UploadEvidence], preset: Preset)
        async throws(StoreError) -> Bool
    {
        try await recordUploaded(path, identity: identity, fingerprint: nil, evidence: evidence, preset: preset)
    }
}

/// Which videos to list.
public struct VideoQuery: Sendable, Hashable {
    /// `nil` takes all.
    public var status: ProcessingStatus?
    public var uploadStatus: UploadStatus?
    /// Only originals at or below this directory; `nil` takes all.
    public var under: FilePath?

    public init(status: ProcessingStatus? = nil, uploadStatus: UploadStatus? = nil, under: FilePath? = nil) {
        self.status = status
        self.uploadStatus = uploadStatus
        self.under = under
    }
}

/// Numbers of videos and jobs by state.
public struct Tally: Sendable, Hashable {
    public var uploads: [UploadStatus: Int]
    public var videos: [ProcessingStatus: Int]
    public var jobs: [JobStatus: Int]
    public var failures: [FailureCode: Int]

    public init(
        uploads: [UploadStatus: Int], videos: [ProcessingStatus: Int], jobs: [JobStatus: Int],
        failures: [FailureCode: Int]
    ) {
        self.uploads = uploads
        self.videos = videos
        self.jobs = jobs
        self.failures = failures
    }
}

public enum RetryOutcome: String, Sendable, Hashable, Codable {
    case queued
    /// A job is already queued or running.
    case alreadyQueued = "already_queued"
    /// The upload is not complete: a job will be queued by itself.
    case notUploaded = "not_uploaded"
    /// A folder in which nothing has failed.
    case nothingFailed = "nothing_failed"
    case unknown
}

/// The database could not do what was asked.
public struct StoreError: Error, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable {
        /// The database is locked for longer than the busy timeout.
        case busy
        /// No room, or an I/O error, on the state directory's file system.
        case storage
        /// The database file is damaged.
        case corrupt
        /// The rows would contradict each other: a bug of ours, stopped by the schema.
        case contradiction
        /// A row could not be understood (written by a newer version, or by hand).
        case unreadable
        case other
    }

    public let code: Code
    /// What failed, where, and what to do.
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}
