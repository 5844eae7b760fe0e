import Domain

/// AVI, with OpenDML's further RIFF chunks (AVI RIFF File Reference; OpenDML AVI File Format Extensions 1.02).
enum RiffStructure {
    static func structure(of bytes: some ByteSource, head: [UInt8]) -> ContainerStructure {
        guard Array(head[8..<12]) == Array("AVI ".utf8) else { return .cannotTell }
        var offset: Int64 = 0
        var hasIndex = false
        for _ in 0..<ByteReading.mostBoxes {
            // Chunks have even places; the last one's padding is often left out.
            if offset == bytes.sizeBytes || offset == bytes.sizeBytes + 1 { return hasIndex ? .whole : .cannotTell }
            guard let header = bytes.exactly(12, at: offset), header.starts(with: Array("RIFF".utf8)) else {
                return .cannotTell
            }
            let length = Int64(header[4..<8].littleEndian)
            // Written as a placeholder, and mended when the recording ends.
            if length == 0 || length == 0xFFFF_FFFF { return .cutShort(missingBytes: nil) }
            let end = offset + 8 + length
            guard end <= bytes.sizeBytes else { return .cutShort(missingBytes: end - bytes.sizeBytes) }
            if offset == 0 { hasIndex = findsIndex(in: bytes, from: 12, to: end) }
            offset = end + length % 2
        }
        return .cannotTell
    }

    private static func findsIndex(in bytes: some ByteSource, from start: Int64, to end: Int64) -> Bool {
        var offset = start
        var hasSeenHeaders = false
        for _ in 0..<ByteReading.mostBoxes {
            guard offset + 8 <= end, let header = bytes.exactly(8, at: offset) else { return false }
            let length = Int64(header[4..<8].littleEndian)
            guard offset + 8 + length <= end else { return false }
            if header.starts(with: Array("idx1".utf8)) { return true }
            // The headers are the first list; what calls itself a list later is not read again and again.
            if !hasSeenHeaders, header.starts(with: Array("LIST".utf8)) {
                hasSeenHeaders = true
                let list = bytes.read(at: offset + 8, count: Int(min(length, Int64(ByteReading.longestRead))))
                if list.starts(with: Array("hdrl".utf8)), list.contains(Array("indx".utf8)) { return true }
            }
            offset += 8 + length + length % 2
        }
        return false
    }
}
