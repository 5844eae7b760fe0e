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
    /// How the picture got there.
    public var method: ProxyMethod
    /// Things that a person should know about an otherwise good proxy, such as sound that could not be decoded.
    public var warnings: [String]

    public init(
        sizeBytes: Int64, sha256: String, durationSeconds: Double, frames: Int, width: Int, height: Int,
        frameRate: String, videoCodec: String, audioCodec: String?, method: ProxyMethod = .encode, warnings: [String]
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
        self.method = method
        self.warnings = warnings
    }

    private enum CodingKeys: String, CodingKey {
        case sha256, frames, width, height, method, warnings
        case sizeBytes = "size_bytes"
        case durationSeconds = "duration_seconds"
        case frameRate = "frame_rate"
        case videoCodec = "video_codec"
        case audioCodec = "audio_codec"
    }

    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        sizeBytes = try fields.decode(Int64.self, forKey: .sizeBytes)
        sha256 = try fields.decode(String.self, forKey: .sha256)
        durationSeconds = try fields.decode(Double.self, forKey: .durationSeconds)
        frames = try fields.decode(Int.self, forKey: .frames)
        width = try fields.decode(Int.self, forKey: .width)
        height = try fields.decode(Int.self, forKey: .height)
        frameRate = try fields.decode(String.self, forKey: .frameRate)
        videoCodec = try fields.decode(String.self, forKey: .videoCodec)
        audioCodec = try fields.decodeIfPresent(String.self, forKey: .audioCodec)
        // Rows of the time before it say nothing: all proxies were encoded.
        method = try fields.decodeIfPresent(ProxyMethod.self, forKey: .method) ?? .encode
        warnings = try fields.decode([String].self, forKey: .warnings)
    }
}
