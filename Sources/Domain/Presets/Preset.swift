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
    /// Whether the picture of an original that is a proxy already is copied instead of encoded.
    public var remux: Bool

    public init(
        name: String = "review",
        height: Int = 480,
        fps: Int = 10,
        codec: VideoCodec = .h264,
        quality: Int = 28,
        audio: AudioTreatment = .aac,
        audioBitrateKbps: Int = 64,
        remux: Bool = true
    ) {
        self.name = name
        self.height = height
        self.fps = fps
        self.codec = codec
        self.quality = quality
        self.audio = audio
        self.audioBitrateKbps = audioBitrateKbps
        self.remux = remux
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
        case name, height, fps, codec, quality, audio, remux
        case audioBitrateKbps = "audio_bitrate_kbps"
    }

    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        name = try fields.decode(String.self, forKey: .name)
        height = try fields.decode(Int.self, forKey: .height)
        fps = try fields.decode(Int.self, forKey: .fps)
        codec = try fields.decode(VideoCodec.self, forKey: .codec)
        quality = try fields.decode(Int.self, forKey: .quality)
        audio = try fields.decode(AudioTreatment.self, forKey: .audio)
        audioBitrateKbps = try fields.decode(Int.self, forKey: .audioBitrateKbps)
        // Jobs queued before the key existed were to be encoded.
        remux = try fields.decodeIfPresent(Bool.self, forKey: .remux) ?? false
    }
}
