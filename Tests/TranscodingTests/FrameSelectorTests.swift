import Testing

@testable import LibAV
@testable import Transcoding

@Suite struct FrameSelectorTests {
    /// Runs the selection over frames and lists which frame each slot shows.
    private func select(_ frames: [(pts: Int64, duration: Int64)], timeBase: Rational, rate: Rational = Rational(10, 1))
        -> [(slot: Int64, frame: Int)]
    {
        var selector = FrameSelector(timeBase: timeBase, rate: rate)
        var shown: [(Int64, Int)] = []
        for (index, frame) in frames.enumerated() {
            shown += selector.take(pts: frame.pts, duration: frame.duration).map { ($0, index - 1) }
        }
        shown += selector.finish().map { ($0, frames.count - 1) }
        return shown
    }

    private func constant(_ count: Int, _ rate: Rational) -> (frames: [(Int64, Int64)], timeBase: Rational) {
        ((0..<count).map { (Int64($0), 1) }, rate.inverse)
    }

    struct Table: Sendable, CustomTestStringConvertible {
        let rate: Rational
        let count: Int
        let shown: [Int]
        var testDescription: String { "\(rate) frames per second" }
    }

    /// The indices that libavfilter 5.1 shows (measured), for one second of each rate.
    @Test(arguments: [
        Table(rate: Rational(30, 1), count: 30, shown: [1, 4, 7, 10, 13, 16, 19, 22, 25, 28]),
        Table(rate: Rational(25, 1), count: 25, shown: [1, 3, 6, 8, 11, 13, 16, 18, 21, 23]),
        Table(rate: Rational(24, 1), count: 24, shown: [1, 3, 5, 8, 10, 13, 15, 17, 20, 22]),
        Table(rate: Rational(50, 1), count: 50, shown: [2, 7, 12, 17, 22, 27, 32, 37, 42, 47]),
        Table(rate: Rational(60, 1), count: 60, shown: [2, 8, 14, 20, 26, 32, 38, 44, 50, 56]),
        Table(rate: Rational(30000, 1001), count: 30, shown: [1, 4, 7, 10, 13, 16, 19, 22, 25, 28]),
        Table(rate: Rational(10, 1), count: 10, shown: Array(0..<10)),
    ])
    func constantRateShowsTheLastFrameOfEachSlot(table: Table) {
        let (frames, timeBase) = constant(table.count, table.rate)
        let shown = select(frames, timeBase: timeBase)
        #expect(shown.map(\.frame) == table.shown)
        #expect(shown.map(\.slot) == Array(0..<Int64(table.shown.count)))
    }

    @Test func slowOriginalRepeatsFrames() {
        let (frames, timeBase) = constant(5, Rational(5, 1))
        #expect(select(frames, timeBase: timeBase).map(\.frame) == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4])
    }

    @Test func rateOfTheOriginalShowsEachFrameOnce() {
        let rate = Rational(1123, 250)
        let (frames, timeBase) = constant(20, rate)
        #expect(select(frames, timeBase: timeBase, rate: rate).map(\.frame) == Array(0..<20))
    }

    @Test func variableRateGoesByTimeStamps() {
        let frames: [(Int64, Int64)] = [(0, 40), (40, 300), (340, 10), (350, 10), (360, 500), (860, 40)]
        let shown = select(frames, timeBase: Rational(1, 1000))
        // R: 0 0 3 4 4 9, end 9.
        #expect(shown.map(\.frame) == [1, 1, 1, 2, 4, 4, 4, 4, 4])
    }

    @Test(arguments: [Int64(1), 20, 49, 51, 100])
    func oneFrameIsAlwaysShown(duration: Int64) {
        let shown = select([(0, duration)], timeBase: Rational(1, 1000))
        #expect(shown.map(\.slot) == [0])
    }

    @Test func twoFramesInOneShortSlotShowTheLast() {
        #expect(select([(0, 10), (10, 10)], timeBase: Rational(1, 1000)).map(\.frame) == [1])
    }

    @Test func laterFirstFrameIsShownFromTheBeginning() {
        let shown = select([(230, 100), (330, 100)], timeBase: Rational(1, 1000))
        #expect(shown.map(\.slot) == [0, 1, 2, 3])
        #expect(shown.map(\.frame) == [0, 0, 0, 1])
    }

    @Test func onlyFrameIsShownFromTheBeginning() {
        let shown = select([(230, 100)], timeBase: Rational(1, 1000))
        #expect(shown.map(\.slot) == [0, 1, 2])
    }

    @Test func framesBeforeTheBeginningCompeteForTheFirstSlot() {
        let shown = select([(-300, 100), (-200, 100), (-100, 100), (0, 100), (100, 100)], timeBase: Rational(1, 1000))
        #expect(shown.map(\.slot) == [0, 1])
        #expect(shown.map(\.frame) == [3, 4])
    }

    @Test func gapIsFilledForTenSecondsAndThenJumpsOver() {
        let shown = select([(0, 100), (86_400_000, 100)], timeBase: Rational(1, 1000))
        #expect(shown.count == 101)
        #expect(shown[99].slot == 99)
        #expect(shown[100] == (864_000, 1))
    }

    @Test func extremeTimeStampsDoNotTrap() {
        let frames: [(Int64, Int64)] = [(.min, .max), (.max, .max), (.min, 0), (0, .max)]
        #expect(select(frames, timeBase: Rational(1, 1)).count <= 300)
        #expect(select([(.max, .max)], timeBase: Rational(1, 1)).count <= 100)
    }
}
