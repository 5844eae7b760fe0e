public import SystemPackage

/// Worker processes. Each call is one fresh process that is given descriptors, never names.
public protocol Workers: Sendable {
    /// Makes a proxy of `original` and writes it to `output` (open for reading and writing, empty).
    func transcode(
        _ original: FileDescriptor, named name: String, into output: FileDescriptor, preset: Preset,
        onEvent: @escaping @Sendable (TranscodeEvent) -> Void
    ) async throws(Failure) -> TranscodeReport

    /// Reads a finished proxy in full and holds it against what was decoded.
    func verify(_ proxy: FileDescriptor, named name: String, against report: TranscodeReport)
        async throws(Failure) -> ProxyDescription

    /// Says what a container says.
    func probe(_ file: FileDescriptor, named name: String) async throws(Failure) -> MediaDescription
}

/// What a transcode says while it runs.
public enum TranscodeEvent: Sendable, Hashable {
    /// Once, after the container was opened.
    case media(MediaDescription)
    case progress(JobProgress)
}

/// How far a running job has come.
public struct JobProgress: Sendable, Hashable, Codable {
    /// 0…1; `nil` where the original's duration is unknown.
    public var fraction: Double?
    /// Seconds of the original per second of work.
    public var speed: Double
    public var etaSeconds: Int?
    /// Frames of the original read so far, and their rate, for the progress bar.
    public var frames: Int
    public var framesPerSecond: Double

    public init(fraction: Double?, speed: Double, etaSeconds: Int?, frames: Int, framesPerSecond: Double) {
        self.fraction = fraction
        self.speed = speed
        self.etaSeconds = etaSeconds
        self.frames = frames
        self.framesPerSecond = framesPerSecond
    }

    private enum CodingKeys: String, CodingKey {
        case fraction, speed, frames
        case etaSeconds = "eta_seconds"
        case framesPerSecond = "frames_per_second"
    }
}

/// What a transcode wrote, and what it saw of the original: the verification's yardstick.
public struct TranscodeReport: Sendable, Hashable, Codable {
    /// Frames sent to the encoder, or copied.
    public var frames: Int
    /// From the beginning of the proxy's time line, where its first frame lies, to the end of the last frame, in seconds.
    public var videoDurationSeconds: Double
    /// Length of the sound written; `nil` where the proxy has none.
    public var audioDurationSeconds: Double?
    public var width: Int
    public var height: Int
    public var frameRateNumerator: Int
    public var frameRateDenominator: Int
    public var method: ProxyMethod
    /// See `ProxyDescription.warnings`.
    public var warnings: [String]

    public init(
        frames: Int, videoDurationSeconds: Double, audioDurationSeconds: Double?, width: Int, height: Int,
        frameRateNumerator: Int, frameRateDenominator: Int, method: ProxyMethod = .encode, warnings: [String]
    ) {
        self.frames = frames
        self.videoDurationSeconds = videoDurationSeconds
        self.audioDurationSeconds = audioDurationSeconds
        self.width = width
        self.height = height
        self.frameRateNumerator = frameRateNumerator
        self.frameRateDenominator = frameRateDenominator
        self.method = method
        self.warnings = warnings
    }
}
