// UNSAFE: `unsafeBitCast` between vectors of four numbers of 32 bits, of which every bit pattern is one.

/// Turns the lowest 4×4 frequencies of 8×8 blocks into 4×4 samples of 8 bits: the block at half its size.
///
/// The inverse transform of four points takes the lower half of the eight-point transform's frequencies, each side's
/// divided by √2, as libjpeg's scaled decoding does. A sample is half of the transform's output plus 128: RDD 36's
/// 2^(bits−9) · (output + 256) for 8 bits.
struct HalfTransform {
    /// What each place of the scan is multiplied with, in the same order as the coefficients.
    private let factors: InlineArray<16, Float>

    /// Row and column of the scan's first sixteen places in a progressive picture (RDD 36, block scanning).
    private static let scan: [(row: Int, column: Int)] = [
        (0, 0), (0, 1), (1, 0), (1, 1), (0, 2), (0, 3), (1, 2), (1, 3),
        (2, 0), (2, 1), (3, 0), (3, 1), (2, 2), (2, 3), (3, 2), (3, 3),
    ]
    /// The scan's place of each row and column.
    private static let places: [Int] = (0..<16).map { at in
        scan.firstIndex { $0.row == at / 4 && $0.column == at % 4 } ?? 0
    }

    /// - Parameters:
    ///   - matrix: weights of the 64 frequencies, in rows of eight.
    ///   - scale: the slice's factor of them.
    init(matrix: [UInt8], scale: Int) {
        // 1/√N for the first frequency and √(2/N) for the others; cos(π/4) is drawn in, for it is the third's only one.
        let sides: InlineArray<4, Float> = [0.5, Float(0.5).squareRoot(), 0.5, Float(0.5).squareRoot()]
        factors = InlineArray { place in
            let (row, column) = HalfTransform.scan[place]
            // An eighth of the weight; a half for both sides' √2; a half for samples of 8 bits.
            return Float(Int(matrix[row * 8 + column]) * scale) / 32 * sides[row] * sides[column]
        }
    }

    /// Makes the samples of four blocks.
    ///
    /// - Parameters:
    ///   - coefficients: as `CoefficientReader` leaves them.
    ///   - first: the first of the four blocks.
    ///   - blocks: blocks of the slice.
    /// - Returns: the blocks' four lines; in each, a number per block, with the leftmost of the four samples in its lowest
    ///   byte.
    @inline(__always)
    func samples(_ coefficients: Span<Int16>, first: Int, blocks: Int) -> InlineArray<4, SIMD4<UInt32>> {
        var table = InlineArray<16, SIMD4<Float>>(repeating: .zero)
        for at in 0..<16 {
            let place = HalfTransform.places[at]
            let start = place &* blocks &+ first
            let numbers = SIMD4<Float>(
                Float(coefficients[start]), Float(coefficients[start &+ 1]), Float(coefficients[start &+ 2]),
                Float(coefficients[start &+ 3]))
            table[at] = numbers * factors[place]
        }
        table[0] += 128
        for column in 0..<4 {
            (table[column], table[4 &+ column], table[8 &+ column], table[12 &+ column]) = HalfTransform.points(
                table[column], table[4 &+ column], table[8 &+ column], table[12 &+ column])
        }
        var lines = InlineArray<4, SIMD4<UInt32>>(repeating: .zero)
        for line in 0..<4 {
            let (one, two, three, four) = HalfTransform.points(
                table[4 &* line], table[4 &* line &+ 1], table[4 &* line &+ 2], table[4 &* line &+ 3])
            lines[line] =
                HalfTransform.bytes(one) | HalfTransform.bytes(two) &<< 8 | HalfTransform.bytes(three) &<< 16
                | HalfTransform.bytes(four) &<< 24
        }
        return lines
    }

    private static let nearCosine = Float(0.923_879_53)  // cos(π/8)
    private static let farCosine = Float(0.382_683_43)  // cos(3π/8)

    /// The inverse cosine transform of four points.
    @inline(__always)
    private static func points(
        _ zero: SIMD4<Float>, _ one: SIMD4<Float>, _ two: SIMD4<Float>, _ three: SIMD4<Float>
    ) -> (SIMD4<Float>, SIMD4<Float>, SIMD4<Float>, SIMD4<Float>) {
        let (outer, inner) = (zero + two, zero - two)
        let far = one * nearCosine + three * farCosine
        let near = one * farCosine - three * nearCosine
        return (outer + far, inner + near, inner - near, outer - far)
    }

    /// Rounded to whole numbers of 8 bits. The outermost codes belong to synchronisation and are never samples (RDD 36).
    @inline(__always)
    private static func bytes(_ samples: SIMD4<Float>) -> SIMD4<UInt32> {
        var bounded = samples
        bounded.replace(with: 1, where: samples .< 1)
        bounded.replace(with: 254, where: samples .> 254)
        // With 2^23 added, a number's lowest bits are those of its nearest whole number.
        let shifted = bounded + 8_388_608
        return unsafe unsafeBitCast(shifted, to: SIMD4<UInt32>.self) & 255
    }
}
