/// The kernel's number for one watch of one inotify instance (inotify(7)).
///
/// Numbers are given out in turn, so that an old one comes back only after two thousand million others; still, a
/// number is free for reuse only once its `ignored` event was handled.
public struct WatchDescriptor: Sendable, Hashable {
    public let rawValue: Int32
    public init(rawValue: Int32) { self.rawValue = rawValue }
}
