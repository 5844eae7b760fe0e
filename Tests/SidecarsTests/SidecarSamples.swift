import Domain
import DurableFiles
import FoundationEssentials
import SystemPackage

@testable import Sidecars

/// A directory of a test's own, removed at the end.
final class Scratch: Sendable {
    let root: FilePath

    init() throws {
        let path = "\(FileManager.default.temporaryDirectory.path)/understudy-sidecars-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        root = FilePath(path)
    }

    // It is in the system's temporary directory: what cannot be removed goes with the next boot.
    deinit { try? FileManager.default.removeItem(atPath: root.string) }

    func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: root.string).sorted() }

    func text(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: root.appending(name).string)), as: UTF8.self)
    }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: root.appending(name).string))
    }
}

enum Sample {
    static let generator = "understudy 0.1.0"
    static let now = "2026-11-23T10:06:00.000Z"
    static let videoID = "01928374-5566-7788-99aa-bbccddeeff00"
    static let jobID = "01928374-5566-7788-99aa-bbccddeeff01"

    static let media = MediaDescription(
        container: "mov", durationSeconds: 61.04,
        video: .init(
            codec: "hevc", width: 3840, height: 2160, frameRate: "30000/1001", frames: 1830, rotationDegrees: 0,
            interlaced: false, color: .init(primaries: "bt709", transfer: nil, matrix: nil, range: "tv"),
            timecode: "10:00:00:00"), audio: [.init(codec: "pcm_s16le", channels: 2, sampleRate: 48000)])

    static let result = ProxyDescription(
        sizeBytes: 123_456, sha256: String(repeating: "0a", count: 32), durationSeconds: 61, frames: 610, width: 854,
        height: 480, frameRate: "10/1", videoCodec: "h264", audioCodec: nil, warnings: ["no sound"])

    static func job(_ status: JobStatus) -> VideoSnapshot.Job {
        .init(
            id: jobID, status: status, attempt: status == .pending ? 0 : 1, queuedAt: now,
            startedAt: status == .pending ? nil : now, completedAt: status.isFinal ? now : nil,
            waitingFor: status == .pending ? .diskSpace : nil, result: status == .completed ? result : nil)
    }

    /// A video as the store shows it with its current job in `status`; `nil` for no job yet.
    static func video(
        _ upload: UploadStatus = .uploaded, job status: JobStatus? = nil, in directory: FilePath = "/srv/cam1/proxy/26",
        revision: Int = 7, hasSidecar: Bool = false,
        original: FilePath = "/srv/cam1/original/26/clip.MOV"
    ) -> VideoSnapshot {
        let processing = status.map { ProcessingStatus(of: $0) } ?? .pending
        return VideoSnapshot(
            id: videoID, revision: revision, originalPath: original, destination: directory,
            sizeBytes: 734_003_200, modifiedAt: now, media: status == nil ? nil : media, uploadStatus: upload,
            uploadedAt: upload == .uploaded ? now : nil, uploadEvidence: upload == .uploaded ? [.noWriter] : [],
            processingStatus: processing, processingCompletedAt: processing == .completed ? now : nil,
            processingError: processing == .failed ? Failure(.notMedia, "Not a video.", detail: "moov\u{1B}") : nil,
            proxyPath: processing == .completed ? directory.appending("clip.mp4") : nil, presetName: "review",
            hasSidecar: hasSidecar, createdAt: now, updatedAt: now, job: status.map { job($0) })
    }

    /// Every state that the store can show.
    static let all: [String: VideoSnapshot] = [
        "uploading": video(.uploading), "incomplete": video(.incomplete),
        "unreadable": video(.uploading, job: .failed), "pending": video(job: .pending),
        "running": video(job: .running), "completed": video(job: .completed), "failed": video(job: .failed),
        "cancelled": video(job: .cancelled),
    ]

    static func document(_ video: VideoSnapshot, _ progress: JobProgress? = nil) throws -> [UInt8] {
        try SidecarDocument(video, progress: progress, updatedAt: now, generator: generator).json()
    }
}
