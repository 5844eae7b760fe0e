import Domain
import LibAV
import WorkerProtocol

extension Original {
    /// Demuxers of subtitles and sound, which hold no picture.
    private static let pictureless: Set<String> = [
        "srt", "ass", "webvtt", "microdvd", "subviewer", "subviewer1", "sami", "mpl2", "jacosub", "realtext", "vplayer",
        "stl", "scc", "lrc", "aqtitle", "pjs", "tedcaptions", "sup", "vobsub", "idx", "mp3", "wav", "flac", "aac",
        "aiff", "w64", "ac3", "eac3", "dts", "amr", "amrnb", "amrwb", "caf", "au", "ape", "wv", "tta", "loas", "latm",
        "adts", "gsm", "truehd", "mlp", "voc", "xwma", "oma", "dsf", "iff", "mpc", "mpc8", "tak", "shn", "sbc",
    ]
    private static let playlists: Set<String> = [
        "hls", "applehttp", "dash", "concat", "sdp", "imf", "webm_dash_manifest",
    ]
    private static let stills: Set<String> = ["image2", "gif", "apng", "ico", "webp"]

    /// Why libav could not open a file.
    static func openFailure(_ error: LibAVError, _ signature: FileSignature, _ limits: WorkerLimits) -> Failure {
        if signature.size == 0 { return Failure(.notMedia, "The original is empty: upload it again.") }
        if error.code == .inputOutput { return .reading(error.message) }
        if hasMoreStreamsThanAllowed { return tooManyStreams(limits) }
        if let failure = refusedPicture(limits) { return failure }
        if error.code == .outOfMemory { return .memory(error) }
        if signature.isBoxed, !signature.hasIndex || signature.isCutShort {
            return .withLog(
                .truncated,
                "The original ends before its index: the upload or the recording was cut off; upload it again.", error)
        }
        guard error.code == .formatRefused else {
            return .withLog(
                .notMedia, "The original is not a video file that can be read: check it, or upload it again.", error)
        }
        let names = error.message.split(separator: ",").map(String.init)
        if names.contains(where: pictureless.contains) {
            return Failure(
                .noVideoStream, "The original has no video stream, only \(names[0]): nothing can be shown.")
        }
        if names.contains(where: { stills.contains($0) || $0.hasSuffix("_pipe") }) {
            return Failure(.notMedia, "The original is a still image, not a video: move it out of the drop folder.")
        }
        if names.contains(where: playlists.contains) {
            return Failure(
                .notMedia, "The original is a playlist that names other files, not a video: upload those themselves.")
        }
        return .withLog(.notMedia, "The original is not a video file: remove it, or upload it again.", error)
    }

    /// What libav says, in every version, when a container has more streams than it was told to take. Some demuxers then fail
    /// as if memory were short, others take the rest of the header for damage (libavformat/matroskadec.c of 7.1).
    static var hasMoreStreamsThanAllowed: Bool { LogCapture.text.contains("max_streams") }

    static var encrypted: Failure {
        .withLog(
            .encrypted, "The original's picture is encrypted (DRM): record or export it without copy protection.")
    }

    static func tooManyStreams(_ limits: WorkerLimits) -> Failure {
        Failure(
            .limitExceeded,
            "The original has more than \(limits.maxStreams) streams: remove the needless ones.")
    }

    static func pictureTooLarge(width: Int, height: Int, _ limits: WorkerLimits) -> Failure {
        Failure(
            .limitExceeded,
            "The original's picture of \(width)×\(height) is larger than the limit of \(limits.maxPixels) pixels: "
                + "scale it down.")
    }

    /// libav itself refuses pictures beyond its bounds and ours, and names them only in its log
    /// (`av_image_check_size2`, libavutil/imgutils.c): "Picture size 30000x30000 is invalid".
    private static func refusedPicture(_ limits: WorkerLimits) -> Failure? {
        for line in LogCapture.text.split(separator: "\n") {
            guard let start = line.firstRange(of: "Picture size ") else { continue }
            let sides = line[start.upperBound...].prefix { $0.isNumber || $0 == "x" }.split(separator: "x")
                .compactMap { Int($0) }
            guard sides.count == 2 else { continue }
            let pixels = sides[0].multipliedReportingOverflow(by: sides[1])
            if pixels.overflow || pixels.partialValue > limits.maxPixels {
                return pictureTooLarge(width: sides[0], height: sides[1], limits)
            }
        }
        return nil
    }

    /// A decoder that lacks memory: the pictures that it leaves out are no damage that the proxy may hide. `nil` for
    /// every other error.
    static func refused(_ error: LibAVError, _ limits: WorkerLimits) -> Failure? {
        guard error.code == .outOfMemory else { return nil }
        return refusedPicture(limits) ?? .memory(error)
    }

    /// Data that the header promises is not there.
    static func cutOff(_ error: LibAVError?) -> Failure {
        .withLog(
            .truncated,
            "The original's header promises more data than the file has: the upload or the recording was cut off; "
                + "upload it again.", error)
    }

    /// Why no picture at all came out of a file that could be opened.
    func nothingDecoded(_ error: LibAVError?, _ limits: WorkerLimits) -> Failure {
        if let reason = container.readFailure { return .reading("\(reason)") }
        if let failure = Original.refusedPicture(limits) { return failure }
        if promisesMoreThanItHas { return Original.cutOff(error) }
        return .withLog(
            .decodeFailed, "No picture of the original could be decoded: it is damaged; upload it again.", error)
    }
}
