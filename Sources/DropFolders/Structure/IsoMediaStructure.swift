import Domain

/// MP4, MOV, 3GP and fragmented MP4 (ISO/IEC 14496-12, section 4.2; QuickTime File Format, "Atoms").
enum IsoMediaStructure {
    /// Boxes that files begin with.
    private static let firstTypes: Set<String> = [
        "ftyp", "moov", "mdat", "wide", "free", "skip", "pnot", "styp", "uuid",
    ]
    private static let otherTypes: Set<String> = [
        "moof", "mfra", "sidx", "ssix", "udta", "meta", "prft", "emsg", "pdin",
    ]

    private struct Found {
        var hasIndex = false
        /// The content of the last box of media that has any.
        var media: Range<Int64>?
        var hasFragments = false
        var hasFragmentIndex = false
        /// Whether what stands where an index should be has never been written.
        var hasUnwrittenIndex = false

        var hasMedia: Bool { media != nil }
    }

    static func recognizes(_ head: [UInt8]) -> Bool { firstTypes.contains(type(head)) }

    static func structure(of bytes: some ByteSource) -> ContainerStructure {
        var found = Found()
        var offset: Int64 = 0
        for _ in 0..<ByteReading.mostBoxes {
            if offset == bytes.sizeBytes { return verdict(found, bytes) }
            guard let header = bytes.exactly(8, at: offset) else { return strayEnd(found, isCertain: true) }
            let type = type(header)
            guard firstTypes.contains(type) || otherTypes.contains(type) || isPlausible(header) else {
                return strayEnd(found, isCertain: header.allSatisfy { $0 == 0 })
            }
            var length = header[..<4].bigEndian
            var headerLength: Int64 = 8
            if length == 1 {
                guard let large = bytes.exactly(8, at: offset + 8) else { return .cutShort(missingBytes: nil) }
                length = large.bigEndian
                headerLength = 16
            }
            if length == 0 {
                // "To the end of the file": an index can then only stand before it.
                return found.hasIndex || type != "mdat" ? .cannotTell : .cutShort(missingBytes: nil)
            }
            guard let size = Int64(exactly: length), size >= headerLength else { return .cannotTell }
            let (end, overflow) = offset.addingReportingOverflow(size)
            guard !overflow else { return .cannotTell }
            guard end <= bytes.sizeBytes else {
                let isKnown = firstTypes.contains(type) || otherTypes.contains(type)
                return isKnown ? .cutShort(missingBytes: end - bytes.sizeBytes) : .cannotTell
            }
            note(type, content: offset + headerLength..<end, of: bytes, in: &found)
            offset = end
        }
        return .cannotTell
    }

    private static func note(_ type: String, content: Range<Int64>, of bytes: some ByteSource, in found: inout Found) {
        switch type {
        case "moov":
            found.hasIndex = true
            let first = bytes.exactly(8, at: content.lowerBound)
            if first.map({ $0.allSatisfy { $0 == 0 } }) ?? true { found.hasUnwrittenIndex = true }
        case "mdat": if found.media == nil || !content.isEmpty { found.media = content }
        case "moof": found.hasFragments = true
        case "mfra": found.hasFragmentIndex = true
        default: break
        }
    }

    private static func verdict(_ found: Found, _ bytes: some ByteSource) -> ContainerStructure {
        // Without an index nothing can play it: it comes last, or the recorder lost power.
        guard found.hasIndex else { return found.hasFragments ? .cannotTell : .cutShort(missingBytes: nil) }
        let isUnwritten = found.hasUnwrittenIndex || found.media.map { endsUnwritten($0, bytes) } ?? false
        guard !isUnwritten else { return .cannotTell }
        guard found.hasFragments else { return found.hasMedia ? .whole : .cannotTell }
        // A cut between two fragments makes a legal file; only the index at the very end proves it.
        guard found.hasFragmentIndex, let end = bytes.exactly(16, at: bytes.sizeBytes - 16), type(end) == "mfro" else {
            return .cannotTell
        }
        return .whole
    }

    /// Whether the media's end has never been written: it is what comes last of an upload whose size was set first.
    private static func endsUnwritten(_ media: Range<Int64>, _ bytes: some ByteSource) -> Bool {
        let tail = min(Int64(4096), media.upperBound - media.lowerBound)
        let last = bytes.exactly(Int(tail), at: media.upperBound - tail) ?? []
        return !last.isEmpty && last.allSatisfy { $0 == 0 }
    }

    /// Bytes that are no box: cameras append trailers of their own to complete files.
    ///
    /// - Parameter isCertain: whether nothing that is still missing can follow: a header was cut, or never written.
    private static func strayEnd(_ found: Found, isCertain: Bool) -> ContainerStructure {
        if found.hasIndex, found.hasMedia { return .cannotTell }
        return isCertain && !found.hasFragments ? .cutShort(missingBytes: nil) : .cannotTell
    }

    private static func type(_ header: [UInt8]) -> String { String(decoding: header[4..<8], as: UTF8.self) }

    private static func isPlausible(_ header: [UInt8]) -> Bool {
        header[4..<8].allSatisfy { (32..<127).contains($0) || $0 == 0xA9 }
    }
}
