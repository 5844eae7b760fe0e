import LibAV
import Testing

@testable import Transcoding

@Suite struct FrameSpacingTests {
    /// Ten frames a second in milliseconds.
    private func isSteady(_ times: [Int64]) -> Bool {
        var spacing = FrameSpacing(rate: Rational(10, 1), timeBase: Rational(1, 1000))
        for time in times { spacing.take(time) }
        spacing.finish()
        return spacing.isSteady
    }

    private let even = (0..<40).map { Int64($0) * 100 }

    @Test func evenFramesAreSteady() { #expect(isSteady(even)) }

    @Test func jitterIsSteady() { #expect(isSteady(even.map { $0 + ($0 / 100 % 2) * 40 })) }

    @Test func reorderedFramesAreSteady() {
        var groups: [Int64] = []
        for start in stride(from: Int64(0), to: 4000, by: 400) {
            groups += [start, start + 300, start + 100, start + 200]
        }
        #expect(groups.sorted() == even)
        #expect(isSteady(groups))
    }

    @Test func missingFrameIsNot() { #expect(!isSteady(even.filter { $0 != 2000 })) }

    @Test func twoAtOnceAreNot() { #expect(!isSteady(even + [2010])) }

    @Test func lateOneIsNot() { #expect(!isSteady(even + [2050])) }

    /// Each step alone is allowed.
    @Test func otherRateIsNot() { #expect(!isSteady((0..<40).map { Int64($0) * 80 })) }

    @Test func firstFrameIsKnownAtTheEnd() {
        var spacing = FrameSpacing(rate: Rational(10, 1), timeBase: Rational(1, 1000))
        spacing.take(200)
        spacing.take(100)
        #expect(spacing.first == nil)
        spacing.finish()
        #expect(spacing.first == 100)
    }
}
