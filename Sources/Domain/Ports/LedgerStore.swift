public import SystemPackage

/// The verbs by which rows follow their originals: moves, deletions and returns, with the history of each.
public protocol LedgerStore: VideoStore {
    /// The content is the recorded one: the row takes the new inode and times; no status changes.
    /// - Returns: whether the row was written.
    func refreshIdentity(_ path: FilePath, identity: FileIdentity) async throws(StoreError) -> Bool

    /// The row's file lies at another path now. Row, proxy name and sidecar follow in one transaction; what is left on
    /// disk at the old place becomes a relocation.
    func recordMoved(_ videoID: String, to sighting: Sighting) async throws(StoreError) -> MoveOutcome

    /// What moves have left to do on disk, what is ready first, then the oldest; a bounded number.
    func relocations() async throws(StoreError) -> [Relocation]
    /// The proxy lies at the row's reserved place.
    func concludeProxyMove(_ relocation: Relocation) async throws(StoreError)
    /// Nothing is left to do, or can be done.
    func concludeRelocation(_ relocation: Relocation) async throws(StoreError)
    /// The reserved place is taken by a stranger: reserves the next name, in the order of preference.
    /// - Returns: the new reserved path; `nil` where the row is gone.
    func reserveAnotherName(for relocation: Relocation) async throws(StoreError) -> FilePath?

    /// Originals at or below a path, in the order of their paths, after `last`; at most `limit`.
    func originals(atOrBelow path: FilePath, after last: FilePath?, limit: Int) async throws(StoreError)
        -> [TrackedOriginal]

    /// The directories above a drop folder, and itself, as they are now, from the top. Of one that is known under another
    /// device number the file system was mounted anew: what the store knows of files below it holds under the new number.
    /// - Returns: how many videos have another number now.
    func record(_ landmarks: [Landmark]) async throws(StoreError) -> Int

    /// How many originals below a root the store knows, and how many of them it found missing within `window`.
    func losses(below root: FilePath, within window: Duration) async throws(StoreError) -> RootLosses

    /// The original is deleted. A queued or running job ends; an upload that never ended is forgotten.
    func recordMissing(_ path: FilePath) async throws(StoreError) -> MissingOutcome

    /// Videos below a root whose originals are missing for at least `grace`.
    func videosMissing(below root: FilePath, atLeast grace: Duration, limit: Int) async throws(StoreError)
        -> [AbandonedVideo]
    /// Removes the row of a video whose original is missing; its files on disk become a removal in the same transaction.
    func forgetMissing(_ videoID: String) async throws(StoreError) -> Bool
    /// What forgotten videos below a root have left on disk, the oldest first, after the one of the id `last` (0 for the
    /// first ones); a bounded number.
    func removals(below root: FilePath, after last: Int64) async throws(StoreError) -> [Removal]
    /// The files of a forgotten video are gone.
    func concludeRemoval(_ removal: Removal) async throws(StoreError)

    /// Puts something that a person or program said, or that a service decided, into the history.
    func note(_ kind: EventKind, _ path: FilePath, data: [String: String]) async throws(StoreError)
    /// The history of a video and of its path, in order; of a path that has no row too.
    func history(of path: FilePath) async throws(StoreError) -> [HistoryEvent]
    /// Removes events beyond the retention, at most `batch`.
    /// - Returns: how many were removed.
    func pruneHistory(olderThan age: Duration, keeping count: Int, batch: Int) async throws(StoreError) -> Int

    /// Stops, or lets go on, the claiming of jobs. Survives a restart.
    /// - Returns: whether anything changed.
    func setPaused(_ isPaused: Bool) async throws(StoreError) -> Bool
    /// Since when the queue is paused; `nil` where it is not.
    func pausedSince() async throws(StoreError) -> String?
}

public enum MoveOutcome: Sendable, Hashable {
    /// The row followed. `isUploaded` tells whether nothing else is to be done for the original.
    case moved(from: FilePath, isUploaded: Bool)
    /// A job runs for it: end the attempt, then ask again.
    case running(jobID: String)
    /// The row is gone, or the new path has a row of its own.
    case refused
}

