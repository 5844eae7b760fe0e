/// One component of a path, as bytes: Linux allows any byte but `/` and zero.
public struct FileName: Sendable, Hashable, Comparable {
    public let bytes: [UInt8]

    /// The longest name that Linux file systems take, in bytes (limits.h, NAME_MAX).
    public static let maximumBytes = 255

    public init(bytes: [UInt8]) { self.bytes = bytes }
    public init(_ text: String) { bytes = Array(text.utf8) }

    public static func < (left: FileName, right: FileName) -> Bool { left.bytes.lexicographicallyPrecedes(right.bytes) }

    /// The name without its extension: all before the last dot, unless that is the first character.
    public var stem: FileName {
        guard let dot = extensionDot else { return self }
        return FileName(bytes: Array(bytes[..<dot]))
    }

    /// What follows the last dot, in lower case; empty where there is none.
    public var lowercasedExtension: String {
        guard let dot = extensionDot else { return "" }
        return FileName.lowercasedText(bytes[(dot + 1)...])
    }

    /// The whole name in lower case, for comparing without case.
    var lowercasedText: String { FileName.lowercasedText(bytes[...]) }

    /// Nearly all names that a scan meets are ASCII, for which Unicode's rules cost most of the scan.
    private static func lowercasedText(_ bytes: ArraySlice<UInt8>) -> String {
        guard bytes.allSatisfy({ $0 < 0x80 && $0 != UInt8(ascii: "\\") }) else {
            return PathText.encode(Array(bytes)).lowercased()
        }
        let capitals = UInt8(ascii: "A")...UInt8(ascii: "Z")
        return String(decoding: bytes.map { capitals.contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }

    public func hasPrefix(_ prefix: String) -> Bool { bytes.starts(with: prefix.utf8) }
    public func hasSuffix(_ suffix: String) -> Bool {
        bytes.count >= suffix.utf8.count && bytes.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
    }

    /// The name for people and for comparing without case; see `PathText`.
    public var text: String { PathText.encode(bytes) }

    private var extensionDot: Int? {
        guard let dot = bytes.lastIndex(of: UInt8(ascii: ".")), dot > 0 else { return nil }
        return dot
    }
}
