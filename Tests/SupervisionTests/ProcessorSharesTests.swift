import Testing

@testable import Supervision

@Suite struct ProcessorSharesTests {
    @Test func aLoneJobGetsAllProcessors() {
        let shares = ProcessorShares(processors: 4)
        #expect(shares.begin() == 4)
        shares.end()
        #expect(shares.begin() == 4)
    }

    @Test func jobsOfABacklogGetOneEach() {
        let shares = ProcessorShares(processors: 4)
        #expect((0..<6).map { _ in shares.begin() } == [4, 2, 1, 1, 1, 1])
        shares.end()
        #expect(shares.begin() == 1)
    }

    @Test func picturesOfManyThreadsStayWithinTheMemory() {
        #expect(ProcessorShares(processors: 128).begin() == ProcessorShares.most)
        #expect(ProcessorShares(processors: 1).begin() == 1)
        #expect(ProcessorShares.available >= 1)
    }
}
