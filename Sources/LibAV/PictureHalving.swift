internal import CLibAV

/// Halves pictures by averaging blocks of 2×2 samples, into 8 bits for each: what is left is scaled at a fraction of the
/// cost. Of a field only pairs in a line are averaged where its lines are needed.
@safe
final class PictureHalving {
    /// Samples of one plane that are averaged into one.
    private let halvesLines: Bool
    private let planes: [(width: Int, lines: Int)]
    private let depth: Int
    private let field: PictureFormat.Field?
    let output: Frame
    /// The format that the output has: never a field.
    let target: PictureFormat

    /// - Returns: `nil` where the half would be smaller than what is wanted, or the format is not made of plain planes.
    static func make(from source: PictureFormat, atLeastWidth width: Int, height: Int) throws(LibAVError)
        -> PictureHalving?
    {
        let halvesLines = source.lines / 2 >= height
        guard source.width / 2 >= width, halvesLines || source.field != nil,
            let planes = source.planes, let depth = source.depth,
            planes.allSatisfy({ $0.width % 2 == 0 && (!halvesLines || $0.lines % 2 == 0) })
        else { return nil }
        let half = planes.map { (width: $0.width / 2, lines: halvesLines ? $0.lines / 2 : $0.lines) }
        let output = try Frame.allocate()
        unsafe output.pointer.pointee.format = source.pixelFormat8.rawValue
        unsafe output.pointer.pointee.width = Int32(half[0].width)
        unsafe output.pointer.pointee.height = Int32(half[0].lines)
        unsafe try check(av_frame_get_buffer(output.pointer, 0), "av_frame_get_buffer")
        return PictureHalving(source, halvesLines, half, depth, output)
    }

    private init(
        _ source: PictureFormat, _ halvesLines: Bool, _ planes: [(width: Int, lines: Int)], _ depth: Int,
        _ output: consuming Frame
    ) {
        self.halvesLines = halvesLines
        self.planes = planes
        self.depth = depth
        field = source.field
        // The middle of two chroma lines, where each lies at a distance from its luma (swscale's get_local_pos).
        let position = source.chromaLine
        target = PictureFormat(
            width: planes[0].width, height: planes[0].lines, pixelFormat: source.pixelFormat8.rawValue,
            matrix: source.matrix, range: source.range, field: nil,
            chromaLine: halvesLines && source.hasHalfChromaLines ? (position + 128) / 2 : position)
        self.output = output
    }

    /// Fills `output`.
    func run(_ picture: borrowing Frame) {
        for index in planes.indices {
            guard let (source, stride) = unsafe picture.plane(index, field),
                let (target, targetStride) = unsafe output.plane(index, nil)
            else { continue }
            let step = halvesLines ? 2 * stride : stride
            for line in 0..<planes[index].lines {
                let top = unsafe source + line * step
                let bottom = unsafe halvesLines ? top + stride : top
                unsafe average(top, bottom, into: target + line * targetStride, count: planes[index].width)
            }
        }
    }

    private func average(
        _ top: UnsafeMutablePointer<UInt8>, _ bottom: UnsafeMutablePointer<UInt8>,
        into out: UnsafeMutablePointer<UInt8>, count: Int
    ) {
        if depth == 8 {
            unsafe PictureHalving.averageBytes(top, bottom, into: out, count: count)
        } else {
            unsafe PictureHalving.averageWords(top, bottom, into: out, count: count, shift: UInt32(depth - 6))
        }
    }

    /// Sixteen at a time. Two neighbours are the two bytes of one word, in whatever order.
    private static func averageBytes(
        _ top: UnsafeMutablePointer<UInt8>, _ bottom: UnsafeMutablePointer<UInt8>,
        into out: UnsafeMutablePointer<UInt8>, count: Int
    ) {
        let low = SIMD16<UInt16>(repeating: 0xFF)
        var index = 0
        while index + 16 <= count {
            let one = unsafe UnsafeRawPointer(top + 2 * index).loadUnaligned(as: SIMD16<UInt16>.self)
            let two = unsafe UnsafeRawPointer(bottom + 2 * index).loadUnaligned(as: SIMD16<UInt16>.self)
            let sum = (one & low) &+ (one &>> 8) &+ (two & low) &+ (two &>> 8) &+ 2
            unsafe UnsafeMutableRawPointer(out + index).storeBytes(
                of: SIMD16<UInt8>(truncatingIfNeeded: sum &>> 2), as: SIMD16<UInt8>.self)
            index += 16
        }
        while index < count {
            let sum =
                unsafe Int(top[2 * index]) + Int(top[2 * index + 1]) + Int(bottom[2 * index])
                + Int(bottom[2 * index + 1])
            unsafe out[index] = UInt8((sum + 2) >> 2)
            index += 1
        }
    }

    /// The same for samples of 9 to 16 bits.
    /// - Parameter shift: from the sum of four to 8 bits.
    private static func averageWords(
        _ top: UnsafeMutablePointer<UInt8>, _ bottom: UnsafeMutablePointer<UInt8>,
        into out: UnsafeMutablePointer<UInt8>, count: Int, shift: UInt32
    ) {
        let low = SIMD8<UInt32>(repeating: 0xFFFF)
        let shifts = SIMD8<UInt32>(repeating: shift)
        let half = SIMD8<UInt32>(repeating: 1 << (shift - 1))
        var index = 0
        // The last few are done again with those before them.
        while index < count {
            index = min(index, max(0, count - 8))
            let one = unsafe UnsafeRawPointer(top + 4 * index).loadUnaligned(as: SIMD8<UInt32>.self)
            let two = unsafe UnsafeRawPointer(bottom + 4 * index).loadUnaligned(as: SIMD8<UInt32>.self)
            var sum = (one & low) &+ (one &>> 16) &+ (two & low) &+ (two &>> 16) &+ half
            sum = sum &>> shifts
            // Rounding may reach 256.
            sum = sum &- (sum &>> 8)
            unsafe UnsafeMutableRawPointer(out + index).storeBytes(
                of: SIMD8<UInt8>(truncatingIfNeeded: sum), as: SIMD8<UInt8>.self)
            index += 8
        }
    }
}
