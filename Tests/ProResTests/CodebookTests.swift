import Testing

@testable import ProRes

@Suite struct CodebookTests {
    static let choices = [CodebookChoice.differences, .runs, .levels, CodebookChoice(books: [.first])]

    @Test(arguments: choices.indices)
    func whatIsWrittenIsRead(choice: Int) {
        for book in Set(CodebookTests.choices[choice].books) {
            for value in 0..<5000 {
                var writer = BitWriter()
                writer.write(value, book)
                writer.write(0x5A5A, bits: 16)
                let bits = writer.bytes.prefix(8).enumerated().reduce(UInt64(0)) {
                    $0 | UInt64($1.element) << UInt64(56 - 8 * $1.offset)
                }
                let read = book.read(bits)
                #expect(read?.value == value)
                #expect(read.map { $0.length + 16 + 7 >= 8 * writer.bytes.count } == true)
            }
        }
    }

    /// A table knows the short codes, and which codebook comes next.
    @Test func tablesAgreeWithTheirCodebooks() {
        for codes in [ShortCodes.runs, ShortCodes.levels] {
            var short = 0
            for (index, book) in codes.books.enumerated() {
                for ahead in 0..<ShortCodes.stride {
                    let entry = Int(codes.entries[index * ShortCodes.stride + ahead])
                    // What follows the nine bits must not matter.
                    for rest in [UInt64(1), 1 << 54] {
                        let read = book.read(UInt64(ahead) << UInt64(64 - ShortCodes.bits) | rest)
                        guard entry & 15 != 0 else {
                            #expect(read.map { $0.length > ShortCodes.bits } ?? true)
                            continue
                        }
                        short += 1
                        #expect(read?.length == entry & 15)
                        #expect(read?.value == entry >> 8)
                        #expect(entry >> 4 & 15 == codes.book(after: entry >> 8))
                    }
                }
            }
            #expect(short > 1000)
        }
    }

    @Test func codesOfMoreThan31BitsAreRefused() {
        for choice in CodebookTests.choices {
            for book in choice.books {
                #expect(book.read(0) == nil)
                #expect(book.read(1 << 40) == nil)
            }
        }
    }
}
