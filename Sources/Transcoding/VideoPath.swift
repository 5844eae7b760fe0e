import Domain
import LibAV
import WorkerProtocol

/// The way of the picture: decode, select, scale, encode.
final class VideoPath: PicturePath {
    private let stream: StreamInfo
    private let settings: EncoderSettings
    private let limits: WorkerLimits
    private let writer: ProxyWriter
    private let onScaledFrame: ((_ slot: Int64, _ frame: borrowing Frame) -> Void)?

    private let shortcuts: Shortcuts
    private let decoder: Decoder
    /// Takes the decoder's place where it can.
    private var halfDecoder: HalfDecoder?
    private let decodesInThreads: Bool
    private var isUnsteady = false
    /// `nil` where every packet is decoded.
    private let lookahead: PacketLookahead?
    private var ledger = FrameLedger()
    private let decoded: Frame
    /// The last frame that was decoded: shown or not, the next one says.
    private let held: Frame
    private var selector: FrameSelector
    private var output: PictureOutput?
    /// Runs `output`, where there is more than one thread.
    private var stage: PictureStage?
    private var nextPts: Int64 = 0

    let method = ProxyMethod.encode
    /// Slots per second.
    let rate: Rational
    /// Frames of the original that were decoded, and the end of the last one in seconds of the proxy's time line.
    private(set) var decodedFrames = 0
    private(set) var position = 0.0
    private var packetsWithoutFrame = 0
    private(set) var damagedPackets = 0
    /// Packets that did not need decoding.
    private(set) var skippedPackets = 0
    private(set) var lastError: LibAVError?

    private final class HalfDecoder {
        let decoder: HalfSizeDecoder
        init(_ decoder: consuming HalfSizeDecoder) { self.decoder = decoder }
    }

    init(
        _ original: borrowing Original, _ stream: StreamInfo, settings: EncoderSettings, limits: WorkerLimits,
        decodeThreads: Int, decodesAll: Bool, shortcuts: Shortcuts, writer: ProxyWriter,
        onScaledFrame: ((_ slot: Int64, _ frame: borrowing Frame) -> Void)?
    ) throws(Failure) {
        self.stream = stream
        self.settings = settings
        self.limits = limits
        self.writer = writer
        self.onScaledFrame = onScaledFrame
        self.shortcuts = shortcuts
        decodesInThreads = decodeThreads > 1
        rate = settings.frameRate(ofOriginal: stream.averageFrameRate)
        selector = FrameSelector(timeBase: stream.timeBase, rate: rate)
        let reader = decodesAll ? nil : PictureNeedsReader(original.container, stream)
        lookahead = reader.map { [selector] in PacketLookahead($0, selector: selector) }
        do {
            decoder = try original.container.openDecoder(
                forStream: stream.index, threads: decodeThreads, loopFilter: shortcuts.loopFilter,
                maxPixels: limits.maxPixels)
            if shortcuts.decodesHalfSize,
                let half = try original.container.openHalfSizeDecoder(
                    forStream: stream.index, maxPixels: limits.maxPixels)
            {
                halfDecoder = HalfDecoder(half)
            } else {
                halfDecoder = nil
            }
            decoded = try Frame.allocate()
            held = try Frame.allocate()
        } catch {
            throw Failure.withLog(
                .unsupportedCodec,
                "The decoder for the original's video codec (\(stream.codecName)) could not be started: convert it.",
                error)
        }
    }

    /// Takes a packet of the stream, its time stamps on the proxy's time line.
    func take(_ packet: borrowing Packet, _ context: borrowing OutputContext) throws(Failure) {
        // A decoder makes pictures even of encrypted bytes now and then: noise that must not pass for a proxy.
        if packet.isEncrypted { throw Original.encrypted }
        guard let lookahead else { return try decode(packet, context) }
        if packet.isCorrupt { noteDamage() }
        try writing { () throws(LibAVError) in try lookahead.add(packet) }
        if lookahead.needsEarlierHeaders { ledger.noteTrouble() }
        while lookahead.isFull { try takeOldest(of: lookahead, isEnd: false, context) }
    }

    private func takeOldest(of lookahead: PacketLookahead, isEnd: Bool, _ context: borrowing OutputContext)
        throws(Failure)
    {
        let (waiting, canBeLeftOut) = lookahead.next(isEnd: isEnd)
        if canBeLeftOut, ledger.isSure {
            ledger.didLeaveOut()
            skippedPackets += 1
        } else {
            if waiting.givesFrame { ledger.didSend(waiting.pts) }
            try decode(waiting.packet, context)
        }
        lookahead.recycle(waiting)
    }

    private func decode(_ packet: borrowing Packet, _ context: borrowing OutputContext) throws(Failure) {
        if let halfDecoder {
            // libavcodec decodes these and keeps them back.
            if packet.isDiscarded { return }
            if try writing({ () throws(LibAVError) in try halfDecoder.decoder.decode(packet, into: decoded) }) {
                return try takeFrame(context)
            }
            guard decodedFrames == 0 else {
                isUnsteady = true
                return
            }
            // Not a stream for it: interlaced, say. Nothing was shown yet.
            self.halfDecoder = nil
        }
        let before = decodedFrames
        let logged = LogCapture.errorCount
        do throws(LibAVError) {
            try decoder.send(packet)
        } catch {
            if let failure = Original.refused(error, limits) { throw failure }
            noteDamage(error)
        }
        if LogCapture.errorCount != logged { noteDamage() }
        try receiveAll(context)
        if decodedFrames > before {
            packetsWithoutFrame = 0
        } else if !packet.isDiscarded {
            packetsWithoutFrame += 1
        }
    }

    /// Damage is not fatal as long as frames come.
    private func noteDamage(_ error: LibAVError) {
        damagedPackets += 1
        lastError = error
        noteDamage()
    }

