@testable import ProRes

/// Bits, the uppermost first.
struct BitWriter {
    private(set) var bytes: [UInt8] = []
    private var count = 0

    mutating func write(_ value: Int, bits: Int) {
        for bit in (0..<bits).reversed() {
            if count % 8 == 0 { bytes.append(0) }
            if value >> bit & 1 != 0 { bytes[count / 8] |= 0x80 >> UInt8(count % 8) }
            count += 1
        }
    }

    mutating func write(_ value: Int, _ book: Codebook) {
        let rest = value - (book.lastRice + 1) << book.riceOrder
        if rest < 0 {
            write(1, bits: value >> book.riceOrder + 1)
            write(value & (1 << book.riceOrder - 1), bits: book.riceOrder)
        } else {
            let number = rest + 1 << book.exponentialOrder
            let width = Int.bitWidth - number.leadingZeroBitCount
            write(0, bits: width - book.exponentialOrder + book.lastRice)
            write(number, bits: width)
        }
    }
}

/// A frame for tests.
struct FrameWriter {
    var width = 32
    var height = 16
    var hasFullChroma = false
    var version = 0
    /// 0 for progressive, 1 and 2 for two fields.
    var fields = 0
    var matrices: [[UInt8]] = []
    /// Bit 1 for a matrix of luma, bit 0 for one of chroma.
    var matrixFlags = 0
    /// Widest slice, as a power of two of macroblocks.
    var sliceWidth = 1
    var scale = 32
    /// The scanned coefficients of a block: of a plane, a macroblock's column and row, and the block's number in it.
    var block: (_ plane: Int, _ column: Int, _ row: Int, _ index: Int) -> [Int] = { _, _, _, _ in [0] }

    func frame() -> [UInt8] {
        var header = word(0) + word(version) + Array("test".utf8) + word(width) + word(height)
        header += [UInt8((hasFullChroma ? 0xC0 : 0x80) | fields << 2), 0, 1, 2, 6, 0, 0, UInt8(matrixFlags)]
        for matrix in matrices { header += matrix }
        header.replaceSubrange(0..<2, with: word(header.count))
        var sizes: [UInt8] = []
        var slices: [UInt8] = []
        for row in 0..<(height + 15) / 16 {
            var column = 0
            let columns = (width + 15) / 16
            while column < columns {
                var count = 1 << sliceWidth
                while count > columns - column { count /= 2 }
                let slice = slice(column: column, row: row, count: count)
                sizes += word(slice.count)
                slices += slice
                column += count
            }
        }
        let size = 8 + sizes.count + slices.count
        let picture =
            [8 << 3] + word(size >> 16) + word(size & 0xFFFF) + word(sizes.count / 2) + [UInt8(sliceWidth << 4)]
        let body = Array("icpf".utf8) + header + picture + sizes + slices
        return word((body.count + 4) >> 16) + word((body.count + 4) & 0xFFFF) + body
    }

    private func slice(column: Int, row: Int, count: Int) -> [UInt8] {
        let planes = (0..<3).map { plane in
            let inOne = plane == 0 || hasFullChroma ? 4 : 2
            let blocks = (0..<count * inOne).map { block(plane, column + $0 / inOne, row, $0 % inOne) }
            return FrameWriter.written(blocks)
        }
        return [6 << 3, UInt8(scale)] + word(planes[0].count) + word(planes[1].count) + planes.joined()
    }

    private static func written(_ blocks: [[Int]]) -> [UInt8] {
        var writer = BitWriter()
        let first = blocks[0][0]
        writer.write(first < 0 ? -2 * first - 1 : 2 * first, .first)
        var (last, code, isNegative) = (first, 5, false)
        for block in blocks.dropFirst() {
            let difference = block[0] - last
            last = block[0]
            let book = CodebookChoice.differences.book(after: code)
            code = difference == 0 ? 0 : 2 * abs(difference) - ((difference < 0) == isNegative ? 0 : 1)
            writer.write(code, book)
            isNegative = difference < 0
        }
        var (run, lastRun, amount) = (0, 4, 2)
        for place in 1..<64 {
            for block in blocks {
                let value = place < block.count ? block[place] : 0
                guard value != 0 else {
                    run += 1
                    continue
                }
                writer.write(run, CodebookChoice.runs.book(after: lastRun))
                lastRun = run
                run = 0
                writer.write(abs(value) - 1, CodebookChoice.levels.book(after: amount))
                amount = abs(value)
                writer.write(value < 0 ? 1 : 0, bits: 1)
            }
        }
        return writer.bytes
    }

    private func word(_ value: Int) -> [UInt8] { [UInt8(value >> 8 & 0xFF), UInt8(value & 0xFF)] }
}
