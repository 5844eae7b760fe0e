import Domain

/// MPEG transport streams with packets of 188 bytes, and M2TS with 192 (ISO/IEC 13818-1, section 2.4.3).
///
/// They have no end mark: a cut between two packets cannot be seen.
enum TransportStreamStructure {
    private static let sync: UInt8 = 0x47

    static func structure(of bytes: some ByteSource) -> ContainerStructure {
        for (packet, place) in [(188, 0), (192, 4)] where isAligned(bytes, packet: packet, place: place) {
            let rest = bytes.sizeBytes % Int64(packet)
            if rest != 0 { return .cutShort(missingBytes: Int64(packet) - rest) }
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
}
