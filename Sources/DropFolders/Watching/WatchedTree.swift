public import Domain

/// One watch entry: which tree, and what in it counts.
public struct WatchedTree: Sendable, Hashable {
    /// How changes are noticed.
    public enum Polling: Sendable, Hashable {
        /// By events; directories whose file system sends none, or that got no watch, are polled too.
        case automatic
        /// The whole tree is polled this often, besides the events.
        case every(Duration)
    }

    public let layout: MirrorLayout
    public let rules: NameRules
    public let polling: Polling

    public init(layout: MirrorLayout, rules: NameRules, polling: Polling = .automatic) {
        self.layout = layout
        self.rules = rules
        self.polling = polling
    }
}
