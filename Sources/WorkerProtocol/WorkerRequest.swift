public import Domain

/// What a worker is asked to do. Sent once, as one message, with the descriptors that it needs.
public enum WorkerRequest: Sendable, Hashable, Codable {
    /// Descriptors: the original (read-only), the output (empty, for reading and writing).
    case transcode(preset: Preset, limits: WorkerLimits)
    /// Descriptor: the finished proxy (read-only).
    case verify(report: TranscodeReport, limits: WorkerLimits)
    /// Descriptor: any file (read-only).
    case probe(limits: WorkerLimits)

    /// How many descriptors come with the request.
    public var descriptorCount: Int {
        switch self {
        case .transcode: 2
        case .verify, .probe: 1
        }
    }
}

/// Bounds that hostile media cannot pass. Each excess is `limit_exceeded`.
public struct WorkerLimits: Sendable, Hashable, Codable {
    /// Pixels of one decoded picture.
    public var maxPixels: Int
    public var maxStreams: Int
    /// Length of the original in seconds.
    public var maxDurationSeconds: Double
    /// Packets of the chosen video stream read in a row without a decoded frame.
    public var maxPacketsWithoutFrame: Int

    public init(
        maxPixels: Int = 16384 * 8640, maxStreams: Int = 256, maxDurationSeconds: Double = 7 * 86400,
        maxPacketsWithoutFrame: Int = 5000
    ) {
        self.maxPixels = maxPixels
        self.maxStreams = maxStreams
        self.maxDurationSeconds = maxDurationSeconds
        self.maxPacketsWithoutFrame = maxPacketsWithoutFrame
    }
}