public enum MissingOutcome: Sendable, Hashable {
    /// The row stays; a running attempt of this job is to be ended.
    case kept(cancelledJob: String?)
    /// An unfinished upload without a proxy: its row is gone, its sidecar is to be removed.
    case forgotten
    /// Nothing to record: unknown, or known to be missing.
    case unchanged
}

/// A file at a former place, to be moved or removed. Recorded in the transaction that moves the row, so that a crash
/// before or after the rename leaves no doubt.
public struct Relocation: Sendable, Hashable {
    public enum Work: Sendable, Hashable {
        /// A published proxy; `target` is where it belongs now, `nil` where it was published anew meanwhile.
        case proxy(PublishedFile, target: FilePath?)
        /// A sidecar; `current` is where the video's sidecar belongs now.
        case sidecar(current: FilePath)
    }

    public let id: Int64
    public let videoID: String
    /// The original's, now.
    public let location: OriginalLocation
    /// Of the original's file system: while that is not mounted, nothing is known of the files beside it.
    public let device: UInt64
    public let from: FilePath
    public let work: Work
    /// Whether the work may be done now: a former sidecar goes only after the new one was written, so that readers find
    /// one at any time.
    public let isReady: Bool

    public init(
        id: Int64, videoID: String, location: OriginalLocation, device: UInt64, from: FilePath, work: Work,
        isReady: Bool = true
    ) {
        self.id = id
        self.videoID = videoID
        self.location = location
        self.device = device
        self.from = from
        self.work = work
        self.isReady = isReady
    }
}

/// A row, as far as the look after its original needs it.
public struct TrackedOriginal: Sendable, Hashable {
    public let videoID: String
    public let location: OriginalLocation
    public let device: UInt64
    public let isMissing: Bool

    public init(videoID: String, location: OriginalLocation, device: UInt64, isMissing: Bool) {
        self.videoID = videoID
        self.location = location
        self.device = device
        self.isMissing = isMissing
    }
}

public struct RootLosses: Sendable, Hashable {
    /// Originals that are there, or were not found missing yet.
    public let present: Int
    /// Originals that were found missing lately.
    public let recentlyMissing: Int

    public init(present: Int, recentlyMissing: Int) {
        self.present = present
        self.recentlyMissing = recentlyMissing
    }

    /// Originals fewer than which never stop a deletion.
    private static let fewest = 10

    /// Whether so much of the tree would be gone at once that a mishap is more likely than a wish.
    public func isMassLoss(with more: Int) -> Bool {
        let lost = recentlyMissing + more
        return lost >= RootLosses.fewest && lost * 2 > present + recentlyMissing
    }
}

/// A video whose original is deleted.
public struct AbandonedVideo: Sendable, Hashable {
    public let id: String
    public let location: OriginalLocation
    public let device: UInt64

    public init(id: String, location: OriginalLocation, device: UInt64) {
        self.id = id
        self.location = location
        self.device = device
    }
}

/// Files of ours whose row is gone. Recorded in the transaction that forgets the row: no row claims a proxy that is being
/// removed, and a crash leaves no file behind that nobody knows.
public struct Removal: Sendable, Hashable {
    /// A published proxy; only this very file is removed.
    public struct Proxy: Sendable, Hashable {
        public let path: FilePath
        public let file: PublishedFile

        public init(path: FilePath, file: PublishedFile) {
            self.path = path
            self.file = file
        }
    }

    public let id: Int64
    public let videoID: String
    /// Where the original was.
    public let location: OriginalLocation
    /// Of the original's file system: while that is not mounted, nothing is known of the files beside it.
    public let device: UInt64
    public let sidecar: FilePath
    public let proxy: Proxy?

    public init(
        id: Int64, videoID: String, location: OriginalLocation, device: UInt64, sidecar: FilePath, proxy: Proxy?
    ) {
        self.id = id
        self.videoID = videoID
        self.location = location
        self.device = device
        self.sidecar = sidecar
        self.proxy = proxy
    }
}
