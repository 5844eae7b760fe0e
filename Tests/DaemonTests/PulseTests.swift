import Testing

@testable import Daemon

@Suite struct PulseTests {
    /// All organs at the same count.
    private func signs(_ count: UInt64, but different: [Pulse.Organ: Pulse.Sign] = [:]) -> [Pulse.Organ: Pulse.Sign] {
        Dictionary(uniqueKeysWithValues: Pulse.Organ.allCases.map { ($0, different[$0] ?? Pulse.Sign(count: count)) })
    }

    @Test func firstTickAsksAndHalfOfThePatienceLaterLifeIsTold() {
        var pulse = Pulse(interval: .seconds(10))
        #expect(pulse.tick(at: .seconds(1), signs(0)) == .ask)
        #expect(pulse.tick(at: .seconds(6), signs(1)) == .wait)
        #expect(pulse.tick(at: .seconds(11), signs(1)) == .feed)
        #expect(pulse.tick(at: .seconds(16), signs(2)) == .wait)
        #expect(pulse.tick(at: .seconds(21), signs(2)) == .feed)
    }

    @Test(arguments: Pulse.Organ.allCases) func oneSilentOrganEndsTheFeedingUntilItComesRound(_ organ: Pulse.Organ) {
        var pulse = Pulse(interval: .seconds(10))
        _ = pulse.tick(at: .zero, signs(4))
        let stuck = signs(9, but: [organ: Pulse.Sign(count: 4)])
        for second in [10, 15, 60, 3600] {
            #expect(pulse.tick(at: .seconds(second), stuck) == .withhold([organ]))
        }
        #expect(pulse.tick(at: .seconds(3605), signs(9)) == .feed)
    }

    @Test func excusedOrganAndAbsentOne() {
        var pulse = Pulse(interval: .seconds(10))
        _ = pulse.tick(at: .zero, signs(4))
        let waiting = signs(9, but: [.scheduler: Pulse.Sign(count: 4, isExcused: true)])
        #expect(pulse.tick(at: .seconds(10), waiting) == .feed)
        #expect(pulse.tick(at: .seconds(20), [:]) == .withhold(Pulse.Organ.allCases))
    }

    @Test func answersOfAFormerRoundCountForNothing() {
        var pulse = Pulse(interval: .seconds(10))
        _ = pulse.tick(at: .zero, signs(0))
        #expect(pulse.tick(at: .seconds(10), signs(5)) == .feed)
        #expect(pulse.tick(at: .seconds(20), signs(5)) == .withhold(Pulse.Organ.allCases))
    }
}
