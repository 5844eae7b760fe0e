import LibAV

/// The packets since the last key frame.
final class PacketGroup {
    private final class Kept {
        let packet: Packet
        init(_ packet: consuming Packet) { self.packet = packet }
    }

    private var packets: [Kept] = []

    /// Takes over the packet's data.
    func take(_ packet: borrowing Packet) throws(LibAVError) {
        if packet.isKey { packets.removeAll() }
        let own = try Packet.allocate()
        own.take(from: packet)
        packets.append(Kept(own))
    }

    /// Whether every packet gives a picture.
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
