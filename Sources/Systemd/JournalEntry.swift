/// One entry of the journal in its native form: fields, one after the other
/// (systemd.io/JOURNAL_NATIVE_PROTOCOL). Pure.
public struct JournalEntry: Sendable, Hashable {
    private var fields: [(name: String, value: String)] = []

    /// A value is cut here: a datagram that is too long would be lost as a whole.
    private static let longestValue = 24 * 1024
    /// systemd.journal-fields(7) and `journal_field_valid` in systemd: letters of A to Z, digits, underscores.
    private static let longestName = 64

    public init() {}

    public static func == (left: JournalEntry, right: JournalEntry) -> Bool { left.bytes == right.bytes }
    public func hash(into hasher: inout Hasher) { hasher.combine(bytes) }

    /// Adds a field. A name is put into the form that the journal takes; one that has none is left out.
    public mutating func add(_ name: String, _ value: String) {
        var valid = name.uppercased().map { character -> Character in
            character.isASCII && (character.isLetter || character.isNumber) ? character : "_"
        }
        // A leading underscore marks what the journal itself vouches for.
        while let first = valid.first, first == "_" || first.isNumber { valid.removeFirst() }
        guard !valid.isEmpty else { return }
        fields.append((String(valid.prefix(JournalEntry.longestName)), JournalEntry.cut(value)))
    }

    /// A value with a line break is preceded by its length, in 64 bits with the lowest byte first.
    public var bytes: [UInt8] {
        fields.flatMap { name, value -> [UInt8] in
            let text = Array(value.utf8)
            guard text.contains(UInt8(ascii: "\n")) else { return Array(name.utf8) + [UInt8(ascii: "=")] + text + [10] }
            let length = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
            return Array(name.utf8) + [10] + length + text + [10]
        }
    }

    private static func cut(_ value: String) -> String {
        guard value.utf8.count > longestValue else { return value }
        return String(decoding: value.utf8.prefix(longestValue), as: UTF8.self) + "…"
    }
}
