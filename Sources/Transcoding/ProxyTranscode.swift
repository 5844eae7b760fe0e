public import Domain
import LibAV
public import SystemPackage
public import WorkerProtocol

/// Makes a proxy of an original. One value, one run.
///
/// With one decoding thread everything happens in the caller's thread, as is best where each processor has a job of its own. With more,
/// reading and decoding the picture stay with the caller (and libavcodec's threads), and scaling with encoding, and the sound, get
/// threads of their own, with bounded queues between them.
public struct ProxyTranscode {
    private let settings: EncoderSettings
    private let limits: WorkerLimits
    private let decodeThreads: Int
    /// Sees each picture as it goes to the encoder, for tests.
    var onScaledFrame: ((_ slot: Int64, _ frame: borrowing Frame) -> Void)?
    /// Sees how many packets each pass left out, for tests.
    var onEndOfPass: ((_ skippedPackets: Int) -> Void)?
    /// Decodes also what no shown frame needs.
    var decodesAll = false
    /// Whether shortcuts may be taken that show a little; without them, tests can compare pictures bit for bit.
    var takesShortcuts = true

    /// - Parameter decodeThreads: as many jobs as cores with one thread each finish a backlog soonest; a lone job
    ///   gains from more.
    public init(preset: Preset, limits: WorkerLimits, decodeThreads: Int = 1) {
        settings = EncoderSettings(preset: preset)
        self.limits = limits
        self.decodeThreads = decodeThreads
    }

    /// Reads `original` in full and writes its proxy to `output`, which must be empty and open for reading and
    /// writing. Syncs nothing and closes nothing.
    public func run(
        _ descriptor: FileDescriptor, into output: FileDescriptor, onEvent: (TranscodeEvent) -> Void
    ) throws(Failure) -> TranscodeReport {
        LogCapture.clear()
        var pass: Pass? = decodesAll ? .choosing : .copying
        var isFirst = true
        while let current = pass {
            let outcome = try makeProxy(of: descriptor, in: output, current) { event in
                if case .media = event, !isFirst { return }
                onEvent(event)
            }
            switch outcome {
            case .made(let report): return report
            case .inDoubt(let next): pass = next
            }
            isFirst = false
            do {
                try output.resize(to: 0)
            } catch {
                throw Failure(.ioError, "The proxy could not be begun anew: check the disk, share or network it is on.")
            }
        }
        throw Failure(.decodeFailed, "The original's frames could not be told apart: report this.")
    }

    /// How much of an original is believed. A pass in doubt is followed by one that believes less.
    private enum Pass {
        /// The picture is copied where it is a proxy's already, and else encoded as in the next.
        case copying
        /// What no shown frame needs is not decoded.
        case choosing
        /// What was left out may have mattered after all (damage, as a rule): every packet is decoded, in one thread.
        case decodingAll
    }

    private enum Outcome {
        case made(TranscodeReport)
        case inDoubt(next: Pass?)
    }

    private func makeProxy(
        of descriptor: FileDescriptor, in output: FileDescriptor, _ pass: Pass, _ onEvent: (TranscodeEvent) -> Void
    ) throws(Failure) -> Outcome {
        let original = try Original.open(descriptor, limits: limits)
        onEvent(.media(MediaProbe.describe(original)))
        let video = try original.requiredVideo(limits)
        var warnings: [String] = []
        let writer = try ProxyWriter(output: output)
        let audio = openAudio(original, writer, pass, &warnings)
        let picture = try openPicture(original, video, writer, pass)
        let isCopy = picture.method == .remux
        let inDoubt = Outcome.inDoubt(next: isCopy ? .choosing : pass == .decodingAll ? nil : .decodingAll)
        let duration = original.container.durationSeconds
        let context = OutputContext(original: original, audio: audio)
        let readError = try pump(context, video, picture, duration, onEvent)
        if !picture.isInDoubt { try picture.finish(context) }
        onEndOfPass?(picture.skippedPackets)
        guard !picture.isInDoubt, audio?.isInDoubt != true, !isCopy || readError == nil else { return inDoubt }
        guard picture.decodedFrames > 0 else {
            throw context.original.nothingDecoded(readError ?? picture.lastError, limits)
        }
        // A proxy of the first part would look complete to everybody who sees only the proxy.
        guard !context.original.signature.isMediaCutShort else { throw Original.cutOff(readError) }
        try audio?.finish()
        if audio?.isInDoubt == true { return inDoubt }
        try writer.finish()
        if let warning = audio?.warning { warnings.append(warning) }
        warnings += damage(context.original, picture, duration)
        return .made(report(picture, audio, warnings))
    }

    private func openPicture(
        _ original: borrowing Original, _ video: StreamInfo, _ writer: ProxyWriter, _ pass: Pass
    ) throws(Failure) -> any PicturePath {
        if pass == .copying {
            do throws(LibAVError) {
                let copied = try CopiedPicture(original, video, settings: settings, limits: limits, writer: writer)
                if let copied { return copied }
            } catch {
                // The other way meets the same trouble, and says what it is.
            }
        }
        let isLastTry = pass == .decodingAll
        return try VideoPath(
            original, video, settings: settings, limits: limits, decodeThreads: threads(for: pass),
            decodesAll: isLastTry || decodesAll, shortcuts: shortcuts(for: video, isSecondTry: isLastTry || decodesAll),
            writer: writer, onScaledFrame: onScaledFrame)
    }

