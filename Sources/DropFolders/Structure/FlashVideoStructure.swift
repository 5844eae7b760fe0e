import Domain

/// FLV (Adobe Flash Video File Format Specification 10.1, annex E): each tag is followed by its own length.
///
/// There is no end mark; a script tag may tell the file's size.
enum FlashVideoStructure {
    static func structure(of bytes: some ByteSource) -> ContainerStructure {
        let announced = announcedSize(bytes)
        if let announced, announced > bytes.sizeBytes { return .cutShort(missingBytes: announced - bytes.sizeBytes) }
        guard let last = bytes.exactly(4, at: bytes.sizeBytes - 4) else { return .cannotTell }
        let length = Int64(last.bigEndian)
        guard let tag = bytes.exactly(4, at: bytes.sizeBytes - 4 - length), [8, 9, 18].contains(tag[0] & 0x1F),
            Int64(tag[1..<4].bigEndian) + 11 == length
        else { return .cutShort(missingBytes: nil) }
        return announced == bytes.sizeBytes ? .whole : .cannotTell
    }

    /// The number `filesize` of the script tag `onMetaData`; `nil` where it tells none that can be meant.
    private static func announcedSize(_ bytes: some ByteSource) -> Int64? {
        let head = bytes.read(at: 0, count: ByteReading.longestRead)
        guard let name = head.firstRange(of: Array("filesize".utf8)), head.count >= name.upperBound + 9,
            head[name.upperBound] == 0  // A number follows (AMF 0).
        else { return nil }
        let value = Double(bitPattern: head[name.upperBound + 1..<name.upperBound + 9].bigEndian)
        return value > 0 ? Int64(exactly: value) : nil
    }
}
