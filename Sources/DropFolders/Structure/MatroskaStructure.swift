import Domain

/// Matroska and WebM (RFC 8794, EBML; RFC 9559, section 5).
enum MatroskaStructure {
    static let magic: [UInt8] = [0x1A, 0x45, 0xDF, 0xA3]
    private static let segment: UInt64 = 0x1853_8067
    private static let cluster: UInt64 = 0x1F43_B675

    private struct Element {
        let id: UInt64
        /// Where its content begins.
        let content: Int64
        /// `nil`: unknown, as live writers leave it.
        let size: Int64?
    }

    static func structure(of bytes: some ByteSource) -> ContainerStructure {
        var offset: Int64 = 0
        // The EBML header, perhaps padding, then the segment.
        for _ in 0..<8 {
            guard let element = element(at: offset, of: bytes) else { return .cannotTell }
            guard let size = element.size else { return .cannotTell }
            let (end, overflow) = element.content.addingReportingOverflow(size)
            guard !overflow else { return .cannotTell }
            if element.id == segment { return structure(of: bytes, from: element.content, to: end) }
            guard end < bytes.sizeBytes else { return .cannotTell }
            offset = end
        }
        return .cannotTell
    }

    private static func structure(of bytes: some ByteSource, from start: Int64, to end: Int64) -> ContainerStructure {
        guard end <= bytes.sizeBytes else { return .cutShort(missingBytes: end - bytes.sizeBytes) }
        guard end == bytes.sizeBytes else { return .cannotTell }
        var offset = start
        var hasCluster = false
        for _ in 0..<ByteReading.mostBoxes {
            if offset == end { return hasCluster ? .whole : .cannotTell }
            guard let element = element(at: offset, of: bytes) else {
                let isZero = bytes.exactly(Int(min(8, end - offset)), at: offset)?.allSatisfy { $0 == 0 } ?? false
                // No element's number begins with a zero byte: these parts were never written.
                return isZero ? .cutShort(missingBytes: nil) : .cannotTell
            }
            guard let size = element.size else { return .cannotTell }
            let (next, overflow) = element.content.addingReportingOverflow(size)
            guard !overflow, next <= end else { return .cannotTell }
            if element.id == cluster { hasCluster = true }
            offset = next
        }
        return .cannotTell
    }

    private static func element(at offset: Int64, of bytes: some ByteSource) -> Element? {
        guard offset >= 0, offset < bytes.sizeBytes else { return nil }
        let head = bytes.read(at: offset, count: 12)
        guard let id = number(head[...], longest: 4, keepingMarker: true),
            let size = number(head.dropFirst(id.length), longest: 8, keepingMarker: false)
        else { return nil }
        let content = offset + Int64(id.length + size.length)
        // All ones: unknown (RFC 8794, section 6.2).
        let isUnknown = size.value == (UInt64(1) << (7 * UInt64(size.length))) - 1
        return Element(id: id.value, content: content, size: isUnknown ? nil : Int64(size.value))
    }

    /// A number whose leading zero bits tell its length (RFC 8794, section 4).
    private static func number(_ bytes: ArraySlice<UInt8>, longest: Int, keepingMarker: Bool)
        -> (value: UInt64, length: Int)?
    {
        guard let first = bytes.first, first != 0 else { return nil }
        let length = first.leadingZeroBitCount + 1
        guard length <= longest, bytes.count >= length else { return nil }
        let all = bytes.prefix(length).bigEndian
        return (keepingMarker ? all : all & ((UInt64(1) << (7 * UInt64(length))) - 1), length)
    }
}
