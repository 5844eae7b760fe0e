import Domain
import LibAV

/// The second half of the picture's way: scale, encode, write.
final class PictureOutput {
    private let encoder: Encoder
    private let writer: ProxyWriter
    private let scaled: Frame
    private let encoded: Packet
    private let onScaledFrame: ((_ slot: Int64, _ frame: borrowing Frame) -> Void)?
    private var scaler: Scaler?

    let size: FrameSize
    private(set) var encodedFrames = 0
    private(set) var lastSlot: Int64 = 0

    init(
        _ encoder: consuming Encoder, size: FrameSize, writer: ProxyWriter,
        onScaledFrame: ((_ slot: Int64, _ frame: borrowing Frame) -> Void)?
    ) throws(LibAVError) {
        scaled = try Frame.allocatePicture(width: size.width, height: size.height)
        encoded = try Packet.allocate()
        self.encoder = encoder
        self.size = size
        self.writer = writer
        self.onScaledFrame = onScaledFrame
    }

    /// Scales a picture and encodes it for some slots.
    /// - Parameter halving: whether scaling may begin with averages of 2×2 samples.
    func show(_ picture: borrowing Frame, for slots: Range<Int64>, halving: Bool) throws(Failure) {
        try scale(picture, halving: halving)
        for slot in slots {
            onScaledFrame?(slot, scaled)
            scaled.setPts(slot)
            try writing { () throws(LibAVError) in try encoder.send(scaled) }
            encodedFrames += 1
            lastSlot = slot
            try drain()
        }
    }

    /// Writes what the encoder still holds.
    func finish() throws(Failure) {
        try writing { () throws(LibAVError) in try encoder.sendEnd() }
        try drain()
    }

    private func scale(_ picture: borrowing Frame, halving: Bool) throws(Failure) {
        let format = picture.pictureFormat
        if scaler?.source != format {
            guard format.isSupported else {
                throw Failure.withLog(
                    .unsupportedCodec,
                    "The original's pixel format (\(format.pixelFormatName)) cannot be converted: convert it first.")
            }
            scaler = try writing { () throws(LibAVError) in
                try Scaler.open(from: format, toWidth: size.width, height: size.height, halving: halving)
            }
        }
        do throws(LibAVError) {
            try scaler?.scale(picture, into: scaled)
        } catch {
            throw Failure.writing(error)
        }
    }

    private func drain() throws(Failure) {
        while try writing({ () throws(LibAVError) in try encoder.receive(into: encoded) }) == .ready {
            // libx264's wrapper in libavcodec 5.1 sets none, and the muxer needs the last one's.
            if encoded.duration == 0 { encoded.setDuration(1) }
            try writer.writeVideo(encoded, from: encoder.timeBase)
        }
    }
}
