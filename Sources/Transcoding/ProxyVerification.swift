public import Domain
import LibAV
public import SystemPackage
public import WorkerProtocol

/// Reads a finished proxy in full and holds it against what its maker says: the maker is never believed.
public struct ProxyVerification {
    private let report: TranscodeReport
    private let limits: WorkerLimits

    public init(against report: TranscodeReport, limits: WorkerLimits) {
        self.report = report
        self.limits = limits
    }

    public func run(_ proxy: FileDescriptor) throws(Failure) -> ProxyDescription {
        LogCapture.clear()
        let size: Int64
        let digest: String
        do {
            size = try FileBytes.size(of: proxy)
            digest = try ProxyVerification.digest(proxy, size)
        } catch {
            throw Failure.reading(error.message)
        }
        try require(size > 0, "it is empty")
        let signature = FileSignature(of: proxy)
        try require(signature.hasIndexInFront, "its index is not in front of its data")
        try require(!signature.isCutShort, "its end is missing")
        let container: InputContainer
        do {
            container = try InputContainer.open(
                proxy, limits: limits.ofInput)
        } catch {
            throw failure("it cannot be opened", error)
        }
        let streams = container.streams
        guard let video = streams.first(where: { $0.kind == .video }) else { throw failure("it has no picture") }
        let audio = streams.first { $0.kind == .audio }
        try check(video, audio, streamCount: streams.count)
        let frames = try countFrames(container, video, audio)
        try require(
            frames == report.frames && report.frames > 0, "it has \(frames) frames, and \(report.frames) were written")
        let duration = container.durationSeconds ?? 0
        try check(duration)
        return ProxyDescription(
            sizeBytes: size, sha256: digest, durationSeconds: duration, frames: frames, width: video.width,
            height: video.height, frameRate: "\(report.frameRateNumerator)/\(report.frameRateDenominator)",
            videoCodec: video.codecName, audioCodec: audio?.codecName, method: report.method,
            warnings: report.warnings)
    }

    private static func digest(_ proxy: FileDescriptor, _ size: Int64) throws(LibAVError) -> String {
        let digest = try SHA256Digest.start()
        var offset: Int64 = 0
        while true {
            let bytes = try FileBytes.read(proxy, at: offset, count: 1 << 20)
            if bytes.isEmpty { break }
            digest.update(bytes[...])
            offset += Int64(bytes.count)
        }
        return digest.finish()
    }

    private func check(_ video: StreamInfo, _ audio: StreamInfo?, streamCount: Int) throws(Failure) {
        try require(video.codecName == "h264", "its video codec is \(video.codecName)")
        try require(
            video.width == report.width && video.height == report.height,
            "its picture is \(video.width)×\(video.height) and not \(report.width)×\(report.height)")
        try require((audio != nil) == (report.audioDurationSeconds != nil), "its sound is not as it was written")
        try require(audio.map { $0.codecName == "aac" } ?? true, "its audio codec is not AAC")
        try require(streamCount == (audio == nil ? 1 : 2), "it has \(streamCount) streams")
    }

    /// The longer of picture and sound, to within one frame (and two frames of AAC, which pad the end).
    private func check(_ duration: Double) throws(Failure) {
        let frame = Double(report.frameRateDenominator) / Double(max(1, report.frameRateNumerator))
        let picture = report.videoDurationSeconds
        let sound = report.audioDurationSeconds ?? 0
        let tolerance = frame + (report.audioDurationSeconds == nil ? 0.01 : 0.07)
        try require(
            abs(duration - max(picture, sound)) <= tolerance,
            "it lasts \(duration) s, and \(max(picture, sound)) s were written")
    }

    /// Reads every packet, and decodes the first picture and the last group of pictures, but those that no other
    /// picture needs.
    private func countFrames(_ container: borrowing InputContainer, _ video: StreamInfo, _ audio: StreamInfo?)
        throws(Failure) -> Int
    {
        var frames = 0
        var samples = 0
        var firstPictures = 0
        let group = PacketGroup(PictureNeedsReader(container, video))
        do {
            let packet = try Packet.allocate()
            let first = try container.openDecoder(forStream: video.index, threads: 1, maxPixels: limits.maxPixels)
            let picture = try Frame.allocate()
            while try container.read(into: packet) {
                guard packet.byteCount > 0, !packet.isCorrupt else { throw failure("it has a damaged packet") }
                if packet.streamIndex != video.index {
                    samples += 1
                    continue
                }
                frames += 1
                if firstPictures == 0 {
                    try first.send(packet)
                    if try first.receive(into: picture) == .ready { firstPictures += 1 }
                }
                try group.take(packet)
            }
            if firstPictures == 0 {
                first.sendEnd()
                if try first.receive(into: picture) == .ready { firstPictures += 1 }
            }
            let last = try container.openDecoder(
                forStream: video.index, threads: 1, loopFilter: .nowhere, maxPixels: limits.maxPixels)
            try require(firstPictures == 1, "its first picture cannot be decoded")
            try require(try group.decode(with: last), "its last pictures cannot be decoded")
        } catch let error as LibAVError {
            throw failure("it cannot be read to its end", error)
        } catch let error as Failure {
            throw error
        } catch {
            throw failure("\(error)")
        }
        try require(audio == nil || samples > 0, "its sound is empty")
        return frames
    }

    private func require(_ isGood: Bool, _ complaint: String) throws(Failure) {
        if !isGood { throw failure(complaint) }
    }

    private func failure(_ complaint: String, _ error: LibAVError? = nil) -> Failure {
        .withLog(
            .verificationFailed, "The finished proxy is not what was written (\(complaint)): it is made again.", error)
    }
}
