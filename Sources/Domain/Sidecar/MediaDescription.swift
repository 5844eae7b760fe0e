/// What an original's container says about its content. Header values are claims, not facts.
public struct MediaDescription: Sendable, Hashable, Codable {
    /// Short name of the container, such as `mov`, `mp4`, `mpegts`.
    public var container: String
    /// `nil` where the container does not say.
    public var durationSeconds: Double?
    public var video: Video?
    public var audio: [Audio]

    public init(container: String, durationSeconds: Double?, video: Video?, audio: [Audio]) {
        self.container = container
        self.durationSeconds = durationSeconds
        self.video = video
        self.audio = audio
    }

    public struct Video: Sendable, Hashable, Codable {
        public var codec: String
        public var width: Int
        public var height: Int
        /// As a fraction, such as `30000/1001`; `nil` where it is unknown.
        public var frameRate: String?
        /// Number of frames as the container claims it; `nil` where it does not say.
        public var frames: Int?
        /// Clockwise rotation needed for display: 0, 90, 180 or 270 (other angles as they are).
        public var rotationDegrees: Int
        public var interlaced: Bool
        public var color: Color
        /// Start timecode, `nil` where there is none.
        public var timecode: String?

        public init(
            codec: String, width: Int, height: Int, frameRate: String?, frames: Int?, rotationDegrees: Int,
            interlaced: Bool, color: Color, timecode: String?
        ) {
            self.codec = codec
            self.width = width
            self.height = height
            self.frameRate = frameRate
            self.frames = frames
            self.rotationDegrees = rotationDegrees
            self.interlaced = interlaced
            self.color = color
            self.timecode = timecode
        }

        private enum CodingKeys: String, CodingKey {
            case codec, width, height, frames, interlaced, color, timecode
            case frameRate = "frame_rate"
            case rotationDegrees = "rotation_degrees"
        }
    }

    /// Names of ITU-T H.273 as libavutil spells them; `nil` where unspecified.
    public struct Color: Sendable, Hashable, Codable {
        public var primaries: String?
        public var transfer: String?
        public var matrix: String?
        public var range: String?

        public init(primaries: String?, transfer: String?, matrix: String?, range: String?) {
            self.primaries = primaries
            self.transfer = transfer
            self.matrix = matrix
            self.range = range
        }
    }

    public struct Audio: Sendable, Hashable, Codable {
        public var codec: String
        public var channels: Int
        /// In hertz.
        public var sampleRate: Int

        public init(codec: String, channels: Int, sampleRate: Int) {
            self.codec = codec
            self.channels = channels
            self.sampleRate = sampleRate
        }

        private enum CodingKeys: String, CodingKey {
            case codec, channels
            case sampleRate = "sample_rate"
        }
    }

    private enum CodingKeys: String, CodingKey {
        case container, video, audio
        case durationSeconds = "duration_seconds"
    }
}
