import Domain
import LibAV
import WorkerProtocol

/// The way of the sound: decode, resample to stereo, put on the time line, encode.
///
/// The samples written are counted from the beginning of the time line. Where time stamps leave a gap, silence fills
/// it; where they overlap, the later sound is cut; differences below a fortieth of a second are a container's
/// rounding and are left alone. So sound and picture stay together however long the original is.
final class AudioPath: SoundPath {
    private let encoder: Encoder
    private let tags: OutputContainer.StreamTags
    let isInDoubt = false

    private let stream: StreamInfo
    private let limits: WorkerLimits
    private let writer: ProxyWriter
    private let decoder: Decoder
    private let decoded: Frame
    private let encoded: Packet
    private let fifo: AudioFIFO
    private let sampleRate: Int
    private let tolerance: Int64
    private var resampler: Resampler?
    private var damagedPackets = 0

    /// Samples put on the time line so far, silence included.
    private var position: Int64 = 0
    /// Samples of silence among them.
    private var silence: Int64 = 0
    /// Samples to be cut from what the resampler gives next.
    private var excess: Int64 = 0
    private var hasBegun = false
    private var encodedSamples: Int64 = 0

    init(
        _ original: borrowing Original, _ stream: StreamInfo, settings: EncoderSettings, limits: WorkerLimits,
        writer: ProxyWriter
    ) throws(LibAVError) {
        self.stream = stream
        self.limits = limits
        self.writer = writer
        sampleRate = settings.sampleRate(ofOriginal: stream.sampleRate)
        tolerance = Int64(sampleRate / 40)
        tags = .init(language: stream.language)
        decoder = try original.container.openDecoder(
            forStream: stream.index, threads: 1, maxPixels: limits.maxPixels)
        encoder = try Encoder.openStereo(
            named: settings.audioEncoder, sampleRate: sampleRate, bitRate: settings.preset.audioBitrateKbps * 1000,
            options: settings.audioOptions)
        decoded = try Frame.allocate()
        encoded = try Packet.allocate()
        fifo = try AudioFIFO.allocate(sampleRate: sampleRate)
    }

    var timeBase: Rational { encoder.timeBase }

    func addStream(to container: borrowing OutputContainer) throws(LibAVError) -> Int {
        try container.addStream(for: encoder, tags: tags)
    }

    /// Length of the sound written; `nil` where none could be decoded.
    var durationSeconds: Double? { hasBegun ? Double(encodedSamples) / Double(sampleRate) : nil }

    /// Something that a person should know.
    var warning: String? {
        hasBegun ? nil : "The proxy has no sound: the original's audio (\(stream.codecName)) could not be decoded."
    }

    /// Takes a packet of the stream, its time stamps on the proxy's time line.
    func take(_ packet: borrowing Packet) throws(Failure) {
        // Decoded without the key it would be noise.
        if packet.isEncrypted { return }
        do throws(LibAVError) {
            try decoder.send(packet)
        } catch {
            if error.code == .outOfMemory { throw .memory(error) }
            damagedPackets += 1
        }
        try receiveAll()
    }

    /// Encodes what is left.
    func finish() throws(Failure) {
        decoder.sendEnd()
        try receiveAll()
        guard hasBegun else { return }
        try drainResampler()
        try encode(isLast: true)
        try writing { () throws(LibAVError) in try encoder.sendEnd() }
        try drainEncoder()
    }

    private func receiveAll() throws(Failure) {
        var errors = 0
        while errors < 64 {
            do throws(LibAVError) {
                guard try decoder.receive(into: decoded) == .ready else { return }
            } catch {
                if error.code == .outOfMemory { throw .memory(error) }
                errors += 1
                damagedPackets += 1
                continue
            }
            try takeFrame()
        }
    }

    private func takeFrame() throws(Failure) {
        guard let format = decoded.soundFormat, decoded.sampleCount > 0 else { return }
        if resampler?.source != format {
            try drainResampler()
            do throws(LibAVError) {
                resampler = try Resampler.open(from: format, like: decoded, sampleRate: sampleRate)
            } catch {
                // A layout that cannot be mixed to stereo: as good as undecodable.
                damagedPackets += 1
                resampler = nil
                return
            }
        }
        if let pts = decoded.bestEffortPts { try align(to: pts) }
        hasBegun = true
        do throws(LibAVError) {
            if let sound = try resampler?.convert(decoded) { try append(sound) }
        } catch {
            throw Failure.writing(error)
        }
        try encode(isLast: false)
    }

    /// Makes the next decoded sample come out at the time of `pts`.
    private func align(to pts: Int64) throws(Failure) {
        let target = stream.timeBase.rescale(pts, to: Rational(1, Int32(sampleRate)))
        let difference = target &- (position + (resampler?.delay ?? 0) - excess)
        guard abs(difference) > (hasBegun ? tolerance : 0) else { return }
        guard Double(target) / Double(sampleRate) <= limits.maxDurationSeconds else {
            throw Failure(
                .limitExceeded,
                "The original's sound lasts longer than the limit of \(Int(limits.maxDurationSeconds)) s: split it.")
        }
        if difference < 0 {
            excess -= difference
            return
        }
        // First use up what was to be cut, then fill; a second at a time, for gaps can be long.
        let cancelled = min(excess, difference)
        excess -= cancelled
        var missing = difference - cancelled
        silence += missing
        guard Double(silence) / Double(sampleRate) <= limits.maxSilenceSeconds else {
            throw Failure(
                .limitExceeded,
                "Gaps in the time stamps of the original's sound add up to more than "
                    + "\(Int(limits.maxSilenceSeconds)) s: it is damaged; record or export it again.")
        }
        while missing > 0 {
            let step = min(missing, Int64(sampleRate))
            try writing { () throws(LibAVError) in try fifo.appendSilence(Int(step)) }
            position += step
            missing -= step
            try encode(isLast: false)
        }
    }

    private func drainResampler() throws(Failure) {
        do throws(LibAVError) {
            if let rest = try resampler?.flush() { try append(rest) }
        } catch {
            throw Failure.writing(error)
        }
    }

    private func append(_ sound: borrowing Frame) throws(LibAVError) {
        let cut = min(excess, Int64(sound.sampleCount))
        excess -= cut
        try fifo.append(sound, skipping: Int(cut))
        position += Int64(sound.sampleCount) - cut
    }

    private func encode(isLast: Bool) throws(Failure) {
        while fifo.count >= (isLast ? 1 : encoder.frameSize) {
            do throws(LibAVError) {
                let frame = try fifo.takeFrame(of: encoder.frameSize)
                frame.setPts(encodedSamples)
                encodedSamples += Int64(frame.sampleCount)
                try encoder.send(frame)
            } catch {
                throw Failure.writing(error)
            }
            try drainEncoder()
        }
    }

    private func drainEncoder() throws(Failure) {
        while try writing({ () throws(LibAVError) in try encoder.receive(into: encoded) }) == .ready {
            try writer.writeAudio(encoded, from: encoder.timeBase)
        }
    }
}
