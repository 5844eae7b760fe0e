/// What the beginning of a compressed frame says (SMPTE RDD 36:2015, frame header).
struct FrameHeader {
    /// Bytes in front of the header: the frame's size, and "icpf".
    private static let prefix = 8
    private static let identifier = 0x6963_7066
    private static let matrixBytes = 64

    let width: Int
    let height: Int
    /// Whether a line has as many samples of chroma as of luma (4:4:4), and not half as many (4:2:2).
    let hasFullChroma: Bool
    /// One picture, not two of one field each.
    let isProgressive: Bool
    let colors: FrameColors
    /// Weights of the frequencies, in rows of eight.
    let lumaMatrix: [UInt8]
    let chromaMatrix: [UInt8]
    /// Bytes of the frame in front of its picture.
    let end: Int

    /// - Returns: `nil` where it is damaged, or of a kind that is left to other decoders.
    static func read(_ frame: Span<UInt8>) -> FrameHeader? {
        guard frame.word32(at: 4) == identifier, let size = frame.word16(at: prefix), prefix + size <= frame.count,
            let version = frame.word16(at: prefix + 2), version <= 1, let width = frame.word16(at: prefix + 8),
            let height = frame.word16(at: prefix + 10), let layout = frame.byte(at: prefix + 12), layout >> 6 >= 2,
            let colors = FrameColors(frame, at: prefix + 14), let flags = frame.byte(at: prefix + 19)
        else { return nil }
        let (hasLumaMatrix, hasChromaMatrix) = (flags & 2 != 0, flags & 1 != 0)
        // Decoders do not agree on chroma's weights where only luma's are there.
        guard !hasLumaMatrix || hasChromaMatrix else { return nil }
        var next = prefix + 20
        var matrices = [[UInt8](repeating: 4, count: matrixBytes), [UInt8](repeating: 4, count: matrixBytes)]
        for (index, isThere) in [hasLumaMatrix, hasChromaMatrix].enumerated() where isThere {
            guard next + matrixBytes <= prefix + size else { return nil }
            for place in 0..<matrixBytes { matrices[index][place] = frame[next + place] }
            next += matrixBytes
        }
        return FrameHeader(
            width: width, height: height, hasFullChroma: layout >> 6 == 3, isProgressive: layout >> 2 & 3 == 0,
            colors: colors, lumaMatrix: matrices[0], chromaMatrix: matrices[1], end: prefix + size)
    }
}
