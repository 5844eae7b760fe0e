import Domain
import LibAV
import WorkerProtocol

/// The way of a picture that is a proxy's already: its packets are written as they are.
///
/// Everything that can be known of it is checked on the way, and every picture is decoded: the first thing that is not
/// as a proxy's must be puts it in doubt.
final class CopiedPicture: PicturePath {
    /// A mean rate that a container rounded up is none that is too fast.
    private static let roundingOfRates = 1.01

    private let stream: StreamInfo
    private let settings: EncoderSettings
    private let limits: WorkerLimits
    private let writer: ProxyWriter
    private let template: StreamTemplate
    private let parameterSets: ParameterSets
    private let check: CopyCheck
    private var spacing: FrameSpacing
    private let frameDuration: Int64

    let method = ProxyMethod.remux
    let rate: Rational
    let damagedPackets = 0
    let skippedPackets = 0
    let lastError: LibAVError? = nil
    let isStuck = false
    private(set) var isInDoubt = false
    private(set) var position = 0.0
    /// Packets that were written; each holds one picture.
    private(set) var decodedFrames = 0
    private var bytes = 0
    private var lastDts: Int64?
    private var lastKeyPicture = 0.0

    /// - Returns: `nil` where the picture must be encoded, by what the container and the first packets say: it is not
    ///   what the encoder would make, or the preset does not want it copied.
    init?(
        _ original: borrowing Original, _ stream: StreamInfo, settings: EncoderSettings, limits: WorkerLimits,
        writer: ProxyWriter
    ) throws(LibAVError) {
        let (width, height) = (stream.width, stream.height)
        let isOnly = original.streams.filter { $0.kind == .video && !$0.isAttachedPicture }.count == 1
        guard settings.preset.remux, isOnly, stream.isOrdinaryH264, stream.isInterlaced == false, width > 0, height > 0,
            let average = stream.averageFrameRate,
            average.value <= Double(settings.preset.fps) * CopiedPicture.roundingOfRates,
            Double(stream.bitRate) <= settings.mostBitsPerSecond(ofCopiedWidth: width, height: height)
        else { return nil }
        let aspect = original.container.sampleAspectRatio(ofStream: stream.index) ?? Rational(1, 1)
        let coded = FrameSize(width: width, height: height)
        let wanted = FrameSize.ofProxy(
            coded: coded, sampleAspect: (Int(aspect.numerator), Int(aspect.denominator)),
            shorterSide: settings.preset.height)
        guard aspect.numerator == aspect.denominator, wanted == coded,
            let sets = ParameterSets(configuration: original.container.codecConfiguration(ofStream: stream.index))
        else { return nil }
        parameterSets = sets
        rate = settings.frameRate(ofOriginal: average)
        frameDuration = max(1, rate.inverse.rescale(1, to: stream.timeBase))
        spacing = FrameSpacing(rate: rate, timeBase: stream.timeBase)
        template = try StreamTemplate.copy(of: original.container, stream: stream.index)
        // Damage shows as well without the loop filter.
        check = try CopyCheck(
            try original.container.openDecoder(
                forStream: stream.index, threads: 1, loopFilter: .nowhere, maxPixels: limits.maxPixels)
        ) { picture in !picture.isInterlaced && picture.width == width && picture.height == height }
        self.stream = stream
        self.settings = settings
        self.limits = limits
        self.writer = writer
    }

    var summary: (frames: Int, duration: Double, size: FrameSize) {
        (decodedFrames, position, FrameSize(width: stream.width, height: stream.height))
    }

    func take(_ packet: borrowing Packet, _ context: borrowing OutputContext) throws(Failure) {
        if packet.isEncrypted { throw Original.encrypted }
        if decodedFrames == 0 { placeFirst(packet) }
        guard isCopyable(packet), check.passes(packet) else {
            isInDoubt = true
            return
        }
        if packet.duration == 0 { packet.setDuration(frameDuration) }
        note(packet)
        if isInDoubt { return }
        if !writer.isOpen {
            let tags = context.tags(of: stream, scaledBy: 1)
            try writer.open(audio: context.audio, creationTime: tags.creationTime) { container throws(LibAVError) in
                try container.addStream(like: template, timeBase: stream.timeBase, tags: tags)
            }
        }
        decodedFrames += 1
        try writer.writeVideo(packet, from: stream.timeBase)
    }

    func finish(_ context: borrowing OutputContext) throws(Failure) {
        let isWhole = check.passesToTheEnd()
        spacing.finish()
        let isGood =
            isWhole && check.frames == decodedFrames && decodedFrames > 0 && spacing.isSteady && spacing.first == 0
            && position - lastKeyPicture <= longestKeyPictureDistance && isSmall(after: position)
        if !isGood { isInDoubt = true }
    }

    /// The first picture stands from the beginning on; what is less than half a picture away from it, is put there.
    private func placeFirst(_ packet: borrowing Packet) {
        guard let pts = packet.pts, (0...frameDuration / 2).contains(pts) else { return }
        packet.shift(by: -pts)
    }

    private func isCopyable(_ packet: borrowing Packet) -> Bool {
        guard let pts = packet.pts, let dts = packet.dts, pts >= max(0, dts), packet.byteCount > 0 else { return false }
        guard !packet.isCorrupt, !packet.isDiscarded, !packet.hasNewConfiguration else { return false }
        if let lastDts, dts <= lastDts { return false }
        switch parameterSets.content(of: packet) {
        case .keyPicture: return packet.isKey
        // A player that was told of a key picture would begin here.
        case .picture: return decodedFrames > 0 && !packet.isKey
        case .other: return false
        }
    }

    /// Notes where the packet lies and what it takes.
    private func note(_ packet: borrowing Packet) {
        guard let pts = packet.pts else { return }
        if packet.isKey {
            let time = stream.timeBase.seconds(pts)
            if time - lastKeyPicture > longestKeyPictureDistance { isInDoubt = true }
            lastKeyPicture = time
        }
        lastDts = packet.dts
        spacing.take(pts)
        bytes += packet.byteCount
        position = max(position, stream.timeBase.seconds(pts &+ packet.duration))
        // Key pictures come in bursts: only the whole must be small, and this ends a hopeless one soon.
        let isHopeless = !isSmall(after: position + settings.longestKeyFrameDistance)
        if !spacing.isSteady || isHopeless || position > limits.maxDurationSeconds { isInDoubt = true }
    }

    private var longestKeyPictureDistance: Double { settings.longestKeyFrameDistance * CopiedPicture.roundingOfRates }

    private func isSmall(after seconds: Double) -> Bool {
        let most = settings.mostBitsPerSecond(ofCopiedWidth: stream.width, height: stream.height)
        return Double(bytes) * 8 <= most * seconds
    }
}
