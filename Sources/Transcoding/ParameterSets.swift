import LibAV

/// H.264's sequence and picture parameter sets, which an MP4 keeps once, before all pictures.
struct ParameterSets {
    let framing: NALFraming
    private let known: Set<[UInt8]>

    /// What a packet is made of.
    enum Content: Sendable, Hashable {
        /// Whole slices of an IDR picture, and nothing that needs earlier ones.
        case keyPicture
        case picture
        /// Something that may not be copied into an MP4, or that not every player takes.
        case other
    }

    /// - Parameter configuration: the stream's `extradata`: `avcC` (ISO/IEC 14496-15, 5.3.3.1) or, in annex B's format, the
    ///   parameter sets themselves.
    /// - Returns: `nil` where it holds none.
    init?(configuration: [UInt8]) {
        guard !configuration.isEmpty, let framing = NALFraming(configuration: configuration, lengthByte: 4) else {
            return nil
        }
        self.framing = framing
        var sets: Set<[UInt8]> = []
        if case .startCodes = framing {
            let bytes = configuration.span
            let isWhole = framing.forEachUnit(in: bytes) { sets.insert(ParameterSets.trimmed(bytes, $0)) }
            guard isWhole else { return nil }
        } else {
            var position = 5
            // The number of sequence parameter sets has three reserved bits in front.
            for mask in [0x1F, 0xFF] as [UInt8] {
                guard position < configuration.count else { return nil }
                let count = configuration[position] & mask
                position += 1
                for _ in 0..<count {
                    guard position + 2 <= configuration.count else { return nil }
                    let length = Int(configuration[position]) << 8 | Int(configuration[position + 1])
                    position += 2
                    guard position + length <= configuration.count else { return nil }
                    sets.insert(ParameterSets.trimmed(configuration.span, position..<position + length))
                    position += length
                }
            }
        }
        guard sets.contains(where: { $0.first.map { $0 & 0x1F == 7 } ?? false }),
            sets.contains(where: { $0.first.map { $0 & 0x1F == 8 } ?? false })
        else { return nil }
        known = sets
    }

    /// Reads the headers of a packet's units (ITU-T H.264, table 7-1).
    func content(of packet: borrowing Packet) -> Content {
        packet.withBytes { bytes in
            var (slices, keySlices, isAllowed) = (0, 0, true)
            let isWhole = framing.forEachUnit(in: bytes) { unit in
                let header = bytes[unit.lowerBound]
                switch header & 0x1F {
                case 1: slices += 1
                case 5: keySlices += 1
                case 6, 9, 12: break  // Supplemental information, delimiter, filler.
                // Cameras repeat them before each key frame; others than the known ones would need an index of their own.
                case 7, 8: if !known.contains(ParameterSets.trimmed(bytes, unit)) { isAllowed = false }
                default: isAllowed = false
                }
                if header & 0x80 != 0 { isAllowed = false }
            }
            guard isWhole, isAllowed, (slices > 0) != (keySlices > 0) else { return .other }
            return keySlices > 0 ? .keyPicture : .picture
        }
    }

    /// A unit without the zero bytes that may follow one in annex B's format; none ends in zero (7.4.1).
    private static func trimmed(_ bytes: Span<UInt8>, _ unit: Range<Int>) -> [UInt8] {
        var end = unit.upperBound
        while end > unit.lowerBound, bytes[end - 1] == 0 { end -= 1 }
        return (unit.lowerBound..<end).map { bytes[$0] }
    }
}
