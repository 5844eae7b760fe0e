import Domain
import SystemPackage

/// Drop folders whose jobs wait for their surroundings (disk space, a mount). While one is held, its other jobs are not
/// claimed: each would find the same, with a line in the log and a new sidecar on the full disk. Pure.
struct LaneHolds: Sendable {
    private var ends: [FilePath: Duration] = [:]

    /// Holds a drop folder's jobs back.
    /// - Returns: whether this is news: no job of the folder has succeeded since it is not.
    mutating func hold(_ dropFolder: FilePath, until end: Duration) -> Bool {
        ends.updateValue(end, forKey: dropFolder) == nil
    }

    /// A job of the folder found its surroundings in order.
    mutating func release(_ dropFolder: FilePath) { ends[dropFolder] = nil }

    func isHeld(_ dropFolder: FilePath, at now: Duration) -> Bool { ends[dropFolder].map { $0 > now } ?? false }

    /// When the next held folder may be tried again.
    func nextEnd(after now: Duration) -> Duration? { ends.values.filter { $0 > now }.min() }
}
