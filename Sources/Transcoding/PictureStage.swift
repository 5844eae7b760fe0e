import Domain
import LibAV

/// Scaling and encoding on a thread of their own, beside the decoding of the pictures that follow.
final class PictureStage {
    /// Pictures that wait: enough that neither side waits for a single slow one, and few, for each is a whole picture of
    /// the original's size.
    private static let capacity = 2
    /// Larger ones are not kept: three more of 8K would take what the worker may have.
    private static let mostPixels = 1 << 24

    private final class Showing {
        let picture: Frame
        var slots: Range<Int64> = 0..<0
        var halving = false
        init(_ picture: consuming Frame) { self.picture = picture }
    }

    private let stage: Stage<Showing>

    /// - Parameter size: of the original's pictures.
    /// - Returns: `nil` where they are too large, or there is no thread to be had.
    init?(_ output: PictureOutput, size: FrameSize) {
        guard size.width * size.height <= PictureStage.mostPixels else { return nil }
        let stage = Stage<Showing>(capacity: PictureStage.capacity) { showing throws(Failure) in
            try output.show(showing.picture, for: showing.slots, halving: showing.halving)
            showing.picture.release()
        }
        guard let stage else { return nil }
        self.stage = stage
    }

    /// Takes over the picture, which is empty afterwards.
    /// - Throws: what failed with an earlier picture.
    func show(_ picture: borrowing Frame, for slots: Range<Int64>, halving: Bool) throws(Failure) {
        let showing: Showing
        if let used = stage.spare() {
            showing = used
        } else {
            showing = Showing(try writing { () throws(LibAVError) in try Frame.allocate() })
        }
        showing.picture.take(from: picture)
        showing.slots = slots
        showing.halving = halving
        try stage.give(showing)
    }

    /// Waits until all pictures are encoded.
    func finish() throws(Failure) { try stage.finish() }
}
