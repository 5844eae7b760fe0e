/// How small numbers are written: Golomb-Rice codes for the smallest, exponential Golomb codes for the others
/// (RDD 36, entropy coding of scanned coefficients).
struct Codebook: Sendable, Hashable {
    /// Bits after a Rice code's run of zeros and its one.
    let riceOrder: Int
    let exponentialOrder: Int
    /// Longest run of zeros of a Rice code.
    let lastRice: Int

    /// Of the first DC coefficient in a slice.
    static let first = Codebook(rice: 5, exponential: 6, lastRice: 0)

    init(rice: Int, exponential: Int, lastRice: Int) {
        riceOrder = rice
        exponentialOrder = exponential
        self.lastRice = lastRice
    }

    /// Reads one number.
    /// - Parameter bits: those to be read, from the uppermost on; at least 32 of them.
    /// - Returns: `nil` for a code of more than 31 bits, which no coefficient needs.
    @inline(__always)
    func read(_ bits: UInt64) -> (value: Int, length: Int)? {
        let zeros = bits.leadingZeroBitCount
        guard zeros > lastRice else {
            let rest = riceOrder == 0 ? 0 : Int((bits &<< UInt64(zeros + 1)) &>> UInt64(64 - riceOrder))
            return (zeros &<< riceOrder &+ rest, zeros &+ 1 &+ riceOrder)
        }
        let length = exponentialOrder &- lastRice &+ 2 &* zeros
        guard length <= 31 else { return nil }
        let number = Int(bits &>> UInt64(64 - length))
        return (number &- 1 &<< exponentialOrder &+ (lastRice &+ 1) &<< riceOrder, length)
    }
}

/// Which codebook the next number of a kind is written with: the last one says.
struct CodebookChoice: Sendable {
    /// By the last number; the last entry is for all larger ones.
    let books: [Codebook]

    @inline(__always)
    func book(after value: Int) -> Codebook { books[min(value, books.count - 1)] }

    private static let shortest = Codebook(rice: 0, exponential: 1, lastRice: 0)
    private static let shorter = Codebook(rice: 0, exponential: 1, lastRice: 1)
    private static let short = Codebook(rice: 0, exponential: 1, lastRice: 2)
    private static let even = Codebook(rice: 1, exponential: 2, lastRice: 0)
    private static let evenLonger = Codebook(rice: 1, exponential: 2, lastRice: 1)
    private static let wide = Codebook(rice: 2, exponential: 3, lastRice: 0)

    /// Of the differences of DC coefficients.
    static let differences = CodebookChoice(books: [
        shortest, even, even, Codebook(rice: 2, exponential: 3, lastRice: 1),
        Codebook(rice: 2, exponential: 3, lastRice: 1), Codebook(rice: 3, exponential: 4, lastRice: 0),
    ])

    /// Of the numbers of zeros between AC coefficients.
    static let runs = CodebookChoice(
        books: [short, short, shorter, shorter, shortest] + .init(repeating: evenLonger, count: 4)
            + .init(repeating: even, count: 6) + [wide])

    /// Of AC coefficients' amounts, less one.
    static let levels = CodebookChoice(
        books: [shortest, Codebook(rice: 0, exponential: 2, lastRice: 2), shorter, short, shortest]
            + .init(repeating: even, count: 4) + [wide])
}
