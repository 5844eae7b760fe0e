/// A named recipe for proxies, with every value resolved. Fixed in `processing_jobs.parameters` when a job is queued.
public struct Preset: Sendable, Hashable, Codable {
    public var name: String
    /// Lines on the shorter side as displayed; never more than the original has.
    public var height: Int
    /// Frames per second of the proxy; never more than the original has.
    public var fps: Int
    public var codec: VideoCodec
    /// Constant rate factor of libx264: 0 (lossless) to 51.
    public var quality: Int
    public var audio: AudioTreatment
    public var audioBitrateKbps: Int

    public init(
        name: String = "review",
        height: Int = 480,
        fps: Int = 10,
        codec: VideoCodec = .h264,
        quality: Int = 28,
        audio: AudioTreatment = .aac,
        audioBitrateKbps: Int = 64
    ) {
        self.name = name
        self.height = height
        self.fps = fps
        self.codec = codec
        self.quality = quality
        self.audio = audio
        self.audioBitrateKbps = audioBitrateKbps
    }

    /// The preset that is used where the configuration names none.
    public static let review = Preset()

    /// File-name extension of the container, without the dot.
    public var containerExtension: String { "mp4" }

    public enum VideoCodec: String, Sendable, Codable, CaseIterable {
        case h264
    }

    public enum AudioTreatment: String, Sendable, Codable, CaseIterable {
        case aac
        case none
    }

    private enum CodingKeys: String, CodingKey {
        case name, height, fps, codec, quality, audio
        case audioBitrateKbps = "audio_bitrate_kbps"
    }
}
