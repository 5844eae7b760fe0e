import Foundation
import GRDB
import SystemPackage
import TestSupport
import Testing

/// The daemon at work.
@Suite(.serialized) struct ServeTests {
    private static let crowd = ProcessInfo.processInfo.environment["UNDERSTUDY_FULL"] == "1" ? 200 : 60

    @Test func crowdCopiedIntoNewDirectoriesIsCompletedWithOneJobEach() async throws {
        try await DaemonFixture.with { fixture in
            try fixture.start()
            try await fixture.waitForLog("first scan done")
            for index in 0..<ServeTests.crowd {
                try await fixture.put(
                    .tiny, at: "shoot\(index % 7)/card\(index % 3)/original/day\(index % 5)/C\(index).mp4")
            }
            try await fixture.waitUntilAllCompleted(ServeTests.crowd)
            #expect(try await fixture.query("SELECT count(*) FROM processing_jobs") == "\(ServeTests.crowd)")
            #expect(try await fixture.query("SELECT max(attempt) FROM processing_jobs") == "1")
            let proxies = try ByteFile.all(below: fixture.root).filter { $0.string.contains("/proxy/") }
            #expect(proxies.count == 2 * ServeTests.crowd)
        }
    }

    @Test func rootOptionNeedsNoConfiguration() async throws {
        try await DaemonFixture.with { fixture in
            try fixture.start([
                "serve", "--root", fixture.root.string, "--state-dir", fixture.stateDirectory.string,
            ])
            try await fixture.put(.tiny, at: "new/original/clip.mp4")
            try await fixture.waitUntilCompleted("new/proxy/clip.mp4.json")
        }
    }

    @Test func replacedOriginalGetsOneNewJobAndNoReaderSeesAGap() async throws {
        try await DaemonFixture.with { fixture in
            try fixture.start()
            let original = try await fixture.put(.camera, at: "cam/original/clip.mp4")
            let first = try await fixture.waitUntilCompleted("cam/proxy/clip.mp4.json")
            let proxy = fixture.path("cam/proxy/clip.mp4")
            let old = try ByteFile.read(proxy)
            let reader = Task {
                // Every state that a reader finds under the name; an error where there is nothing.
                var seen: Set<[UInt8]> = []
                while !Task.isCancelled {
                    seen.insert(try ByteFile.read(proxy))
                    await Task.yield()
                }
                return seen
            }
            let upload = try await fixture.put(.other, at: "cam/original/.upload")
            try ByteFile.rename(upload, to: original)
            let last = try await fixture.wait(for: "cam/proxy/clip.mp4.json", "completed anew") {
                $0.processingStatus == "completed" && $0.processingJobId != first.processingJobId
            }
            reader.cancel()
            let seen = try await reader.value
            let new = try ByteFile.read(proxy)
            #expect(new != old && seen.subtracting([old, new]).isEmpty)
            #expect(last.videoId == first.videoId && last.revision > first.revision)
            #expect(try await fixture.query("SELECT count(*) FROM processing_jobs") == "2")
        }
    }

    @Test func deletedProxyIsMadeAgainAtTheNextStart() async throws {
        try await DaemonFixture.with { fixture in
            try fixture.start()
            try await fixture.put(.tiny, at: "cam/original/clip.mp4")
            let first = try await fixture.waitUntilCompleted("cam/proxy/clip.mp4.json")
            #expect(try await fixture.stop() == 0)
            try ByteFile.remove(fixture.path("cam/proxy/clip.mp4"))
            try fixture.start()
            _ = try await fixture.wait(for: "cam/proxy/clip.mp4.json", "made again") {
                $0.processingStatus == "completed" && $0.processingJobId != first.processingJobId
            }
            #expect(ByteFile.exists(fixture.path("cam/proxy/clip.mp4")))
        }
    }

    @Test func stopGivesTheAttemptBackAndTheNextStartCompletesIt() async throws {
        try await DaemonFixture.with { fixture in
            try await fixture.put(.long, at: "cam/original/long.mp4")
            try fixture.start()
            _ = try await fixture.wait(for: "cam/proxy/long.mp4.json", "running") { $0.jobStatus == "running" }
            #expect(try await fixture.stop() == 0)
            let stopped = try #require(try Sidecar.read(fixture.path("cam/proxy/long.mp4.json")))
            #expect(stopped.processingStatus == "processing" && stopped.jobStatus == "pending")
            #expect(stopped.attempt == 0)
            #expect(try ByteFile.all(below: fixture.path("cam/proxy")).map(\.string) == ["long.mp4.json"])
            try fixture.start()
            let done = try await fixture.waitUntilCompleted("cam/proxy/long.mp4.json")
            #expect(done.attempt == 1 && done.processingJobId == stopped.processingJobId)
        }
    }

    @Test func secondInstanceIsSentAway() async throws {
        try await DaemonFixture.with { fixture in
            try fixture.start()
            try await fixture.waitForLog("first scan done")
            let configuration = try fixture.write(TestConfiguration()).string
            for second in [
                try await fixture.once(), try await fixture.understudy(["serve", "--config", configuration]),
            ] {
                #expect(second.status == 75)
                #expect(second.errors.contains(fixture.stateDirectory.string), Comment(rawValue: second.errors))
            }
            #expect(fixture.isRunning)
        }
    }
}

extension DaemonFixture {
    /// Waits until so many videos are completed; as long as their number grows, the deadline begins anew.
    func waitUntilAllCompleted(_ count: Int) async throws {
        var completed = -1
        while completed < count {
            let before = completed
            let hasGrown = await eventually {
                completed = completedCount
                return completed > before
            }
            guard hasGrown else { throw FixtureError("only \(completed) of \(count) were completed") }
        }
    }

    private var completedCount: Int {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(10)
        // Right after its start the daemon may not have made its database yet: nothing is completed then.
        let database = try? DatabaseQueue(
            path: stateDirectory.appending("understudy.db").string, configuration: configuration)
        let count = try? database?.read {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM videos WHERE processing_status = 'completed'")
        }
        return (count ?? nil) ?? 0
    }
}
