import Domain
import FoundationEssentials

/// What tells a sidecar of ours from any other file.
enum SidecarMark {
    private struct Fields: Decodable {
        let videoID: String
        let schemaVersion: Int

        private enum CodingKeys: String, CodingKey {
            case videoID = "video_id"
            case schemaVersion = "schema_version"
        }
    }

    /// - Returns: `nil` where the bytes are not a sidecar.
    static func videoID(in bytes: [UInt8]) -> String? {
        // Whatever is not such an object is somebody else's.
        try? JSONDecoder().decode(Fields.self, from: Data(bytes)).videoID
    }
}

/// Names for files of others that lie where a sidecar must be.
enum ForeignName {
    /// `clip.MOV.json.foreign`, `clip.MOV.json.foreign~2` …; cut at a character's border where it would be too long.
    static func name(for sidecar: FileName, copy: Int) -> FileName {
        let ending = Array((copy == 1 ? ".foreign" : ".foreign~\(copy)").utf8)
        var end = min(sidecar.bytes.count, FileName.maximumBytes - ending.count)
        while end > 0, end < sidecar.bytes.count, sidecar.bytes[end] & 0xC0 == 0x80 { end -= 1 }
        return FileName(bytes: Array(sidecar.bytes[..<end]) + ending)
    }
}
