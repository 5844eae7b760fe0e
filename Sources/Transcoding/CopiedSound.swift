import Domain
import LibAV
import WorkerProtocol

/// The way of a sound that is already what a proxy's is: its packets are written as they are.
///
/// An original whose sound begins later than the time line, or has gaps, does not go this way: players disagree about
/// both, so `AudioPath` fills them. Every packet is decoded as well: damage is concealed by encoding, and not passed on.
final class CopiedSound: SoundPath {
    private let stream: StreamInfo
    private let template: StreamTemplate
    private let writer: ProxyWriter
    private let check: CopyCheck
    /// In the stream's time base.
    private let tolerance: Int64
    private var end: Int64 = 0

    private(set) var isInDoubt = false
    let warning: String? = nil

    /// - Returns: `nil` where the sound must be encoded: it is no AAC-LC of one or two channels in raw packets (ISO/IEC
    ///   14496-3), or takes more than the preset's bit rate.
    init?(
        _ original: borrowing Original, _ stream: StreamInfo, preset: Preset, limits: WorkerLimits, writer: ProxyWriter
    ) throws(LibAVError) {
        guard stream.isLowComplexityAAC, (1...2).contains(stream.channels), stream.bitRate > 0,
            stream.bitRate <= preset.audioBitrateKbps * 1000, [48000, 44100, 32000].contains(stream.sampleRate),
            !original.container.codecConfiguration(ofStream: stream.index).isEmpty,
            !original.container.hasDiscontinuousTimestamps
        else { return nil }
        tolerance = Rational(1, 40).rescale(1, to: stream.timeBase)
        // Looked at before, for a gap that is met on the way has the whole proxy begun anew.
        let step = Rational(1, Int32(stream.sampleRate)).rescale(1024, to: stream.timeBase)
        guard original.container.hasSteadyIndex(ofStream: stream.index, step: step, tolerance: tolerance) else {
            return nil
        }
        template = try StreamTemplate.copy(of: original.container, stream: stream.index)
        check = try CopyCheck(
            try original.container.openDecoder(forStream: stream.index, threads: 1, maxPixels: limits.maxPixels))
        self.stream = stream
        self.writer = writer
    }

    var durationSeconds: Double? { end > 0 ? stream.timeBase.seconds(end) : nil }
    var timeBase: Rational { stream.timeBase }

    func addStream(to container: borrowing OutputContainer) throws(LibAVError) -> Int {
        try container.addStream(like: template, timeBase: timeBase, tags: .init(language: stream.language))
    }

    func take(_ packet: borrowing Packet) throws(Failure) {
        guard let pts = packet.pts, packet.duration > 0, packet.byteCount > 0, !packet.isCorrupt, !packet.isEncrypted,
            abs(pts - end) <= tolerance || pts < 0 && end == 0, check.passes(packet)
        else {
            isInDoubt = true
            return
        }
        // What an encoder puts before the beginning has no place on the time line.
        if pts + packet.duration <= 0 || pts < -tolerance / 2 { return }
        end = max(pts, 0) + packet.duration
        packet.shift(by: max(pts, 0) - pts)
        try writer.writeAudio(packet, from: timeBase)
    }

    func finish() throws(Failure) {
        if end == 0 || !check.passesToTheEnd() { isInDoubt = true }
    }
}
