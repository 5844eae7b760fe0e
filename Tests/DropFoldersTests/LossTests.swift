import Domain
import Synchronization
import SystemPackage
import Testing

@testable import DropFolders

@Suite struct LossTests {
    @Test func fullQueueIsMadeUpForByAWalk() async throws {
        let tree = TestTree()
        try tree.mkdir("original")
        var seams = DropFolderWatcher.Seams()
        seams.bufferedBatches = 1
        let watched = WatchedTree(layout: tree.layout(), rules: WatcherFixture.rules)
        try await WatcherFixture.run([watched], seams: seams, takingEvents: false) { fixture in
            await fixture.takeEvents(until: { $0.scans == 1 })
            // Nobody takes events now: the watcher stands still, the reader goes on, and its queue of one overflows.
            for number in 0..<12_000 { try tree.write("original/\(number).mp4") }
            for number in 0..<50 {
                try tree.mkdir("late\(number)/original")
                try tree.write("late\(number)/original/a.mp4")
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await fixture.takeEvents() }
                await fixture.expect("all 12050") { $0.originals.count == 12_050 }
                #expect(fixture.watcher.health().overflows > 0)
                // Watching goes on.
                try tree.write("late7/original/b.mp4")
                await fixture.expectSeen(tree.path("late7/original/b.mp4"))
                group.cancelAll()
            }
        }
    }

    @Test func directoriesBeyondTheWatchLimitArePolledAndTheRemedyIsNamed() async throws {
        let tree = TestTree()
        for number in 0..<30 { try tree.mkdir("d\(number)/original") }
        var seams = DropFolderWatcher.Seams()
        seams.watches = { LimitedWatches($0, limit: 10) }
        try await WatcherFixture.run(tree, seams: seams) { fixture in
            await fixture.expectScanned()
            #expect(fixture.watcher.health().watches == 10)
            #expect(fixture.watcher.health().directoriesWithoutWatch == 51)
            for number in 0..<30 { try tree.write("d\(number)/original/a.mp4") }
            await fixture.expect("all 30") { $0.originals.count == 30 }
            try tree.mkdir("new/original")
            try tree.write("new/original/a.mp4")
            await fixture.expectSeen(tree.path("new/original/a.mp4"))
            for number in 0..<30 { try tree.remove("d\(number)/original/a.mp4") }
            await fixture.expect("only the new one") { $0.originals.count == 1 }
            #expect(fixture.warnings.lines.count { $0.contains("sysctl -w fs.inotify.max_user_watches=") } == 1)
        }
    }

    @Test func fileSystemsWithoutEventsArePolled() async throws {
        let tree = TestTree()
        try tree.mkdir("original/sub")
        try tree.write("original/a.mp4", "1")
        var seams = DropFolderWatcher.Seams()
        seams.fileSystem = { _ in FileSystemKind(magic: 0x6969) }
        seams.watches = { LimitedWatches($0, limit: 0) }  // As blind as if the writes were made elsewhere.
        try await WatcherFixture.run(tree, seams: seams) { fixture in
            await fixture.expectScanned()
            #expect(fixture.watcher.health().polledDirectories == 3)
            try tree.append("original/a.mp4", "234")
            await fixture.expect("growth") { $0.originals[tree.path("original/a.mp4")]?.sizeBytes == 4 }
            try tree.write("original/sub/b.mp4")
            await fixture.expectSeen(tree.path("original/sub/b.mp4"))
            try tree.remove("original/a.mp4")
            await fixture.expectGone(tree.path("original/a.mp4"))
            let count = await fixture.log.picture.sightings[tree.path("original/sub/b.mp4")]
            #expect(count ?? 0 <= 3, "an unchanged file is not told at every poll")
        }
    }

    @Test func missingRootIsReportedAndTakenUpWhenItComes() async throws {
        let tree = TestTree()
        let watched = WatchedTree(layout: tree.layout(root: "late"), rules: WatcherFixture.rules)
        try await WatcherFixture.run([watched]) { fixture in
            await fixture.expectScanned()
            #expect(fixture.watcher.health().missingRoots == [tree.path("late")])
            try tree.mkdir("late/original")
            try tree.write("late/original/a.mp4")
            await fixture.expectSeen(tree.path("late/original/a.mp4"))
            #expect(fixture.watcher.health().missingRoots.isEmpty)
            #expect(fixture.warnings.lines.contains { $0.hasPrefix("warning A root is missing") })
        }
    }

    @Test(arguments: [false, true]) func removedOrMovedRootIsTakenUpAgain(isMoved: Bool) async throws {
        let tree = TestTree()
        try tree.mkdir("root/original")
        let watched = WatchedTree(layout: tree.layout(root: "root"), rules: WatcherFixture.rules)
        try await WatcherFixture.run([watched]) { fixture in
            await fixture.expectScanned()
            try isMoved ? tree.move("root", "away") : tree.remove("root")
            try tree.mkdir("root/original")
            try tree.write("root/original/a.mp4")
            await fixture.expectSeen(tree.path("root/original/a.mp4"))
            try tree.write("root/original/b.mp4")
            await fixture.expectSeen(tree.path("root/original/b.mp4"))
            let picture = await fixture.log.picture
            #expect(picture.gone.isEmpty, "a lost root is not a loss of originals")
            #expect(fixture.watcher.health().watches == 2)
        }
    }

    @Test func reconcileTellsAgain() async throws {
        let tree = TestTree()
        try tree.mkdir("original")
        try tree.write("original/a.mp4")
        var times = WatcherFixture.quick()
        times.reconcile = .milliseconds(50)
        try await WatcherFixture.run(tree, times: times) { fixture in
            await fixture.expect("told thrice") { $0.sightings[tree.path("original/a.mp4"), default: 0] >= 3 }
            let picture = await fixture.log.picture
            #expect(picture.scans == 1)
        }
    }

    /// What nothing was put into is not read at each quarter of an hour, but each fourth time.
    @Test func steadyDirectoriesWithoutOriginalsAreNotReadAtEachWalk() async throws {
        let tree = TestTree()
        try tree.mkdir("empty/original")
        try tree.mkdir("full/original")
        try tree.write("full/original/a.mp4")
        var times = WatcherFixture.quick()
        times.reconcile = .milliseconds(50)
        times.granularity = .milliseconds(100)
        let watches = Mutex<CountedWatches?>(nil)
        var seams = DropFolderWatcher.Seams()
        seams.watches = { base in
            let made = CountedWatches(base, isBlind: false)
            watches.withLock { $0 = made }
            return made
        }
        try await WatcherFixture.run(tree, times: times, seams: seams) { fixture in
            await fixture.expect("40 walks") { $0.laterWalks >= 40 }
            let counts = try #require(watches.withLock { $0 }).counts
            let empty = counts[tree.path("empty/original"), default: 0]
            let full = counts[tree.path("full/original"), default: 0]
            #expect(full >= 40)
            #expect((full / 4...full / 2).contains(empty), "\(empty) of \(full)")
            let picture = await fixture.log.picture
            #expect(picture.sightings[tree.path("full/original/a.mp4"), default: 0] >= 40)
        }
    }

    /// Without one event, a walk by the clock finds what was put into a directory that was steady, and what left it.
    @Test func routineWalksSeeWhatNoEventTold() async throws {
        let tree = TestTree()
        try tree.mkdir("d/original/e")
        var times = WatcherFixture.quick()
        times.reconcile = .milliseconds(50)
        times.granularity = .milliseconds(100)
        var seams = DropFolderWatcher.Seams()
        seams.watches = { CountedWatches($0, isBlind: true) }
        try await WatcherFixture.run(tree, times: times, seams: seams) { fixture in
            for round in 0..<3 {
                let walks = await fixture.log.picture.laterWalks
                await fixture.expect("all is steady") { $0.laterWalks >= walks + 8 }
                try tree.write("d/original/e/\(round).mp4")
                await fixture.expectSeen(tree.path("d/original/e/\(round).mp4"))
                try tree.mkdir("new\(round)/original")
                try tree.write("new\(round)/original/b.mp4")
                await fixture.expectSeen(tree.path("new\(round)/original/b.mp4"))
                try tree.remove("d/original/e/\(round).mp4")
            }
        }
    }
}
