/// HMAC with SHA-256 (RFC 2104), for messages to other programs.
public enum MessageSignature {
    private static let blockBytes = 64

    /// In lower-case hex.
    public static func sign(_ message: [UInt8], key: [UInt8]) -> String {
        var block = key.count > blockBytes ? digest(of: key) : key
        block += [UInt8](repeating: 0, count: blockBytes - block.count)
        let inner = digest(of: block.map { $0 ^ 0x36 } + message)
        return SHA256.hexDigest(of: block.map { $0 ^ 0x5C } + inner)
    }

    private static func digest(of message: [UInt8]) -> [UInt8] {
        let digits = Array(SHA256.hexDigest(of: message).utf8)
        return stride(from: 0, to: digits.count, by: 2).map { value(of: digits[$0]) << 4 | value(of: digits[$0 + 1]) }
    }

    private static func value(of digit: UInt8) -> UInt8 {
        digit < UInt8(ascii: "a") ? digit - UInt8(ascii: "0") : digit - UInt8(ascii: "a") + 10
    }
}
