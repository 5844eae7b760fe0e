import Domain
import Testing

@Suite struct SettleMachineTests {
    private static let start: Int64 = 1_800_000_000_000_000_000

    private func look(
        size: Int64 = 100, modified: Int64 = start, changed: Int64 = start,
        _ writer: UploadObservation.WriterState = .free, _ structure: ContainerStructure = .cannotTell,
        age: Duration = .zero
    ) -> UploadObservation {
        UploadObservation(
            identity: FileIdentity(
                device: 1, inode: 2, sizeBytes: size, modifiedNanoseconds: modified, changedNanoseconds: changed),
            writer: writer, structure: structure, age: age)
    }

    private var machine: SettleMachine {
        SettleMachine(settle: .seconds(10), stall: .showIncomplete(after: .seconds(600)))
    }

    @Test func quietFileWithoutAWriterIsReadyAfterTheWindow() {
        var machine = machine
        #expect(machine.take(look(), at: .zero) == .look(after: .seconds(10), busy: false))
        #expect(machine.take(look(age: .seconds(4)), at: .seconds(4)) == .look(after: .seconds(6), busy: false))
        #expect(machine.take(look(age: .seconds(10)), at: .seconds(10)) == .ready([.noWriter, .quiet]))
    }

    @Test func oldFileIsReadyAtTheFirstLook() {
        var machine = machine
        #expect(machine.take(look(age: .seconds(3600)), at: .zero) == .ready([.noWriter, .quiet]))
    }

    @Test func preservedModificationTimeDoesNotMakeAFileOld() {
        var machine = machine
        let copied = look(changed: Self.start + 3_598_000_000_000, age: .seconds(3600))
        #expect(machine.take(copied, at: .zero) == .look(after: .seconds(8), busy: false))
    }

    @Test func growthReopensTheWindow() {
        var machine = machine
        _ = machine.take(look(), at: .zero)
        #expect(machine.take(look(size: 200), at: .seconds(9)) == .look(after: .seconds(10), busy: false))
        #expect(machine.take(look(size: 200), at: .seconds(19)) == .ready([.noWriter, .quiet]))
    }

    @Test func secondWriterReopensTheWindow() {
        var machine = machine
        _ = machine.take(look(), at: .zero)
        #expect(machine.take(look(.busy), at: .seconds(9)) == .look(after: .milliseconds(250), busy: true))
        #expect(machine.take(look(), at: .seconds(10)) == .look(after: .seconds(10), busy: false))
    }

    @Test func writerThatStalledForMinutesDoesNotMakeTheFileOld() {
        var machine = machine
        _ = machine.take(look(.busy), at: .zero)
        // The server gives up on the client and closes what it has.
        let closed = look(age: .seconds(300))
        #expect(machine.take(closed, at: .seconds(300)) == .look(after: .seconds(10), busy: false))
        #expect(machine.take(closed, at: .seconds(310)) == .ready([.noWriter, .quiet]))
    }

    @Test func busyLooksGrowRarerAndNeverEndInReady() {
        var machine = machine
        var pauses: [Duration] = []
        for number in 0..<12 {
            guard
                case .look(let pause, busy: true) = machine.take(
                    look(.busy, age: .seconds(9999)), at: .seconds(number * 60))
            else {
                Issue.record("not busy")
                return
            }
            pauses.append(pause)
        }
        #expect(pauses.first == .milliseconds(250) && pauses.last == .seconds(30))
        #expect(pauses == pauses.sorted())
    }

    @Test func wholeContainerWithoutAWriterIsReadyAtOnce() {
        var machine = machine
        #expect(machine.take(look(.free, .whole), at: .zero) == .ready([.noWriter, .containerComplete]))
    }

    @Test func wholeContainerWithoutAnOracleNeedsTwoEqualLooks() {
        var machine = machine
        #expect(
            machine.take(look(.unknown, .whole, age: .seconds(99)), at: .zero) == .look(after: .seconds(5), busy: false)
        )
        #expect(machine.take(look(.unknown, .whole), at: .seconds(5)) == .ready([.quiet, .containerComplete]))
    }

    @Test func withoutAnOracleOnlyQuietThatWasSeenCounts() {
        var machine = machine
        let old = look(.unknown, age: .seconds(9999))
        #expect(machine.take(old, at: .zero) == .look(after: .seconds(10), busy: false))
        #expect(machine.take(old, at: .seconds(10)) == .ready([.quiet]))
    }

    @Test(arguments: [
        (Int64(100), Self.start, ContainerStructure.cutShort(missingBytes: nil)),
        (100, Self.start, .cutShort(missingBytes: 7)),
        (0, Self.start, .cannotTell),
        (100, 0, .whole),
        (100, 999_999_999, .cannotTell),
    ])
    func noTimeOverridesAVeto(size: Int64, modified: Int64, structure: ContainerStructure) {
        for writer in [UploadObservation.WriterState.free, .unknown] {
            var machine = machine
            for hour in 0..<100 {
                let observation = look(
                    size: size, modified: modified, changed: modified, writer, structure, age: .seconds(hour * 3600))
                switch machine.take(observation, at: .seconds(hour * 3600)) {
                case .look(_, busy: false): #expect(hour == 0, "a stall is shown after its timeout")
                case .stalled: #expect(hour > 0, "a stall is shown before its timeout")
                case .ready, .look(_, busy: true): Issue.record("ready or busy in spite of a veto")
                }
            }
        }
    }

    @Test func singlePassTakesACutFileAsItIsAfterTheSettleWindow() {
        var machine = SettleMachine(settle: .seconds(10), stall: .takeAsItIs)
        let cut = look(.free, .cutShort(missingBytes: 7))
        guard case .look(_, busy: false) = machine.take(cut, at: .zero) else {
            Issue.record("taken before the settle window")
            return
        }
        #expect(machine.take(cut, at: .seconds(10)) == .ready([.noWriter, .quiet]))
    }

    @Test func resumedUploadIsJudgedAnew() {
        var machine = machine
        _ = machine.take(look(.free, .cutShort(missingBytes: 100)), at: .zero)
        #expect(
            machine.take(look(size: 200, .free, .whole), at: .seconds(60)) == .ready([.noWriter, .containerComplete]))
    }

    @Test func timesAtTheEndsOfTheirRangeDoNotTrap() {
        for modified in [Int64.min, -1, .max] {
            for changed in [Int64.min, 0, .max] {
                var machine = machine
                _ = machine.take(look(modified: modified, changed: changed, age: .seconds(1)), at: .zero)
            }
        }
    }
}
