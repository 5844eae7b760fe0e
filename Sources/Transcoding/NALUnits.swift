/// How the NAL units of a packet are told apart.
enum NALFraming: Sendable, Hashable {
    /// Before each stands 00 00 01 (ITU-T H.264 and H.265, annex B).
    case startCodes
    /// Before each stands its length, in so many bytes (ISO/IEC 14496-15).
    case lengths(Int)

    /// - Parameters:
    ///   - configuration: the stream's `extradata`.
    ///   - lengthByte: where `avcC` or `hvcC` keeps the size of lengths.
    /// - Returns: `nil` where the configuration is of neither kind.
    init?(configuration: [UInt8], lengthByte: Int) {
        if configuration.isEmpty || configuration.starts(with: [0, 0]) {
            self = .startCodes
        } else if configuration[0] == 1, configuration.count > lengthByte + 1 {
            self = .lengths(Int(configuration[lengthByte] & 3) + 1)
        } else {
            return nil
        }
    }

    /// Visits the units of a packet in order.
    /// - Returns: false where the packet isn't made of whole units.
    func forEachUnit(in bytes: Span<UInt8>, _ body: (Range<Int>) -> Void) -> Bool {
        switch self {
        case .startCodes: NALFraming.splitAtStartCodes(bytes, body)
        case .lengths(let size): NALFraming.splitByLengths(bytes, size, body)
        }
    }

    private static func splitByLengths(_ bytes: Span<UInt8>, _ size: Int, _ body: (Range<Int>) -> Void) -> Bool {
        var position = 0
        while position < bytes.count {
            guard position + size <= bytes.count else { return false }
            var length = 0
            for index in position..<position + size { length = length << 8 | Int(bytes[index]) }
            position += size
            guard length <= bytes.count - position else { return false }
            if length > 0 { body(position..<position + length) }
            position += length
        }
        return true
    }

    private static func splitAtStartCodes(_ bytes: Span<UInt8>, _ body: (Range<Int>) -> Void) -> Bool {
        guard var start = bytes.endOfStartCode(from: 0) else { return false }
        while let next = bytes.endOfStartCode(from: start) {
            // Zero bytes before the next start code belong to it or are padding; they do not matter for headers.
            if start < next - 3 { body(start..<next - 3) }
            start = next
        }
        if start < bytes.count { body(start..<bytes.count) }
        return true
    }
}

extension Span<UInt8> {
    /// The place after the first start code (00 00 01) at or after a place; `nil` where there is none.
    func endOfStartCode(from start: Int) -> Int? {
        var index = start + 2
        while index < count {
            switch self[index] {
            case 0: index += 1
            case 1 where self[index - 1] == 0 && self[index - 2] == 0: return index + 1
            default: index += 3
            }
        }
        return nil
    }
}
