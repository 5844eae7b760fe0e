public import Domain
import FoundationEssentials

/// The sidecar's JSON: the fields of schema version 1, sorted by key, with explicit nulls. Pure.
public struct SidecarDocument: Encodable, Sendable, Hashable {
    /// The version of the fields' meaning; grows when a reader of the old one would go wrong.
    public static let schemaVersion = 1

    private let video: VideoSnapshot
    private let progress: JobProgress?
    private let updatedAt: String
    private let generator: String

    /// - Parameters:
    ///   - progress: taken only while the video's job runs.
    ///   - updatedAt: by the database's clock.
    ///   - generator: program and version.
    public init(_ video: VideoSnapshot, progress: JobProgress?, updatedAt: String, generator: String) {
        self.video = video
        self.progress = video.job?.status == .running ? progress : nil
        self.updatedAt = updatedAt
        self.generator = generator
    }

    /// UTF-8, indented for people, ending in a newline.
    public func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .withoutEscapingSlashes, .sortedKeys]
        return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: Key.self)
        try fields.encode(SidecarDocument.schemaVersion, forKey: .schemaVersion)
        try fields.encode(video.id, forKey: .videoID)
        try fields.encode(video.revision, forKey: .revision)
        try fields.encode(SidecarOriginal(video), forKey: .original)
        try fields.encode(video.uploadStatus, forKey: .uploadStatus)
        try fields.encode(video.uploadedAt, forKey: .uploadedAt)
        try fields.encode(video.uploadEvidence, forKey: .uploadEvidence)
        try fields.encode(video.processingStatus, forKey: .processingStatus)
        try fields.encode(video.job?.id, forKey: .processingJobID)
        try fields.encode(video.job?.status, forKey: .jobStatus)
        try fields.encode(video.waitingFor, forKey: .waitingFor)
        try fields.encode(video.job?.attempt, forKey: .attempt)
        try fields.encode(video.job?.queuedAt, forKey: .queuedAt)
        try fields.encode(video.job?.startedAt, forKey: .startedAt)
        try fields.encode(video.processingCompletedAt, forKey: .processingCompletedAt)
        try fields.encode(video.processingError.map(SidecarError.init), forKey: .processingError)
        try fields.encode(progress.map(SidecarProgress.init), forKey: .progress)
        try fields.encode(SidecarProxy(video), forKey: .proxy)
        try fields.encode(video.presetName, forKey: .preset)
        try fields.encode(updatedAt, forKey: .updatedAt)
        try fields.encode(generator, forKey: .generator)
    }

    private enum Key: String, CodingKey {
        case revision, original, attempt, progress, proxy, preset, generator
        case schemaVersion = "schema_version"
        case videoID = "video_id"
        case uploadStatus = "upload_status"
        case uploadedAt = "uploaded_at"
        case uploadEvidence = "upload_evidence"
        case processingStatus = "processing_status"
        case processingJobID = "processing_job_id"
        case jobStatus = "job_status"
        case waitingFor = "waiting_for"
        case queuedAt = "queued_at"
        case startedAt = "started_at"
        case processingCompletedAt = "processing_completed_at"
        case processingError = "processing_error"
        case updatedAt = "updated_at"
    }
}
