import LibAV
import Testing

@Suite struct RationalTests {
    /// Nearest, ties away from zero: `AV_ROUND_NEAR_INF` of libavutil/mathematics.h.
    @Test(arguments: [
        (Int64(5), Int64(1)), (4, 0), (15, 2), (14, 1), (-5, -1), (-4, 0), (-15, -2), (0, 0), (25, 3),
    ])
    func rescalingRoundsToTheNearestAndTiesAwayFromZero(ticks: Int64, expected: Int64) {
        #expect(Rational(1, 100).rescale(ticks, to: Rational(1, 10)) == expected)
    }

    @Test func rescalingClampsInsteadOfOverflowing() {
        #expect(Rational(1, 1).rescale(.max, to: Rational(1, 90000)) == .max)
        #expect(Rational(1, 1).rescale(.min, to: Rational(1, 90000)) == .min)
        #expect(Rational(1, 90000).rescale(.max, to: Rational(1, 1)) == Int64.max / 90000 + 1)
    }

    @Test func comparesAsFractions() {
        #expect(Rational(30000, 1001) < Rational(30, 1))
        #expect(!(Rational(30, 1) < Rational(30000, 1001)))
        #expect(Rational(2_000_002, 1_000_001).reduced(limit: 1000) == Rational(2, 1))
    }
}
