internal import CLibAV

/// Everything about decoded sound that a resampler is built for.
public struct SoundFormat: Sendable, Hashable {
    let sampleFormat: Int32
    public let sampleRate: Int
    public let channels: Int
    /// `av_channel_layout_describe`'s text: equal texts are equal layouts.
    let layout: String
}

extension Frame {
    /// The format of decoded sound; `nil` where a decoder left it out.
    public var soundFormat: SoundFormat? {
        let channels = unsafe Int(pointer.pointee.ch_layout.nb_channels)
        let rate = unsafe Int(pointer.pointee.sample_rate)
        guard channels > 0, rate > 0 else { return nil }
        var buffer = [CChar](repeating: 0, count: 256)
        _ = unsafe av_channel_layout_describe(&pointer.pointee.ch_layout, &buffer, buffer.count)
        let layout = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return unsafe SoundFormat(
            sampleFormat: pointer.pointee.format, sampleRate: rate, channels: channels, layout: layout)
    }
}
