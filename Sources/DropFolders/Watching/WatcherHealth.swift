public import SystemPackage

/// How well the watcher sees, for `status` and `check`.
public struct WatcherHealth: Sendable, Hashable {
    /// Directory watches that are set.
    public var watches = 0
    /// What the kernel allows this user, over all programs; `nil` where `/proc` does not say.
    public var limit: WatchLimit?
    /// How often events were lost; each time a full walk made up for it.
    public var overflows = 0
    /// Directories that got no watch because the limit is reached, and are polled.
    public var directoriesWithoutWatch = 0
    /// All polled directories, for whatever reason.
    public var polledDirectories = 0
    /// The same by the root of their watch entry.
    public var polledTrees: [FilePath: Int] = [:]
    /// Directories that we may not read: nothing in them is seen.
    public var unreadableDirectories = 0
    /// Roots that are not there now.
    public var missingRoots: [FilePath] = []
    /// Whether a walk is under way.
    public var isScanning = false
    /// Directories that are still to be read.
    public var waitingDirectories = 0
    /// How long ago the last event came; `nil` where none has come.
    public var sinceLastEvent: Duration?

    public init() {}
}
