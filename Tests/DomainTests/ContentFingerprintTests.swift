import Testing

@testable import Domain

@Suite struct ContentFingerprintTests {
    /// Test vectors of the reference implementation.
    @Test(
        arguments: [
            ("", 0xEF46_DB37_51D8_E999), ("a", 0xD24E_C4F1_A98C_6E5B), ("abc", 0x44BC_2CF5_AD77_0999),
            ("Nobody inspects the spammish repetition", 0xFBCE_A83C_8A37_8BF1),
        ] as [(String, UInt64)])
    func hashEqualsTheReference(_ text: String, _ hash: UInt64) { #expect(XXH64.hash(Array(text.utf8)) == hash) }

    @Test(arguments: [0, 1, 65_536, 262_144, 262_145, 1_000_003, 9_000_000_000_000_000_000] as [Int64])
    func samplesLieWithinTheFileInOrder(_ size: Int64) {
        let samples = ContentFingerprint.samples(ofSize: size)
        var end: Int64 = 0
        for sample in samples {
            #expect(sample.offset >= end)
            end = sample.offset + Int64(sample.length)
        }
        #expect(end == size)
        #expect(samples.reduce(0) { $0 + $1.length } <= 256 << 10)
        #expect(samples.first?.offset ?? 0 == 0)
    }

    @Test func sizeAndContentBothCount() {
        let one = ContentFingerprint(sizeBytes: 3, content: [1, 2, 3])
        #expect(one == ContentFingerprint(sizeBytes: 3, content: [1, 2, 3]))
        #expect(one != ContentFingerprint(sizeBytes: 4, content: [1, 2, 3]))
        #expect(one != ContentFingerprint(sizeBytes: 3, content: [1, 2, 4]))
        #expect(one.text.count == 22)
    }

    @Test(arguments: [(9, false), (10, true), (11, true)]) func lossOfHalfATreeIsNoWish(_ lost: Int, _ isMass: Bool) {
        #expect(RootLosses(present: 15, recentlyMissing: 0).isMassLoss(with: lost) == isMass)
        #expect(!RootLosses(present: 100, recentlyMissing: 0).isMassLoss(with: lost))
    }
}
