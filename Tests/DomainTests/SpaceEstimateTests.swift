import Domain
import Testing

@Suite struct SpaceEstimateTests {
    @Test func knownDurationDecides() {
        // 480 lines at 10 fps and 64 kbit/s of sound: 474 kbit/s.
        let minute = SpaceEstimate.proxyBytes(ofOriginal: 1 << 40, durationSeconds: 60, preset: .review)
        #expect((3_000_000...4_500_000).contains(minute))
        var better = Preset.review
        better.quality = 22
        #expect(SpaceEstimate.proxyBytes(ofOriginal: 1, durationSeconds: 60, preset: better) > minute * 3 / 2)
    }

    @Test(arguments: [nil, 0, -1, Double.nan, 1e30])
    func impossibleDurationLeavesTheOriginalsSize(seconds: Double?) {
        #expect(SpaceEstimate.proxyBytes(ofOriginal: 800, durationSeconds: seconds, preset: .review) == 100)
    }
}
