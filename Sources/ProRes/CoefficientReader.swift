// UNSAFE: `RawSpan.unsafeLoadUnaligned` checks its bounds; it reads integers only, of which every bit pattern is one.

/// Reads the lowest 4×4 frequencies of all blocks that a slice has of one plane.
///
/// A slice's coefficients are written frequency by frequency, each for all blocks, and the lowest sixteen come first
/// (RDD 36, slice scanning): what follows need not even be read.
struct CoefficientReader {
    /// Frequencies that are read: places of the scan, the same set in progressive and interlaced pictures.
    static let frequencies = 16
    /// A slice has at most that many blocks in one plane: eight macroblocks of four.
    static let mostBlocks = 32

    /// The coefficients: all blocks' first of the scan, then all blocks' second, and so on. With `blocks` of them, that of
    /// block b and place p is at `p * blocks + b`.
    private(set) var coefficients = [Int16](repeating: 0, count: frequencies * mostBlocks)
    private let runs = ShortCodes.runs
    private let levels = ShortCodes.levels

    /// - Parameters:
    ///   - bytes: the plane's part of the slice.
    ///   - blocks: in this plane of the slice: a power of two.
    /// - Returns: false where the slice is damaged.
    mutating func read(_ bytes: RawSpan, blocks: Int) -> Bool {
        for index in 0..<CoefficientReader.frequencies * blocks { coefficients[index] = 0 }
        var position = 0
        return readMeans(bytes, blocks: blocks, &position) && readOthers(bytes, blocks: blocks, &position)
    }

    /// The first frequency: differences from block to block, with a sign that turns or not.
    private mutating func readMeans(_ bytes: RawSpan, blocks: Int, _ position: inout Int) -> Bool {
        guard let first = Codebook.first.read(bytes.bits(at: position)) else { return false }
        position += first.length
        var mean = first.value >> 1 ^ -(first.value & 1)
        coefficients[0] = Int16(truncatingIfNeeded: mean)
        var last = 5
        var isNegative = false
        for block in 1..<blocks {
            let book = CodebookChoice.differences.book(after: last)
            guard let (value, length) = book.read(bytes.bits(at: position)) else { return false }
            position += length
            isNegative = value != 0 && isNegative != (value & 1 != 0)
            let amount = (value + 1) >> 1
            mean += isNegative ? -amount : amount
            coefficients[block] = Int16(truncatingIfNeeded: mean)
            last = value
        }
        return position <= 8 * bytes.byteCount
    }

    private mutating func readOthers(_ bytes: RawSpan, blocks: Int, _ position: inout Int) -> Bool {
        let end = 8 * bytes.byteCount
        let limit = CoefficientReader.frequencies * blocks
        let (runCodes, levelCodes) = (runs, levels)
        let (runs, levels) = (runCodes.entries.span, levelCodes.entries.span)
        var coefficients = coefficients.mutableSpan
        // As after a run of four zeros and an amount of two.
        var runBook = runCodes.book(after: 4)
        var levelBook = levelCodes.book(after: 1)
        var index = blocks - 1
        while true {
            let left = end - position
            guard left > 0 else { return left == 0 }
            var bits = bytes.bits(at: position)
            // Filled up with zeros to whole bytes.
            if left < 32, bits &>> UInt64(64 - left) == 0 { return true }
            let run: Int
            let short = Int(runs[runBook &* ShortCodes.stride &+ Int(bits &>> UInt64(64 - ShortCodes.bits))])
            if short & 15 != 0 {
                run = short &>> 8
                runBook = short &>> 4 & 15
                bits &<<= UInt64(short & 15)
                position &+= short & 15
            } else {
                guard let (value, length) = runCodes.books[runBook].read(bits) else { return false }
                run = value
                runBook = runCodes.book(after: value)
                position &+= length
                bits = bytes.bits(at: position)
            }
            index &+= run &+ 1
            guard index < limit else { return true }
            let amount: Int
            let shortLevel = Int(levels[levelBook &* ShortCodes.stride &+ Int(bits &>> UInt64(64 - ShortCodes.bits))])
            if shortLevel & 15 != 0 {
                amount = shortLevel &>> 8 &+ 1
                levelBook = shortLevel &>> 4 & 15
                bits &<<= UInt64(shortLevel & 15)
                position &+= shortLevel & 15
            } else {
                guard let (value, length) = levelCodes.books[levelBook].read(bits) else { return false }
                amount = value &+ 1
                levelBook = levelCodes.book(after: value)
                position &+= length
                bits = bytes.bits(at: position)
            }
            position &+= 1
            let sign = -Int(bits &>> 63)
            coefficients[index] = Int16(truncatingIfNeeded: (amount ^ sign) &- sign)
        }
    }
}

extension RawSpan {
    /// The bits from a position on, from the uppermost of the result down; at least 57 of them. Zeros beyond the end.
    @inline(__always)
    fileprivate func bits(at position: Int) -> UInt64 {
        let start = position &>> 3
        if start &+ 8 <= byteCount {
            let word = unsafe unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self)
            return word.bigEndian &<< UInt64(position & 7)
        }
        var word: UInt64 = 0
        for offset in start..<max(start, byteCount) {
            let byte = unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt8.self)
            word |= UInt64(byte) << UInt64(56 - 8 * (offset - start))
        }
        return word &<< UInt64(position & 7)
    }
}
