import SystemPackage
import Testing

@testable import JobRunner

@Suite struct LaneHoldsTests {
    let full: FilePath = "/nas/cam1/original"
    let fine: FilePath = "/nas/cam2/original"

    @Test func heldFolderIsLeftAloneUntilItsTimeAndOthersAreNot() {
        var holds = LaneHolds()
        _ = holds.hold(full, until: .seconds(15))
        #expect(holds.isHeld(full, at: .seconds(14)))
        #expect(!holds.isHeld(full, at: .seconds(15)))
        #expect(!holds.isHeld(fine, at: .zero))
        #expect(holds.nextEnd(after: .zero) == .seconds(15))
        #expect(holds.nextEnd(after: .seconds(15)) == nil)
    }

    @Test func holdIsNewsOnceUntilAJobOfTheFolderSucceeds() {
        var holds = LaneHolds()
        let first = holds.hold(full, until: .seconds(15))
        let second = holds.hold(full, until: .seconds(30))
        #expect(first && !second)
        holds.release(full)
        #expect(!holds.isHeld(full, at: .zero))
        let third = holds.hold(full, until: .seconds(45))
        #expect(third)
    }
}
