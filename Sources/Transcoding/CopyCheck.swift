import LibAV

/// Decodes what is copied: damage must not be handed on to whoever opens the proxy. A packet passes that the decoder takes
/// without an error and without a word, and whose frames are neither damaged nor unlike what is wanted.
final class CopyCheck {
    private let decoder: Decoder
    private let decoded: Frame
    private let isWanted: (borrowing Frame) -> Bool
    /// Frames that came so far.
    private(set) var frames = 0

    init(
        _ decoder: consuming Decoder, isWanted: @escaping (borrowing Frame) -> Bool = { _ in true }
    ) throws(LibAVError) {
        self.decoder = decoder
        self.isWanted = isWanted
        decoded = try Frame.allocate()
    }

    func passes(_ packet: borrowing Packet) -> Bool {
        let logged = LogCapture.errorCount
        do throws(LibAVError) {
            try decoder.send(packet)
        } catch {
            return false
        }
        return receiveAll() && LogCapture.errorCount == logged
    }

    /// Whether what the decoder still holds passes.
    func passesToTheEnd() -> Bool {
        decoder.sendEnd()
        return receiveAll()
    }

    private func receiveAll() -> Bool {
        let logged = LogCapture.errorCount
        do throws(LibAVError) {
            while try decoder.receive(into: decoded) == .ready {
                frames += 1
                guard !decoded.isDamaged, isWanted(decoded) else { return false }
            }
        } catch {
            return false
        }
        return LogCapture.errorCount == logged
    }
}
