/// The codes of at most nine bits of every codebook that a `CodebookChoice` has, as one table: what is read, and with
/// which codebook the next number is.
///
/// Nearly every code is that short; looking it up spares the branches that a processor cannot predict.
struct ShortCodes: Sendable {
    static let bits = 9
    /// Entries of one codebook.
    static let stride = 1 << bits

    /// For each codebook, by the next bits: value in bits 8…, the next codebook's index in bits 4 to 7, the code's length in
    /// the lower four, which is 0 for a longer code.
    let entries: [UInt16]
    let books: [Codebook]
    /// Index of the codebook by the last number, as in `CodebookChoice.books`.
    let choice: [UInt8]

    init(_ choice: CodebookChoice) {
        var books: [Codebook] = []
        for book in choice.books where !books.contains(book) { books.append(book) }
        let indices = choice.books.map { book in UInt8(books.firstIndex(of: book) ?? 0) }
        self.books = books
        self.choice = indices
        entries = books.flatMap { book in
            (0..<ShortCodes.stride).map { index in
                let ahead = UInt64(index) << UInt64(64 - ShortCodes.bits)
                guard let (value, length) = book.read(ahead | 1), length <= ShortCodes.bits else { return 0 }
                return UInt16(value << 8 | Int(indices[min(value, indices.count - 1)]) << 4 | length)
            }
        }
    }

    /// Index of the codebook after a number.
    func book(after value: Int) -> Int { Int(choice[min(value, choice.count - 1)]) }

    static let runs = ShortCodes(.runs)
    /// By the amount, which is one more than what is read: the table is asked with that.
    static let levels = ShortCodes(
        CodebookChoice(books: Array(CodebookChoice.levels.books.dropFirst())))
}
