public import SystemPackage

/// Watches the directories in which published proxies lie, so that one that is deleted or altered behind our back is
/// noticed at once.
///
/// An accelerator, never a proof: whatever is told is looked at, and looks by the clock go on beside it.
public protocol ProxyWatches: Sendable {
    /// What was seen. One consumer.
    var news: AsyncStream<ProxyNews> { get }

    /// Begins to watch a directory; harmless where it is watched. Where the limit of watches is reached, it is not.
    func watch(_ directory: FilePath)
}

public enum ProxyNews: Sendable, Hashable {
    /// Something happened to these paths: files, or directories with what lies below them.
    case touched(Set<FilePath>)
    /// Events were lost: all is to be looked at.
    case lost
}

/// Watches nothing: for a single pass, and where there is no inotify instance left.
public struct NoProxyWatches: ProxyWatches {
    public let news = AsyncStream<ProxyNews> { $0.finish() }

    public init() {}

    public func watch(_ directory: FilePath) {}
}
