public import Domain
import JobRunner

/// A job that runs, for `status`.
public struct RunningJob: Sendable, Hashable, Codable {
    /// The original, as in sidecars.
    public var original: String
    /// `nil` before the worker's first word.
    public var progress: JobProgress?

    /// All, in the order of their paths.
    static func all(on board: ProgressBoard) -> [RunningJob] {
        board.all.values
            .map { RunningJob(original: PathText.encode($0.original.bytes), progress: $0.progress) }
            .sorted { $0.original < $1.original }
    }
}

/// The room on a destination's file system, for `status`.
public struct DestinationSpace: Sendable, Hashable, Codable {
    /// A root, or the `proxy_root` of one.
    public var directory: String
    /// `nil` where it cannot be told: the file system is not mounted.
    public var freeBytes: Int64?
    /// No job starts with less.
    public var leastBytes: Int64

    public var isShort: Bool { freeBytes.map { $0 < leastBytes } ?? true }

    private enum CodingKeys: String, CodingKey {
        case directory
        case freeBytes = "free_bytes"
        case leastBytes = "least_bytes"
    }
}
