/// Watches single originals by their inode while something depends on them, so that writers are seen that no event of
/// their directory shows: through another hard link, an `O_TMPFILE` descriptor or a mapping (measured).
///
/// An accelerator and a tripwire, never a proof: looks by the clock go on beside it. The calls return at once and are
/// carried out in order.
public protocol OriginalWatches: Sendable {
    /// What was touched, in order. One consumer.
    var touches: AsyncStream<[OriginalTouch]> { get }

    /// Begins; each call needs its `unwatch`. Where the limit of watches is reached, nothing is watched.
    func watch(_ location: OriginalLocation)
    func unwatch(_ location: OriginalLocation)
}

/// Something happened to a watched original.
public struct OriginalTouch: Sendable, Hashable {
    public let location: OriginalLocation
    /// Whether only its content changed: its writer goes on.
    public let isWritingOnly: Bool

    public init(location: OriginalLocation, isWritingOnly: Bool) {
        self.location = location
        self.isWritingOnly = isWritingOnly
    }
}

/// Watches nothing: for a single pass, and where there is no inotify instance left.
public struct NoOriginalWatches: OriginalWatches {
    public let touches = AsyncStream<[OriginalTouch]> { $0.finish() }

    public init() {}

    public func watch(_ location: OriginalLocation) {}
    public func unwatch(_ location: OriginalLocation) {}
}
