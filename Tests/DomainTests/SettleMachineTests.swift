import Domain
import Testing

@Suite struct SettleMachineTests {
    private static let start: Int64 = 1_800_000_000_000_000_000

    private func look(
        size: Int64 = 100, modified: Int64 = start, changed: Int64 = start,
        _ writer: UploadObservation.WriterState = .free, _ structure: ContainerStructure = .cannotTell,
        age: Duration = .zero, holes: UploadObservation.HoleState = .none, server: Bool = false, marked: Bool = false
    ) -> UploadObservation {
        UploadObservation(
            identity: FileIdentity(
                device: 1, inode: 2, sizeBytes: size, modifiedNanoseconds: modified, changedNanoseconds: changed),
            writer: writer, structure: structure, age: age, holes: holes, isNFSServerRunning: server,
            isMarkedUnfinished: marked)
    }

    private var machine: SettleMachine {
        SettleMachine(settle: .seconds(10), stall: .showIncomplete(after: .seconds(600)))
    }

    @Test func quietFileWithoutAWriterIsReadyAfterTheWindow() {
        var machine = machine
        #expect(machine.take(look(), at: .zero) == .look(after: .seconds(10), busy: false))
        #expect(machine.take(look(age: .seconds(4)), at: .seconds(4)) == .look(after: .seconds(6), busy: false))
        #expect(machine.take(look(age: .seconds(10)), at: .seconds(10)) == .ready([.noWriter, .noHoles, .quiet]))
    }

    @Test func oldFileIsReadyAtTheFirstLook() {
        var machine = machine
        #expect(machine.take(look(age: .seconds(3600)), at: .zero) == .ready([.noWriter, .noHoles, .quiet]))
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
        #expect(machine.take(look(size: 200), at: .seconds(19)) == .ready([.noWriter, .noHoles, .quiet]))
    }

    @Test func secondWriterReopensTheWindow() {
        var machine = machine
        _ = machine.take(look(), at: .zero)
        #expect(machine.take(look(.busy), at: .seconds(9)) == .look(after: .microseconds(100), busy: true))
        #expect(machine.take(look(), at: .seconds(10)) == .look(after: .seconds(10), busy: false))
    }

    @Test func writerThatStalledForMinutesDoesNotMakeTheFileOld() {
        var machine = machine
        _ = machine.take(look(.busy), at: .zero)
        // The server gives up on the client and closes what it has.
        let closed = look(age: .seconds(300))
        #expect(machine.take(closed, at: .seconds(300)) == .look(after: .seconds(10), busy: false))
        #expect(machine.take(closed, at: .seconds(310)) == .ready([.noWriter, .noHoles, .quiet]))
    }

    @Test func busyLooksGrowRarerAndNeverEndInReady() {
        var machine = machine
        var pauses: [Duration] = []
        for number in 0..<20 {
            guard
                case .look(let pause, busy: true) = machine.take(
                    look(.busy, .whole, age: .seconds(9999)), at: .seconds(number * 60))
            else {
                Issue.record("not busy")
                return
            }
            pauses.append(pause)
        }
        // Fast at first, as the kernel may still be closing; then from 1 s to 30 s.
        #expect(pauses.prefix(9).map { $0 } == [100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_000].map(micro))
        #expect(pauses.dropFirst(9).map { $0 } == [1, 2, 4, 8, 16, 30, 30, 30, 30, 30, 30].map { .seconds($0) })
    }

    private func micro(_ count: Int) -> Duration { .microseconds(count) }

    @Test func eventMakesTheNextLooksFastAgain() {
        var machine = machine
        for number in 0..<20 { _ = machine.take(look(.busy), at: .seconds(number)) }
        machine.noteEvent()
        #expect(machine.take(look(.busy), at: .seconds(21)) == .look(after: .microseconds(100), busy: true))
    }

    @Test func wholeContainerWithoutAWriterIsReadyAtOnce() {
        var machine = machine
        #expect(machine.take(look(.free, .whole), at: .zero) == .ready([.noWriter, .containerComplete, .noHoles]))
    }

