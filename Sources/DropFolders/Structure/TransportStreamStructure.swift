import Domain

/// MPEG transport streams with packets of 188 bytes, and M2TS with 192 (ISO/IEC 13818-1, section 2.4.3).
///
/// They have no end mark: a cut between two packets cannot be seen. A stream that is aligned to its end and ends inside
/// a packet was cut, and waits for the rest, even where it is all that a recorder that lost power will ever send: only
/// `once`, or more data, ends that wait. Where the end is not aligned, something else follows the stream, and the
/// length proves nothing.
enum TransportStreamStructure {
    private static let sync: UInt8 = 0x47

    static func structure(of bytes: some ByteSource) -> ContainerStructure {
        for (packet, place) in [(188, 0), (192, 4)] where isAligned(bytes, packet: packet, place: place) {
            let rest = bytes.sizeBytes % Int64(packet)
            if rest != 0 {
                guard endsAligned(bytes, packet: packet, place: place, rest: rest) else { return .cannotTell }
                return .cutShort(missingBytes: Int64(packet) - rest)
            }
            let last = bytes.exactly(packet, at: bytes.sizeBytes - Int64(packet)) ?? []
            if !last.isEmpty, last.allSatisfy({ $0 == 0 }) { return .cutShort(missingBytes: nil) }
        }
        return .cannotTell
    }

    /// Whether the first packets begin where they must.
    private static func isAligned(_ bytes: some ByteSource, packet: Int, place: Int) -> Bool {
        let head = bytes.read(at: 0, count: packet * 8)
        guard head.count >= packet * 4 else { return false }
        return stride(from: place, to: head.count, by: packet).allSatisfy { head[$0] == sync }
    }

    /// Whether the last packets begin where they must, the cut one with them.
    private static func endsAligned(_ bytes: some ByteSource, packet: Int, place: Int, rest: Int64) -> Bool {
        let count = packet * 4 + Int(rest)
        guard let end = bytes.exactly(count, at: bytes.sizeBytes - Int64(count)) else { return false }
        return stride(from: place, to: count, by: packet).allSatisfy { end[$0] == sync }
    }
}
