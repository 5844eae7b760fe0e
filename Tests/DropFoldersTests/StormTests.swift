import Domain
import Inotify
import TestSupport
import Testing

@testable import DropFolders

@Suite struct StormTests {
    /// 20,000 files in about two seconds, while our own queue holds two reads: most events are lost, and no file is. The
    /// kernel's own overflow is tested with the whole daemon (IntegrationTests).
    @Test func stormOfTwentyThousandFilesLosesNone() async throws {
        let tree = TestTree()
        for number in 0..<50 { try tree.mkdir("original/\(number)") }
        var seams = DropFolderWatcher.Seams()
        seams.bufferedBatches = 2
        let watched = WatchedTree(layout: tree.layout(), rules: WatcherFixture.rules)
        let body: @Sendable (WatcherFixture) async throws -> Void = { fixture in
            await fixture.expectScanned()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for part in 0..<4 {
                    group.addTask {
                        for number in stride(from: part, to: 20_000, by: 4) {
                            try tree.write("original/\(number % 50)/\(number).mp4")
                        }
                    }
                }
                try await group.waitForAll()
            }
            await fixture.expect("all 20000") { $0.originals.count == 20_000 }
            #expect(fixture.watcher.health().overflows > 0)
        }
        try await WatcherFixture.run([watched], seams: seams, body)
    }
}
