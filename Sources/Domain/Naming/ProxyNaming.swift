/// File names of the things that stand in for an original. Pure.
public enum ProxyNaming {
    /// Every file of ours that is still being written begins so; names end in parts that do not matter.
    public static let temporaryPrefix = ".understudy-"

    /// A temporary file's name: `.understudy-<job id>-<suffix>`. Never made from the original's name, which may
    /// already have 255 bytes.
    public static func temporaryName(jobID: String, suffix: String) -> FileName {
        FileName("\(temporaryPrefix)\(jobID)-\(suffix)")
    }

    /// The sidecar's name: always the original's full name plus `.json`.
    public static func sidecarName(for original: FileName) -> FileName {
        fitting(original.bytes, of: original, ending: ".json")
    }

    /// The poster picture's name: the original's full name plus `.jpg`.
    public static func posterName(for original: FileName) -> FileName {
        fitting(original.bytes, of: original, ending: ".jpg")
    }

    /// The proxy's names in the order of preference: `clip.mp4`, `clip.MOV.mp4`, `clip.MOV~2.mp4`, `clip.MOV~3.mp4` …
    ///
    /// - Parameter rank: 0 for the first choice.
    public static func proxyName(for original: FileName, containerExtension: String, rank: Int) -> FileName {
        let ending = ".\(containerExtension)"
        return switch rank {
        case 0: fitting(original.stem.bytes, of: original, ending: ending)
        case 1: fitting(original.bytes, of: original, ending: ending)
        default: fitting(original.bytes, of: original, ending: "~\(rank)\(ending)")
        }
    }

    /// The key under which names are compared without case.
    public static func comparisonKey(_ text: String) -> String {
        // Unicode's rules cost most of the reservation of a name, and few names need them.
        guard text.utf8.allSatisfy({ $0 < 0x80 }) else { return text.lowercased() }
        let capitals = UInt8(ascii: "A")...UInt8(ascii: "Z")
        return String(decoding: text.utf8.map { capitals.contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }

    /// `base` plus `ending`; where that is longer than a name may be, `base` is cut at a character's border and `~`
    /// with the first 12 hexadecimal digits of the original name's SHA-256 stands before `ending`.
    private static func fitting(_ base: [UInt8], of original: FileName, ending: String) -> FileName {
        let tail = Array(ending.utf8)
        guard base.count + tail.count > FileName.maximumBytes else { return FileName(bytes: base + tail) }
        let mark = Array("~\(SHA256.hexDigest(of: original.bytes).prefix(12))".utf8)
        var end = FileName.maximumBytes - mark.count - tail.count
        while end > 0, end < base.count, base[end] & 0xC0 == 0x80 { end -= 1 }
        return FileName(bytes: Array(base[..<end]) + mark + tail)
    }
}