    /// What a decoder puts in place of damage depends on its threads.
    private func threads(for pass: Pass) -> Int { pass == .decodingAll ? 1 : decodeThreads }

    private func shortcuts(for video: StreamInfo, isSecondTry: Bool) -> Shortcuts {
        guard takesShortcuts else { return .none }
        var shortcuts = Shortcuts(for: settings.preset, video)
        // libavcodec hides damage better.
        if isSecondTry { shortcuts.decodesHalfSize = false }
        return shortcuts
    }

    private func openAudio(
        _ original: borrowing Original, _ writer: ProxyWriter, _ pass: Pass, _ warnings: inout [String]
    ) -> (any SoundPath)? {
        guard settings.preset.audio == .aac else { return nil }
        if let warning = original.audioWarning { warnings.append(warning) }
        guard let stream = original.audio else { return nil }
        do throws(LibAVError) {
            let path: any SoundPath
            if pass != .decodingAll, !decodesAll,
                let copied = try CopiedSound(original, stream, preset: settings.preset, limits: limits, writer: writer)
            {
                path = copied
            } else {
                path = try AudioPath(original, stream, settings: settings, limits: limits, writer: writer)
            }
            // Without a thread it goes on in this one.
            return threads(for: pass) > 1 ? SoundStage(path) ?? path : path
        } catch {
            warnings.append(
                "The proxy has no sound: the decoder for the original's audio (\(stream.codecName)) did not start.")
            return nil
        }
    }

    /// Reads all packets of the used streams.
    /// - Returns: the error that ended reading early, if one did.
    private func pump(
        _ context: borrowing OutputContext, _ video: StreamInfo, _ picture: any PicturePath, _ duration: Double?,
        _ onEvent: (TranscodeEvent) -> Void
    ) throws(Failure) -> LibAVError? {
        let sound = context.audio == nil ? nil : context.original.audio
        let used = [video] + (sound.map { [$0] } ?? [])
        context.original.container.keepOnly(used.map(\.index))
        var timeline = Timeline(
            streams: used, containerStart: context.original.container.startMicroseconds,
            followsJumps: context.original.container.hasDiscontinuousTimestamps)
        var meter = ProgressMeter(totalSeconds: duration)
        let clock = ContinuousClock()
        let start = clock.now
        let packet = try writing { () throws(LibAVError) in try Packet.allocate() }
        while true {
            do throws(LibAVError) {
                guard try context.original.container.read(into: packet) else { break }
            } catch {
                if let reason = context.original.container.readFailure { throw Failure.reading("\(reason)") }
                return error
            }
            if packet.streamIndex == video.index {
                timeline.place(packet, of: video)
                try picture.take(packet, context)
                if picture.isInDoubt { return nil }
                if picture.isStuck {
                    guard picture.decodedFrames > 0 else { return nil }
                    throw stuck()
                }
            } else if let sound, packet.streamIndex == sound.index {
                timeline.place(packet, of: sound)
                try context.audio?.take(packet)
                if context.audio?.isInDoubt == true { return nil }
            }
            if let progress = meter.report(
                elapsed: clock.now - start, position: picture.position, frames: picture.decodedFrames)
            {
                onEvent(.progress(progress))
            }
        }
        if let reason = context.original.container.readFailure { throw Failure.reading("\(reason)") }
        return nil
    }

    private func stuck() -> Failure {
        .withLog(
            .limitExceeded,
            "More than \(limits.maxPacketsWithoutFrame) packets of the original in a row gave no picture: "
                + "it is damaged; upload it again.")
    }

    private func damage(_ original: borrowing Original, _ picture: any PicturePath, _ duration: Double?) -> [String] {
        var warnings: [String] = []
        let promised = original.video.flatMap { video in video.duration.map { video.timeBase.seconds($0) } } ?? duration
        // Where the clock may begin anew, first and last time stamp say nothing about the length.
        let isPromise = !original.container.hasDiscontinuousTimestamps
        if isPromise, let promised, picture.position < 0.9 * promised, picture.position < promised - 1 {
            warnings.append(
                "The original ends early: its header promises \(tenths(promised)) s, "
                    + "\(tenths(picture.position)) s could be decoded.")
        }
        let damaged = picture.damagedPackets
        if damaged > 0 { warnings.append("Damaged packets of the original's picture were skipped: \(damaged).") }
        return warnings
    }

    private func tenths(_ seconds: Double) -> Double { (seconds * 10).rounded() / 10 }

    private func report(_ picture: any PicturePath, _ audio: (any SoundPath)?, _ warnings: [String]) -> TranscodeReport
    {
        let summary = picture.summary
        return TranscodeReport(
            frames: summary.frames, videoDurationSeconds: summary.duration,
            audioDurationSeconds: audio?.durationSeconds, width: summary.size.width, height: summary.size.height,
            frameRateNumerator: Int(picture.rate.numerator), frameRateDenominator: Int(picture.rate.denominator),
            method: picture.method, warnings: warnings)
    }
}