    @Test func wholeContainerBesideTheKernelsNFSServerNeedsThreeQuietSeconds() {
        var machine = machine
        let seen = look(.free, .whole, server: true)
        #expect(machine.take(seen, at: .zero) == .look(after: .seconds(3), busy: false))
        #expect(
            machine.take(look(size: 200, .free, .whole, server: true), at: .seconds(2))
                == .look(after: .seconds(3), busy: false))
        #expect(
            machine.take(look(size: 200, .free, .whole, server: true), at: .seconds(5))
                == .ready([.noWriter, .containerComplete, .noHoles, .nfsServerQuiet]))
    }

    @Test func wholeContainerWithHolesIsReadyWithAWarningAfterHalfAMinute() {
        var machine = machine
        let holed = look(.free, .whole, holes: .found)
        #expect(machine.take(holed, at: .zero) == .look(after: .seconds(30), busy: false))
        #expect(
            machine.take(holed, at: .seconds(30)) == .ready([.noWriter, .containerComplete, .hasHoles, .quiet]))
    }

    @Test func holesMakeAContainerThatCannotTellWaitLonger() {
        var machine = machine
        let holed = look(holes: .found)
        #expect(machine.take(holed, at: .zero) == .look(after: .seconds(30), busy: false))
        #expect(machine.take(holed, at: .seconds(30)) == .ready([.noWriter, .hasHoles, .quiet]))
    }

    @Test func unknownHolesProveNothing() {
        var machine = machine
        #expect(
            machine.take(look(.free, .whole, holes: .unknown), at: .zero) == .look(after: .seconds(10), busy: false))
    }

    @Test func wholeContainerWithoutAnOracleNeedsTwoEqualLooks() {
        var machine = machine
        #expect(
            machine.take(look(.unknown, .whole, age: .seconds(99)), at: .zero) == .look(after: .seconds(5), busy: false)
        )
        #expect(
            machine.take(look(.unknown, .whole), at: .seconds(5))
                == .ready([.equalSamples, .containerComplete, .noHoles]))
    }

    @Test func withoutAnOracleOnlyEqualLooksOverAMinuteCount() {
        var machine = machine
        let old = look(.unknown, age: .seconds(9999), holes: .unknown)
        #expect(machine.take(old, at: .zero) == .look(after: .seconds(60), busy: false))
        #expect(machine.take(old, at: .seconds(60)) == .ready([.equalSamples]))
    }

    @Test func longerSettleWindowHoldsWithoutAnOracleToo() {
        var machine = SettleMachine(settle: .seconds(90), stall: .showIncomplete(after: .seconds(600)))
        #expect(machine.take(look(.unknown), at: .zero) == .look(after: .seconds(90), busy: false))
    }

    @Test func noticeReplacesEveryWaitAndNoVeto() {
        for writer in [UploadObservation.WriterState.free, .unknown] {
            var machine = machine
            machine.notify()
            guard case .ready(let evidence) = machine.take(look(writer, holes: .found), at: .zero) else {
                Issue.record("not ready in spite of the notice")
                continue
            }
            #expect(evidence.first == .notified && evidence.contains(.hasHoles))
        }
        for vetoed in [look(.free, .cutShort(missingBytes: 3)), look(size: 0), look(marked: true), look(.busy)] {
            var machine = machine
            machine.notify()
            guard case .look = machine.take(vetoed, at: .zero) else {
                Issue.record("ready in spite of a veto")
                continue
            }
        }
    }

    @Test func noticeDuringTheLastWritesHoldsUntilTheWriterIsGone() {
        var machine = machine
        machine.notify()
        _ = machine.take(look(.busy), at: .zero)
        #expect(machine.take(look(size: 200), at: .seconds(1)) == .ready([.notified, .noWriter, .noHoles]))
    }

    @Test func noticeOfAFileThatGoesOnIsForgotten() {
        var machine = machine
        machine.notify()
        _ = machine.take(look(.free, .cutShort(missingBytes: 3)), at: .zero)
        #expect(machine.take(look(size: 200), at: .seconds(1)) == .look(after: .seconds(10), busy: false))
    }

    @Test func emptyFileThatGrowsIsNoResume() {
        var machine = machine
        _ = machine.take(look(size: 0), at: .zero)
        _ = machine.take(look(size: 200), at: .seconds(60))
        #expect(machine.resumes == 0)
    }

    @Test func resumeIsCountedWhereHalfTheWindowWasUsedUp() {
        var machine = machine
        _ = machine.take(look(), at: .zero)
        _ = machine.take(look(size: 200), at: .seconds(4))
        #expect(machine.resumes == 0, "chunks in quick succession are one upload")
        _ = machine.take(look(size: 300), at: .seconds(9))
        #expect(machine.resumes == 1)
        _ = machine.take(look(size: 300, .busy), at: .seconds(60))
        _ = machine.take(look(size: 400), at: .seconds(80))
        #expect(machine.resumes == 1, "a writer that was seen all the time resumes nothing")
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

    @Test func uploadersOwnMarkIsAVeto() {
        var machine = machine
        let marked = look(.free, .whole, age: .seconds(9999), marked: true)
        #expect(machine.take(marked, at: .zero) == .stalled(lookAfter: .seconds(1)))
        #expect(
            machine.take(look(.free, .whole), at: .seconds(1)) == .ready([.noWriter, .containerComplete, .noHoles]))
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
            machine.take(look(size: 200, .free, .whole), at: .seconds(60))
                == .ready([.noWriter, .containerComplete, .noHoles]))
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
