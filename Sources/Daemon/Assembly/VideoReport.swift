public import Domain
import FoundationEssentials
import Sidecars

/// Videos as JSON, with a sidecar's fields: one form for all readers.
public enum VideoReport {
    public static func json(_ video: VideoSnapshot, progress: JobProgress?) throws -> String {
        try encode(document(video, progress))
    }

    public static func json(_ videos: [VideoSnapshot]) throws -> String {
        try encode(videos.map { document($0, nil) })
    }

    private static func document(_ video: VideoSnapshot, _ progress: JobProgress?) -> SidecarDocument {
        SidecarDocument(video, progress: progress, updatedAt: video.updatedAt, generator: Generator.name)
    }

    private static func encode(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
