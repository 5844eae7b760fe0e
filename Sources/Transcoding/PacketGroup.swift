import LibAV

/// The packets since the last key frame, without those that no other picture needs.
final class PacketGroup {
    private final class Kept {
        let packet: Packet
        init(_ packet: consuming Packet) { self.packet = packet }
    }

    private var packets: [Kept] = []

    private let reader: PictureNeedsReader?

    /// - Parameter reader: knows which packets no other picture needs; `nil` where none does.
    init(_ reader: PictureNeedsReader?) { self.reader = reader }

    /// Takes over the packet's data.
    func take(_ packet: borrowing Packet) throws(LibAVError) {
        if packet.isKey { packets.removeAll() }
        // The decoder would take twice as long for all, and the others prove as much.
        if let reader, reader.read(packet).isDisposable, !packet.isKey { return }
        let own = try Packet.allocate()
        own.take(from: packet)
        packets.append(Kept(own))
    }

    /// Whether every packet that was kept gives a picture.
    func decode(with decoder: borrowing Decoder) throws(LibAVError) -> Bool {
        let picture = try Frame.allocate()
        var pictures = 0
        for kept in packets {
            try decoder.send(kept.packet)
            while try decoder.receive(into: picture) == .ready { pictures += 1 }
        }
        decoder.sendEnd()
        while try decoder.receive(into: picture) == .ready { pictures += 1 }
        return pictures == packets.count
    }
}
