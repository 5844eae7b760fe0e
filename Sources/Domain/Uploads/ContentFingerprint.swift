/// A sampled hash of an original's content: its size, its beginning, its end and places between. Together with the size
/// it tells the same content from another one, whatever its name, inode and times are.
///
/// A change in place that touches none of the samples goes unnoticed: the price of not reading terabytes twice.
public struct ContentFingerprint: Sendable, Hashable, Codable {
    /// `xxh64:` and 16 hexadecimal digits.
    public let text: String

    /// A part of the file.
    public struct Sample: Sendable, Hashable {
        public let offset: Int64
        public let length: Int
    }

    private static let edge: Int64 = 64 << 10
    private static let middle: Int64 = 16 << 10
    private static let middles: Int64 = 8

    public init(text: String) { self.text = text }

    /// - Parameters:
    ///   - sizeBytes: of the whole file.
    ///   - content: the bytes of `samples(ofSize:)`, one after the other.
    public init(sizeBytes: Int64, content: [UInt8]) {
        var message = (0..<8).map { UInt8(truncatingIfNeeded: sizeBytes >> (8 * $0)) }
        message += content
        let digits = String(XXH64.hash(message), radix: 16)
        text = "xxh64:" + String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// What is read of a file: all of a small one; of others the first and last 64 KiB and 8 samples between.
    public static func samples(ofSize size: Int64) -> [Sample] {
        guard size > 2 * edge + middles * middle else { return size > 0 ? [Sample(offset: 0, length: Int(size))] : [] }
        let gap = (size - 2 * edge - middles * middle) / (middles + 1)
        let between = (0..<middles).map { index in
            Sample(offset: edge + gap + index * (middle + gap), length: Int(middle))
        }
        return [Sample(offset: 0, length: Int(edge))] + between
            + [Sample(offset: size - edge, length: Int(edge))]
    }
}
