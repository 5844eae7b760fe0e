/// Some macroblocks (16×16 samples of luma) that lie side by side and are coded without regard to others.
struct Slice {
    /// In macroblocks, from the picture's left and upper edge.
    let column: Int
    let row: Int
    /// Macroblocks: 1, 2, 4 or 8.
    let width: Int
    /// Factor of the matrices' weights.
    let scale: Int
    /// Where the coefficients of luma and of both chroma planes are, in bytes of the frame.
    let planes: InlineArray<3, Range<Int>>

    /// The slices of a picture.
    /// - Returns: `nil` where the picture is damaged.
    static func read(_ frame: Span<UInt8>, pictureAt start: Int, columns: Int, rows: Int) -> [Slice]? {
        guard let lead = frame.byte(at: start), lead >> 3 >= 8, let shape = frame.byte(at: start + 7), shape >> 4 <= 3,
            shape & 15 == 0
        else { return nil }
        let widest = 1 << (shape >> 4)
        let widths = widths(filling: columns, widest: widest)
        let index = start + lead >> 3
        var slices: [Slice] = []
        slices.reserveCapacity(rows * widths.count)
        var next = index + 2 * rows * widths.count
        for row in 0..<rows {
            var column = 0
            for width in widths {
                guard let size = frame.word16(at: index + 2 * slices.count), next + size <= frame.count,
                    let slice = Slice(frame, at: next, size: size, column: column, row: row, width: width)
                else { return nil }
                slices.append(slice)
                next += size
                column += width
            }
        }
        return slices
    }

    /// Slices of a row: as many of the widest as fit, then one of each power of two that is left.
    private static func widths(filling columns: Int, widest: Int) -> [Int] {
        var widths = [Int](repeating: widest, count: columns / widest)
        var rest = columns % widest
        var width = widest / 2
        while rest > 0 {
            if width <= rest {
                widths.append(width)
                rest -= width
            }
            width /= 2
        }
        return widths
    }

    private init?(_ frame: Span<UInt8>, at start: Int, size: Int, column: Int, row: Int, width: Int) {
        guard size >= 6, let lead = frame.byte(at: start), let code = frame.byte(at: start + 1),
            let luma = frame.word16(at: start + 2), let blue = frame.word16(at: start + 4)
        else { return nil }
        let headerBytes = lead >> 3
        // Without a size of its own, the second chroma plane has the rest: then there is no alpha.
        let isRest = headerBytes < 8
        guard headerBytes >= 6,
            let red = isRest ? size - headerBytes - luma - blue : frame.word16(at: start + 6), red >= 0,
            headerBytes + luma + blue + red <= size
        else { return nil }
        self.column = column
        self.row = row
        self.width = width
        let bounded = min(max(code, 1), 224)
        scale = bounded > 128 ? (bounded - 96) << 2 : bounded
        let first = start + headerBytes
        planes = [
            first..<first + luma, first + luma..<first + luma + blue, first + luma + blue..<first + luma + blue + red,
        ]
    }
}
