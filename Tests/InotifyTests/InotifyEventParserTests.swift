import Testing

@testable import Inotify

@Suite struct InotifyEventParserTests {
    private func bytes(_ watch: Int32, _ mask: UInt32, _ cookie: UInt32, name: [UInt8], paddedTo length: Int) -> [UInt8]
    {
        let words = [UInt32(bitPattern: watch), mask, cookie, UInt32(length)]
        let header = words.flatMap { word in withUnsafeBytesOf(word) }
        return header + name + [UInt8](repeating: 0, count: length - name.count)
    }

    private func withUnsafeBytesOf(_ word: UInt32) -> [UInt8] {
        let ordered = UInt32(littleEndian: word)
        return (0..<4).map { UInt8(truncatingIfNeeded: ordered >> (8 * UInt32($0))) }
    }

    @Test func severalEventsAreTakenApartInOrder() {
        let read =
            bytes(7, 0x100, 0, name: Array("a.mp4".utf8), paddedTo: 16)
            + bytes(-1, 0x4000, 0, name: [], paddedTo: 0)
            + bytes(8, 0x4000_0040, 99, name: [0xff, 0x0a], paddedTo: 32)
        #expect(
            InotifyEventParser.parse(read[...]) == [
                InotifyEvent(watch: .init(rawValue: 7), mask: .create, name: Array("a.mp4".utf8)),
                InotifyEvent(watch: .init(rawValue: -1), mask: .queueOverflow),
                InotifyEvent(
                    watch: .init(rawValue: 8), mask: [.movedFrom, .isDirectory], cookie: 99, name: [0xff, 0x0a]),
            ])
    }

    @Test func emptyReadHasNoEvents() { #expect(InotifyEventParser.parse([]) == []) }

    @Test func everyCutIsNoticed() {
        let read = bytes(7, 0x100, 0, name: Array("a.mp4".utf8), paddedTo: 16)
        for end in 1..<read.count { #expect(InotifyEventParser.parse(read[..<end]) == nil) }
    }

    @Test func hostileLengthsAreRefused() {
        for length in [UInt32.max, 1 << 31, 17] {
            let read = [1, 0x100, 0, length].flatMap(withUnsafeBytesOf) + [UInt8](repeating: 0x61, count: 16)
            #expect(InotifyEventParser.parse(read[...]) == nil)
        }
    }

    @Test func randomBytesNeverTrap() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<5000 {
            let count = Int.random(in: 0..<200, using: &random)
            let read = (0..<count).map { _ in UInt8.random(in: 0...3, using: &random) }
            _ = InotifyEventParser.parse(read[...])
        }
    }
}
