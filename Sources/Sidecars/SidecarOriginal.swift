import Domain
import SystemPackage

/// `original` in the sidecar.
struct SidecarOriginal: Encodable {
    let video: VideoSnapshot

    init(_ video: VideoSnapshot) { self.video = video }

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: Key.self)
        try fields.encode(RelativePath.text(of: video.originalPath, from: video.destination), forKey: .path)
        try fields.encode(PathText.encode(video.originalPath.bytes), forKey: .absolutePath)
        try fields.encode(video.sizeBytes, forKey: .sizeBytes)
        try fields.encode(video.modifiedAt, forKey: .modifiedAt)
        try fields.encode(video.media.map(SidecarMedia.init), forKey: .media)
    }

    private enum Key: String, CodingKey {
        case path, media
        case absolutePath = "absolute_path"
        case sizeBytes = "size_bytes"
        case modifiedAt = "modified_at"
    }
}

/// `proxy` in the sidecar: only of a completed video.
struct SidecarProxy: Encodable {
    let path: FilePath
    let directory: FilePath
    let result: ProxyDescription

    init?(_ video: VideoSnapshot) {
        guard video.processingStatus == .completed, let path = video.proxyPath, let result = video.job?.result else {
            return nil
        }
        self.path = path
        self.result = result
        directory = video.destination
    }

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: Key.self)
        try fields.encode(RelativePath.text(of: path, from: directory), forKey: .path)
        try fields.encode(PathText.encode(path.bytes), forKey: .absolutePath)
        try fields.encode(result.sizeBytes, forKey: .sizeBytes)
        try fields.encode(result.sha256, forKey: .sha256)
        try fields.encode(result.durationSeconds.ifFinite, forKey: .durationSeconds)
        try fields.encode(result.frames, forKey: .frames)
        try fields.encode(result.width, forKey: .width)
        try fields.encode(result.height, forKey: .height)
        try fields.encode(result.frameRate, forKey: .frameRate)
        try fields.encode(result.videoCodec, forKey: .videoCodec)
        try fields.encode(result.audioCodec, forKey: .audioCodec)
        try fields.encode(result.method, forKey: .method)
        try fields.encodeNil(forKey: .posterPath)
    }

    private enum Key: String, CodingKey {
        case path, sha256, frames, width, height, method
        case absolutePath = "absolute_path"
        case sizeBytes = "size_bytes"
        case durationSeconds = "duration_seconds"
        case frameRate = "frame_rate"
        case videoCodec = "video_codec"
        case audioCodec = "audio_codec"
        case posterPath = "poster_path"
    }
}

/// `processing_error` in the sidecar.
struct SidecarError: Encodable {
    let code: FailureCode
    let message: String
    let detail: String
    let retryable: Bool

    init(_ failure: Failure) {
        code = failure.code
        message = failure.message
        detail = failure.detail
        retryable = failure.isRetryable
    }
}

/// `progress` in the sidecar.
struct SidecarProgress: Encodable {
    let progress: JobProgress

    init(_ progress: JobProgress) { self.progress = progress }

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: Key.self)
        try fields.encode(progress.fraction?.ifFinite.map { min(max($0, 0), 1) }, forKey: .fraction)
        try fields.encode(progress.speed.ifFinite.map { max($0, 0) }, forKey: .speed)
        try fields.encode(progress.etaSeconds.map { max($0, 0) }, forKey: .etaSeconds)
    }

    private enum Key: String, CodingKey {
        case fraction, speed
        case etaSeconds = "eta_seconds"
    }
}

extension Double {
    /// `nil` for what JSON has no number for.
    var ifFinite: Double? { isFinite ? self : nil }
}
