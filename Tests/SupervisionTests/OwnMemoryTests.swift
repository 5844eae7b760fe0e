import Testing

@testable import Supervision

@Suite struct OwnMemoryTests {
    @Test func programGoesOnAfterItsPagesWereGivenBack() {
        var words = (0..<10_000).map { "\($0)" }
        OwnMemory.giveBack()
        words.sort()
        #expect(words.count == 10_000 && words.first == "0")
    }
}
