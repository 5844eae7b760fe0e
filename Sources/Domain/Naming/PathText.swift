/// The reversible text form of paths, used in the database, in sidecars and on the terminal.
///
/// Valid UTF-8 stays as it is. Each byte that is not part of valid UTF-8 becomes `\xHH` (two lower-case hexadecimal
/// digits). A backslash that is really there is written `\x5c`, but only where the text after it would otherwise read
/// as such an escape (`x` and two hexadecimal digits).
public enum PathText {
    public static func encode(_ bytes: [UInt8]) -> String {
        if let text = String(validating: bytes, as: UTF8.self), !text.utf8.contains(backslash) { return text }
        var text = ""
        var index = 0
        while index < bytes.count {
            if bytes[index] == backslash, isEscape(bytes, at: index) {
                text += escape(backslash)
                index += 1
            } else if let length = validScalarLength(bytes, at: index) {
                text += String(decoding: bytes[index..<index + length], as: UTF8.self)
                index += length
            } else {
                text += escape(bytes[index])
                index += 1
            }
        }
        return text
    }

    public static func decode(_ text: String) -> [UInt8] {
        let encoded = Array(text.utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(encoded.count)
        var index = 0
        while index < encoded.count {
            if isEscape(encoded, at: index), let high = digit(encoded[index + 2]), let low = digit(encoded[index + 3]) {
                bytes.append(high << 4 | low)
                index += 4
            } else {
                bytes.append(encoded[index])
                index += 1
            }
        }
        return bytes
    }

    private static let backslash = UInt8(ascii: "\\")

    private static func isEscape(_ bytes: [UInt8], at index: Int) -> Bool {
        index + 3 < bytes.count && bytes[index] == backslash && bytes[index + 1] == UInt8(ascii: "x")
            && digit(bytes[index + 2]) != nil && digit(bytes[index + 3]) != nil
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    private static func escape(_ byte: UInt8) -> String {
        let digits = Array("0123456789abcdef")
        return "\\x\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
    }

    /// Length in bytes of the valid UTF-8 scalar at `index`; `nil` where there is none.
    private static func validScalarLength(_ bytes: [UInt8], at index: Int) -> Int? {
        for length in 1...4 where index + length <= bytes.count {
            if String(validating: bytes[index..<index + length], as: UTF8.self) != nil { return length }
        }
        return nil
    }
}
