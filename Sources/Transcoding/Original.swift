import Domain
import LibAV
import SystemPackage
import WorkerProtocol

/// An opened original and the streams that its proxy is made from.
struct Original: ~Copyable {
    let container: InputContainer
    let streams: [StreamInfo]
    let signature: FileSignature
    /// The picture; `nil` where there is none.
    let video: StreamInfo?
    /// The sound; `nil` where there is none that can be decoded.
    let audio: StreamInfo?
    /// Why a sound that is there is not in `audio`.
    let audioWarning: String?

    static func open(_ descriptor: FileDescriptor, limits: WorkerLimits) throws(Failure) -> Original {
        let signature = FileSignature(of: descriptor)
        if signature.isStillImage {
            throw Failure(.notMedia, "The original is a still image, not a video: move it out of the drop folder.")
        }
        let container: InputContainer
        do {
            container = try InputContainer.open(
                descriptor, limits: limits.ofInput)
        } catch {
            throw openFailure(error, signature, limits)
        }
        if let reason = container.readFailure { throw Failure.reading("\(reason)") }
        let streams = container.streams
        guard streams.count <= limits.maxStreams, !hasMoreStreamsThanAllowed else { throw tooManyStreams(limits) }
        if let duration = container.durationSeconds, duration > limits.maxDurationSeconds {
            throw Failure(
                .limitExceeded,
                "The original claims to last \(Int(min(duration, 1e15))) s, more than the limit of "
                    + "\(Int(limits.maxDurationSeconds)) s: split it.")
        }
        let video = chooseVideo(container, streams)
        let audio = chooseAudio(container, streams, video)
        return Original(
            container: container, streams: streams, signature: signature, video: video, audio: audio.stream,
            audioWarning: audio.warning)
    }

    /// The picture, or the reason why there can be no proxy.
    func requiredVideo(_ limits: WorkerLimits) throws(Failure) -> StreamInfo {
        guard let video else {
            let hasSound = streams.contains { $0.kind == .audio }
            throw Failure(
                .noVideoStream,
                "The original has no video stream\(hasSound ? ", only sound" : ""): nothing can be shown.")
        }
        if video.isEncrypted { throw Original.encrypted }
        guard video.hasDecoder else {
            throw Failure.withLog(
                .unsupportedCodec,
                "The original's video codec (\(video.codecName)) has no decoder here: convert it, or install a libav "
                    + "that can decode it.")
        }
        let pixels = video.width.multipliedReportingOverflow(by: video.height)
        guard !pixels.overflow, pixels.partialValue <= limits.maxPixels else {
            throw Original.pictureTooLarge(width: video.width, height: video.height, limits)
        }
        return video
    }

    /// The index speaks of data that the file does not have.
    var promisesMoreThanItHas: Bool {
        guard !signature.isCutShort else { return true }
        return streams.contains { $0.promisedBytes > signature.size }
    }

    private static func chooseVideo(_ container: borrowing InputContainer, _ streams: [StreamInfo]) -> StreamInfo? {
        let best =
            container.bestStream(.video, decodable: true) ?? container.bestStream(.video, decodable: false)
        guard let best, streams.indices.contains(best) else { return nil }
        guard streams[best].isAttachedPicture else { return streams[best] }
        return streams.filter { $0.kind == .video && !$0.isAttachedPicture }
            .max { ($0.hasDecoder ? 1 : 0, $0.width) < ($1.hasDecoder ? 1 : 0, $1.width) }
    }

    private static func chooseAudio(
        _ container: borrowing InputContainer, _ streams: [StreamInfo], _ video: StreamInfo?
    ) -> (stream: StreamInfo?, warning: String?) {
        let decodable = container.bestStream(.audio, relatedTo: video?.index, decodable: true)
        if let decodable, streams.indices.contains(decodable), !streams[decodable].isEncrypted {
            return (streams[decodable], nil)
        }
        guard let sound = streams.first(where: { $0.kind == .audio }) else { return (nil, nil) }
        let reason = sound.isEncrypted ? "is encrypted" : "has no decoder here"
        return (nil, "The proxy has no sound: the original's audio (\(sound.codecName)) \(reason).")
    }
}
