import Domain
import SystemPackage
import Testing

@testable import JobRunner

@Suite struct CandidateTableTests {
    let location = OriginalLocation(root: "/nas", dropFolder: "/nas/original", path: "/nas/original/clip.mov")

    func machine(settle: Duration) -> SettleMachine {
        SettleMachine(settle: settle, stall: .showIncomplete(after: .seconds(60)))
    }

    func observation(size: Int64, writer: UploadObservation.WriterState = .free, age: Duration = .zero)
        -> UploadObservation
    {
        let identity = FileIdentity(
            device: 1, inode: 2, sizeBytes: size, modifiedNanoseconds: 1_790_000_000_000_000_000 + size,
            changedNanoseconds: 0)
        return UploadObservation(identity: identity, writer: writer, structure: .cannotTell, age: age)
    }

    @Test func newCandidateIsLookedAtAtOnceAndOnlyOnceAtATime() {
        var table = CandidateTable()
        table.follow(location, machine: machine(settle: .seconds(10)), at: .zero)
        #expect(table.takeDue(at: .zero, limit: 8) == [location])
        #expect(table.takeDue(at: .seconds(60), limit: 8).isEmpty)
    }

    @Test func quietFileIsReadyAfterTheSettleWindow() {
        var table = CandidateTable()
        table.follow(location, machine: machine(settle: .seconds(10)), at: .zero)
        _ = table.takeDue(at: .zero, limit: 8)
        #expect(table.take(observation(size: 5), of: location.path, at: .zero) == .undecided)
        #expect(table.nextDue == .seconds(10))
        _ = table.takeDue(at: .seconds(10), limit: 8)
        let evidence = table.take(observation(size: 5, age: .seconds(10)), of: location.path, at: .seconds(10))
        #expect(evidence == .ready([.noWriter, .quiet]))
    }

    @Test func eventDuringALookAsksForAnotherBeforeTheUploadCounts() {
        var table = CandidateTable()
        table.follow(location, machine: machine(settle: .seconds(1)), at: .zero)
        _ = table.takeDue(at: .zero, limit: 8)
        table.follow(location, machine: machine(settle: .seconds(1)), at: .seconds(2))
        let evidence = table.take(observation(size: 5, age: .seconds(5)), of: location.path, at: .seconds(2))
        #expect(evidence == .undecided)
        #expect(table.takeDue(at: .seconds(2), limit: 8) == [location])
    }

    @Test func emptyFileIsShownAsIncompleteOnceAndResumesWhenItGrows() {
        var table = CandidateTable()
        table.follow(location, machine: machine(settle: .seconds(1)), at: .zero)
        #expect(table.take(observation(size: 0), of: location.path, at: .zero) == .undecided)
        #expect(table.take(observation(size: 0), of: location.path, at: .seconds(60)) == .incomplete)
        #expect(table.take(observation(size: 0), of: location.path, at: .seconds(90)) == .undecided)
        #expect(table.take(observation(size: 5), of: location.path, at: .seconds(91)) == .resumed)
        #expect(table.take(observation(size: 5), of: location.path, at: .seconds(92)) == .ready([.noWriter, .quiet]))
    }

    /// A server that gives up on a stalled upload closes it long after the last byte.
    @Test func fileThatIsOldAndCutAtTheFirstLookIsIncompleteOnceTheDatabaseFollowsIt() {
        var table = CandidateTable()
        table.follow(location, machine: machine(settle: .seconds(1)), at: .zero, isTentative: true)
        let old = observation(size: 0, age: .seconds(600))
        #expect(table.take(old, of: location.path, at: .zero) == .undecided)
        table.confirm(location.path)
        #expect(table.nextDue.map { $0 <= .seconds(1) } == true)
        #expect(table.take(old, of: location.path, at: .seconds(1)) == .incomplete)
    }

    @Test func heldFileIsBusyAndNotSettling() {
        var table = CandidateTable()
        table.follow(location, machine: machine(settle: .seconds(1)), at: .zero)
        _ = table.takeDue(at: .zero, limit: 8)
        _ = table.take(observation(size: 5, writer: .busy), of: location.path, at: .zero)
        #expect(table.settlingCount == 1, "the kernel may still be closing it")
        for number in 1..<10 {
            _ = table.take(observation(size: 5, writer: .busy), of: location.path, at: .milliseconds(number))
        }
        #expect(table.settlingCount == 0)
        #expect(table.busy == [location])
    }

    @Test func troublesAreCountedInARowAndForgottenAfterASuccess() {
        var table = CandidateTable()
        table.follow(location, machine: machine(settle: .seconds(1)), at: .zero)
        _ = table.takeDue(at: .zero, limit: 8)
        #expect(table.takeTrouble(of: location.path, at: .zero) == 1)
        _ = table.takeDue(at: .seconds(1), limit: 8)
        #expect(table.takeTrouble(of: location.path, at: .seconds(1)) == 2)
        _ = table.takeDue(at: .seconds(2), limit: 8)
        _ = table.take(observation(size: 5), of: location.path, at: .seconds(2))
        #expect(table.takeTrouble(of: location.path, at: .seconds(3)) == 1)
    }
}
