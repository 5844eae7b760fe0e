/// Bytes of a file, read in small pieces at any place.
protocol ByteSource {
    var sizeBytes: Int64 { get }

    /// At most `count` bytes from `offset`; fewer at the end of the file, none where the read fails.
    ///
    /// - Precondition: `count` is at most `ByteReading.longestRead`.
    func read(at offset: Int64, count: Int) -> [UInt8]
}

/// Limits of the structure checks: every size in a file is a stranger's claim.
enum ByteReading {
    static let longestRead = 64 * 1024
    /// The most boxes, elements or chunks that one check follows.
    static let mostBoxes = 10_000
    /// What one check of one file reads at most, whatever the file claims; tests and the fuzzer hold the checks to it.
    /// Three reads of a few bytes for each box (header, large size, beginning), and some longer ones: under a megabyte.
    static let mostReads = 3 * mostBoxes + 64
    static let mostBytes = 24 * mostReads + 4 * longestRead
}

extension ByteSource {
    /// Exactly `count` bytes; `nil` where the file has fewer there.
    func exactly(_ count: Int, at offset: Int64) -> [UInt8]? {
        guard offset >= 0, offset <= sizeBytes, Int64(count) <= sizeBytes - offset else { return nil }
        let bytes = read(at: offset, count: count)
        return bytes.count == count ? bytes : nil
    }
}

extension Collection<UInt8> {
    /// The bytes as an unsigned number, most significant first; at most 8 bytes.
    var bigEndian: UInt64 { reduce(0) { $0 << 8 | UInt64($1) } }
    /// The bytes as an unsigned number, least significant first; at most 8 bytes.
    var littleEndian: UInt64 { reversed().reduce(0) { $0 << 8 | UInt64($1) } }
}
