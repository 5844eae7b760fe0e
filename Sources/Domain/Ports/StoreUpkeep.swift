/// What keeps the store's own files small and sound.
public protocol StoreUpkeep: Sendable {
    /// Removes jobs that ended longer ago than `age`, at most `batch`; never a video's present job, nor the last one that
    /// made a proxy.
    /// - Returns: how many were removed.
    func pruneJobs(olderThan age: Duration, batch: Int) async throws(StoreError) -> Int

    /// The damage that a use of the store has met; a start mends it.
    var damage: StoreError? { get }

    /// How long the write-ahead log is; it grows for as long as a reader holds an old state of the database.
    func logBytes() -> Int64
    /// Folds the write-ahead log into the database and empties it, without waiting for anybody.
    /// - Returns: whether it is empty; `false` where a reader or writer is in the way.
    func foldLog() async throws(StoreError) -> Bool
}