    private func noteDamage() {
        ledger.noteTrouble()
        // What a decoder puts in place of damage differs from run to run where threads race for it (libavcodec 5.1,
        // H.264; seen in tests).
        if decodesInThreads { isUnsteady = true }
    }

    /// Packets were left out, and it turned out that this may show; or threads met damage, or the decoder of half
    /// pictures did. Only a new beginning helps that decodes all in one thread.
    var isInDoubt: Bool { ledger.isInDoubt || isUnsteady }

    /// Whether hopelessly many packets went by without a frame.
    var isStuck: Bool { packetsWithoutFrame > limits.maxPacketsWithoutFrame }

    /// Shows what is left in decoder, selection and encoder.
    func finish(_ context: borrowing OutputContext) throws(Failure) {
        if let lookahead {
            while !lookahead.isEmpty { try takeOldest(of: lookahead, isEnd: true, context) }
        }
        decoder.sendEnd()
        try receiveAll(context)
        ledger.didEnd()
        guard !isInDoubt, decodedFrames > 0 else { return }
        try show(selector.finish(), context)
        try stage?.finish()
        try output?.finish()
    }

    /// What was written, for the report. After `finish`.
    var summary: (frames: Int, duration: Double, size: FrameSize) {
        (
            output?.encodedFrames ?? 0, rate.inverse.seconds((output?.lastSlot ?? 0) + 1),
            output?.size ?? FrameSize(width: 0, height: 0)
        )
    }

    private func receiveAll(_ context: borrowing OutputContext) throws(Failure) {
        // A decoder that reports errors for ever must not hold us: each round yields a frame or an error.
        var errors = 0
        while errors < 64 {
            let logged = LogCapture.errorCount
            // Some decoders hide damage and only log it.
            defer { if LogCapture.errorCount != logged { noteDamage() } }
            do throws(LibAVError) {
                guard try decoder.receive(into: decoded) == .ready else { return }
            } catch {
                if let failure = Original.refused(error, limits) { throw failure }
                errors += 1
                noteDamage(error)
                continue
            }
            try takeFrame(context)
        }
    }

    private func takeFrame(_ context: borrowing OutputContext) throws(Failure) {
        decodedFrames += 1
        ledger.didReceive(decoded.bestEffortPts)
        if decoded.isDamaged { noteDamage() }
        // A frame without any time follows the one before it.
        let pts = decoded.bestEffortPts ?? nextPts
        let duration = decoded.duration > 0 ? decoded.duration : usualDuration
        nextPts = pts &+ duration
        position = max(position, stream.timeBase.seconds(nextPts))
        guard position <= limits.maxDurationSeconds else {
            throw Failure(
                .limitExceeded,
                "The original lasts longer than the limit of \(Int(limits.maxDurationSeconds)) s: split it."
            )
        }
        let slots = selector.take(pts: pts, duration: duration)
        try show(slots, context)
        held.take(from: decoded)
    }

    /// Of a frame that does not say how long it is shown, in the stream's time base.
    private var usualDuration: Int64 {
        stream.averageFrameRate.map { $0.inverse.rescale(1, to: stream.timeBase) } ?? 0
    }

    /// Has the held frame scaled and encoded for some slots.
    private func show(_ slots: Range<Int64>, _ context: borrowing OutputContext) throws(Failure) {
        guard !slots.isEmpty else { return }
        let output: PictureOutput
        if let opened = self.output { output = opened } else { output = try open(context) }
        // Twice loses too much (docs/BENCHMARKS.md).
        let halving = shortcuts.halvesPictures && halfDecoder == nil
        if let stage {
            try stage.show(held, for: slots, halving: halving)
        } else {
            try output.show(held, for: slots, halving: halving)
        }
    }

    /// Opens encoder and output file for pictures like the held one.
    private func open(_ context: borrowing OutputContext) throws(Failure) -> PictureOutput {
        let factor = halfDecoder == nil ? 1 : 2
        let coded = FrameSize(width: factor * held.width, height: factor * held.height)
        var aspect = context.original.container.sampleAspectRatio(ofStream: stream.index, frame: held)
        // Nobody records samples that are more than eight times as wide as high: a damaged header.
        if let claimed = aspect, claimed < Rational(1, 8) || Rational(8, 1) < claimed { aspect = nil }
        let size = FrameSize.ofProxy(
            coded: coded, sampleAspect: (Int(aspect?.numerator ?? 1), Int(aspect?.denominator ?? 1)),
            shorterSide: settings.preset.height)
        guard max(size.width, size.height) <= 16384 else {
            throw Failure(
                .limitExceeded,
                "The original's picture of \(coded.width)×\(coded.height) is too elongated for H.264: crop it.")
        }
        let format = Encoder.VideoFormat(
            width: size.width, height: size.height, frameRate: rate,
            keyFrameInterval: settings.keyFrameInterval(at: rate), color: held.colorTags)
        let encoder = try writing { () throws(LibAVError) in
            try Encoder.openVideo(
                named: settings.videoEncoder, format, options: settings.videoOptions(areHalved: halfDecoder != nil),
                threads: 1)
        }
        let tags = context.tags(of: stream, scaledBy: Double(size.height) / Double(coded.height))
        try writer.open(audio: context.audio, creationTime: tags.creationTime) { container throws(LibAVError) in
            try container.addStream(for: encoder, tags: tags)
        }
        let output: PictureOutput
        do {
            output = try PictureOutput(encoder, size: size, writer: writer, onScaledFrame: onScaledFrame)
        } catch {
            throw Failure.writing(error)
        }
        self.output = output
        // Without one it goes on in this thread.
        if decodesInThreads { stage = PictureStage(output, size: coded) }
        return output
    }
}
