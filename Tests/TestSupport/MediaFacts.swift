import Foundation
public import SystemPackage

/// What `ffprobe` says of a media file, and the order of its boxes.
public struct MediaFacts: Sendable {
    public struct SideData: Sendable, Decodable {
        public let rotation: Int?
    }

    public struct Stream: Sendable, Decodable {
        public let codecType: String?
        public let codecName: String?
        public let profile: String?
        public let pixFmt: String?
        public let width: Int?
        public let height: Int?
        public let rFrameRate: String?
        public let avgFrameRate: String?
        public let channels: Int?
        public let startTime: String?
        public let duration: String?
        public let nbReadPackets: String?
        public let sideDataList: [SideData]?
    }

    private struct Document: Decodable {
        struct Format: Decodable { let duration: String? }
        let streams: [Stream]
        let format: Format
    }

    public let video: [Stream]
    public let audio: [Stream]
    /// Of the whole file, in seconds; `nil` where its header says nothing.
    public let duration: Double?

    public static func of(_ file: FilePath) async throws -> MediaFacts {
        let text = try await Command.output(
            "ffprobe",
            ["-v", "error", "-show_streams", "-show_format", "-count_packets", "-of", "json", "file:\(file.string)"])
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let document = try decoder.decode(Document.self, from: Data(text.utf8))
        return MediaFacts(
            video: document.streams.filter { $0.codecType == "video" },
            audio: document.streams.filter { $0.codecType == "audio" },
            duration: document.format.duration.flatMap { Double($0) })
    }

    /// The types of an MP4 file's outermost boxes, in order.
    public static func boxes(of file: FilePath) throws -> [String] {
        let bytes = try ByteFile.read(file)
        var boxes: [String] = []
        var start = 0
        while start + 8 <= bytes.count {
            let size = bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
            boxes.append(String(decoding: bytes[start + 4..<start + 8], as: UTF8.self))
            // Proxies are far below the size that needs the 64-bit form.
            guard size >= 8 else { throw FixtureError("\(file): a box of \(size) bytes") }
            start += size
        }
        return boxes
    }
}
