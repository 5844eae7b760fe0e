public import SystemPackage

/// The verbs by which rows are held against published files, and kept in bounds.
public protocol CustodyStore: LedgerStore {
    /// Proxies of completed videos, in the order of their videos' ids, after `last`; at most `limit`.
    func completedProxies(after last: String?, limit: Int) async throws(StoreError) -> [PublishedProxy]
    /// The proxies of completed videos at a path, or below it.
    func completedProxies(atOrBelow path: FilePath) async throws(StoreError) -> [PublishedProxy]
    /// The proxy of one completed video; `nil` where the video is not completed.
    func completedProxy(ofVideo id: String) async throws(StoreError) -> PublishedProxy?

    /// The completed video whose proxy was not read in full for the longest time, at least `interval`; it counts as read
    /// from now on.
    func nextToRead(every interval: Duration) async throws(StoreError) -> PublishedProxy?

    /// The recorded content lies in another file, or has another time: that file is the published one from now on.
    /// - Returns: whether the row was written; `false` where another file was published meanwhile.
    func recordProxyFound(_ proxy: PublishedProxy, as file: PublishedFile) async throws(StoreError) -> Bool
    /// The proxy is missing or altered: queues a new job, unless another file was published meanwhile.
    /// - Parameters:
    ///   - altered: the altered file, which the new proxy may replace; `nil` where there is none of ours.
    ///   - reason: for the history.
    /// - Returns: whether a job was queued.
    func recordProxyLost(
        _ proxy: PublishedProxy, altered: PublishedFile?, reason: String, preset: Preset
    ) async throws(StoreError) -> Bool
}
