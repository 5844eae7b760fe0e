import Domain
import LibAV

/// One way of the picture from the original to the proxy.
protocol PicturePath: AnyObject {
    var method: ProxyMethod { get }
    /// Frames of the proxy per second.
    var rate: Rational { get }
    /// Frames of the original that are done, and the end of the last one in seconds of the proxy's time line.
    var decodedFrames: Int { get }
    var position: Double { get }
    var damagedPackets: Int { get }
    /// Packets that did not need decoding.
    var skippedPackets: Int { get }
    var lastError: LibAVError? { get }
    /// Only another way can go on with this original: the proxy must be begun anew.
    var isInDoubt: Bool { get }
    /// Whether hopelessly many packets went by without a frame.
    var isStuck: Bool { get }
    /// What was written, for the report.
    var summary: (frames: Int, duration: Double, size: FrameSize) { get }

    /// Takes a packet of the stream, its time stamps on the proxy's time line.
    func take(_ packet: borrowing Packet, _ context: borrowing OutputContext) throws(Failure)

    /// Writes what is left.
    func finish(_ context: borrowing OutputContext) throws(Failure)
}
