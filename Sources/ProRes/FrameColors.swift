/// How a frame's samples are to be understood, in code points of ISO/IEC 23091-2 (as RDD 36 has them).
public struct FrameColors: Sendable, Hashable {
    public let primaries: Int
    public let transfer: Int
    public let matrix: Int

    init?(_ frame: Span<UInt8>, at offset: Int) {
        guard let primaries = frame.byte(at: offset), let transfer = frame.byte(at: offset + 1),
            let matrix = frame.byte(at: offset + 2)
        else { return nil }
        self.primaries = primaries
        self.transfer = transfer
        self.matrix = matrix
    }
}
