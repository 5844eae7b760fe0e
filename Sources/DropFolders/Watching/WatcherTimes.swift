/// The watcher's pauses. The defaults are the product's; tests shorten them.
public struct WatcherTimes: Sendable, Hashable {
    /// Between two looks at a directory that sends no events.
    public var poll: Duration = .seconds(5)
    /// Between two full walks when all is well: the net below every other net.
    public var reconcile: Duration = .seconds(15 * 60)
    /// From lost events (or changed mounts) to the walk that makes up for them; gathers what comes in bursts.
    public var overflow: Duration = .milliseconds(250)
    /// How long the second half of a directory's rename may stay out before the directory counts as moved away.
    public var move: Duration = .milliseconds(500)
    /// Between two looks for a root that is not there.
    public var missingRoot: Duration = .seconds(1)
    /// Between two looks whether the roots are still the same directories.
    public var rootCheck: Duration = .seconds(5)
    /// Within which a directory may change twice with the same time of change (FAT: 2 s; ext4, XFS: a tick).
    public var granularity: Duration = .seconds(2)

    public init() {}
}
