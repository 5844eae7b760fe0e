/// A verified proxy: `proxy` in the sidecar, and (without paths) `processing_jobs.result_data`.
public struct ProxyDescription: Sendable, Hashable, Codable {
    public var sizeBytes: Int64
    /// Lower-case hexadecimal.
    public var sha256: String
    public var durationSeconds: Double
    public var frames: Int
    public var width: Int
    public var height: Int
    /// As a fraction, such as `10/1`.
    public var frameRate: String
    public var videoCodec: String
    /// `nil` where the proxy has no sound.
    public var audioCodec: String?
    /// Things that a person should know about an otherwise good proxy, such as sound that could not be decoded.
    public var warnings: [String]

    public init(
        sizeBytes: Int64, sha256: String, durationSeconds: Double, frames: Int, width: Int, height: Int,
        frameRate: String, videoCodec: String, audioCodec: String?, warnings: [String]
    ) {
        self.sizeBytes = sizeBytes
        self.sha256 = sha256
        self.durationSeconds = durationSeconds
        self.frames = frames
        self.width = width
        self.height = height
        self.frameRate = frameRate
        self.videoCodec = videoCodec
        self.audioCodec = audioCodec
        self.warnings = warnings
    }

    private enum CodingKeys: String, CodingKey {
        case sha256, frames, width, height, warnings
        case sizeBytes = "size_bytes"
        case durationSeconds = "duration_seconds"
        case frameRate = "frame_rate"
        case videoCodec = "video_codec"
        case audioCodec = "audio_codec"
    }
}
