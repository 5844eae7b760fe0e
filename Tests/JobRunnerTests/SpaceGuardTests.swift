import SystemPackage
import Testing

@testable import JobRunner

@Suite struct SpaceGuardTests {
    let folder: FilePath = "/nas/cam1/original"

    @Test func parallelJobsReserveWhatTheirProxiesMayTake() {
        var space = SpaceGuard(least: 100)
        let first = space.admit("1", to: folder, estimate: 50, available: 200)
        let second = space.admit("2", to: folder, estimate: 60, available: 200)
        #expect(first == nil && second == 210)
        space.release("1")
        let third = space.admit("2", to: "/nas/cam2/original", estimate: 60, available: 160)
        #expect(third == nil)
    }

    @Test func shortFolderGoesOnAtTheHighWater() {
        var space = SpaceGuard(least: 100)
        #expect(space.comfortable == 125)
        let answers = [99, 100, 124, 125].map { space.admit("1", to: folder, estimate: 0, available: $0) }
        #expect(answers == [100, 125, 125, nil])
        space.release("1")
        let again = space.admit("1", to: folder, estimate: 0, available: 100)
        #expect(again == nil)
    }

    @Test func noLeastMeansNoGuardBeyondTheEstimate() {
        var space = SpaceGuard(least: 0)
        let admitted = space.admit("1", to: folder, estimate: 10, available: 10)
        #expect(admitted == nil)
    }
}
