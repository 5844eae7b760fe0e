import Domain

/// MXF (SMPTE ST 377-1, sections 7 and 12): a random index pack or a footer partition proves the end.
enum MxfStructure {
    /// The first 13 bytes of every partition pack's key; byte 13 is its kind, byte 14 its status.
    static let partitionKey: [UInt8] = [
        0x06, 0x0E, 0x2B, 0x34, 0x02, 0x05, 0x01, 0x01, 0x0D, 0x01, 0x02, 0x01, 0x01,
    ]
    private static let footerKind: UInt8 = 0x04
    private static let randomIndexKind: UInt8 = 0x11
    /// Key and length of a pack, at most; every partition's pack is longer.
    private static let longestHeader: Int64 = 25

    static func structure(of bytes: some ByteSource) -> ContainerStructure {
        if endsWithRandomIndex(bytes) { return .whole }
        guard let pack = keyLengthValue(at: 0, of: bytes), let footer = bytes.exactly(8, at: pack.content + 24) else {
            return .cannotTell
        }
        guard let place = Int64(exactly: footer.bigEndian) else { return .cannotTell }
        guard place != 0 else {
            // Open partitions (odd status) belong to a recording that goes on, or was cut.
            return pack.key[14] % 2 == 1 ? .cutShort(missingBytes: nil) : .cannotTell
        }
        guard place <= bytes.sizeBytes - longestHeader else { return .cutShort(missingBytes: nil) }
        guard let found = keyLengthValue(at: place, of: bytes), found.key.starts(with: partitionKey),
            found.key[13] == footerKind
        else { return .cannotTell }
        return structureOfFooter(bytes, from: place)
    }

    /// Follows the packs from the footer to the end.
    private static func structureOfFooter(_ bytes: some ByteSource, from place: Int64) -> ContainerStructure {
        var offset = place
        for _ in 0..<ByteReading.mostBoxes {
            if offset == bytes.sizeBytes { return .whole }
            guard let pack = keyLengthValue(at: offset, of: bytes) else {
                return bytes.sizeBytes - offset < longestHeader ? .cutShort(missingBytes: nil) : .cannotTell
            }
            guard pack.end <= bytes.sizeBytes else { return .cutShort(missingBytes: pack.end - bytes.sizeBytes) }
            offset = pack.end
        }
        return .cannotTell
    }

    private static func endsWithRandomIndex(_ bytes: some ByteSource) -> Bool {
        guard let length = bytes.exactly(4, at: bytes.sizeBytes - 4) else { return false }
        let start = bytes.sizeBytes - Int64(length.bigEndian)
        guard start > 0, let pack = keyLengthValue(at: start, of: bytes) else { return false }
        return pack.key.starts(with: partitionKey) && pack.key[13] == randomIndexKind && pack.end == bytes.sizeBytes
    }

    private static func keyLengthValue(at offset: Int64, of bytes: some ByteSource)
        -> (key: [UInt8], content: Int64, end: Int64)?
    {
        guard let head = bytes.exactly(17, at: offset), head.starts(with: [0x06, 0x0E, 0x2B, 0x34]) else { return nil }
        var length = UInt64(head[16])
        var content = offset + 17
        if head[16] >= 0x80 {
            let count = Int(head[16] & 0x7F)
            guard (1...8).contains(count), let digits = bytes.exactly(count, at: content) else { return nil }
            length = digits.bigEndian
            content += Int64(count)
        }
        guard let size = Int64(exactly: length) else { return nil }
        let (end, overflow) = content.addingReportingOverflow(size)
        return overflow ? nil : (Array(head[..<16]), content, end)
    }
}
