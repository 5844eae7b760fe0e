import Domain
import LibAV

/// One way of the sound from the original to the proxy.
protocol SoundPath: AnyObject {
    /// Length of the sound written; `nil` where there is none.
    var durationSeconds: Double? { get }
    /// Something that a person should know.
    var warning: String? { get }
    /// Only another way can go on with this original: the proxy must be begun anew.
    var isInDoubt: Bool { get }
    /// Of the packets that it writes.
    var timeBase: Rational { get }

    /// Adds its stream to the output.
    /// - Returns: the stream's index.
    func addStream(to container: borrowing OutputContainer) throws(LibAVError) -> Int

    /// Takes a packet of the original's stream, its time stamps on the proxy's time line.
    func take(_ packet: borrowing Packet) throws(Failure)

    /// Writes what is left.
    func finish() throws(Failure)
}
