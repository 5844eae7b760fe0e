/// What a container says about one of its streams.
public struct StreamInfo: Sendable, Hashable {
    public enum Kind: Sendable, Hashable { case video, audio, subtitle, data, other }

    public var index: Int
    public var kind: Kind
    /// libavcodec's name, or the container's four characters where libavcodec does not know the codec.
    public var codecName: String
    public var hasDecoder: Bool
    public var timeBase: Rational
    /// In the time base; `nil` where they are unknown.
    public var startTime: Int64?
    public var duration: Int64?
    /// As the container claims it; `nil` where it does not say.
    public var frameCount: Int?
    public var averageFrameRate: Rational?
    public var width: Int
    public var height: Int
    public var color: ColorTags
    /// `nil` where the container and the codec's headers do not say.
    public var isInterlaced: Bool?
    public var isAttachedPicture: Bool
    /// Says that the data are encrypted as in ISO/IEC 23001-7.
    public var isEncrypted: Bool
    public var channels: Int
    /// In hertz.
    public var sampleRate: Int
    /// In bits per second, as the container claims it; 0 where it does not say.
    public var bitRate: Int
    /// AAC of the profile that every player knows (ISO/IEC 14496-3, "AAC LC").
    public var isLowComplexityAAC: Bool
    /// H.264 as every player takes it: Baseline, Main or High profile, 4:2:0 in 8 bits of the limited range.
    public var isOrdinaryH264: Bool
    /// Row by row as in libavutil/display.h; `nil` where there is none.
    public var displayMatrix: [Int32]?
    /// ISO 639-2 code.
    public var language: String?
    public var timecode: String?
    public var creationTime: String?
    /// The offset after the last byte that the container's index speaks of; 0 where it has no index.
    public var promisedBytes: Int64
}
