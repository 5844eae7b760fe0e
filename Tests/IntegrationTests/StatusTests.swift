import Foundation
import SystemPackage
import TestSupport
import Testing

/// `status` beside a daemon that works, and `list` with its filters.
@Suite(.serialized) struct StatusTests {
    @Test func screenShowsRunningJobsQueueFailuresAndRoom() async throws {
        try await DaemonFixture.with { fixture in
            let state = ["--state-dir", fixture.stateDirectory.string]
            try fixture.start(TestConfiguration(workers: 1))
            try await fixture.put(.tiny, at: "cam/original/first.mp4")
            try await fixture.waitUntilCompleted("cam/proxy/first.mp4.json")
            try fixture.put(Array("no film".utf8), at: "cam/original/bad.mp4")
            try await fixture.waitUntilFailed("cam/proxy/bad.mp4.json", with: "not_media")
            try fixture.gate.shut()
            let running = try await fixture.put(.tiny, at: "cam/original/running.mp4")
            try await fixture.gate.waitForArrival()
            try await fixture.put(.tiny, at: "cam/original/next.mp4")
            _ = try await fixture.wait(for: "cam/proxy/next.mp4.json", "queued") { $0.jobStatus == "pending" }
            let screen = try await fixture.understudy(["status"] + state).output
            #expect(screen.contains("running:     1 of 1\n"), Comment(rawValue: screen))
            #expect(screen.contains(/cam\/original\/running\.mp4 +\[·/), Comment(rawValue: screen))
            #expect(
                screen.contains(/queued: +1, [0-9.]+ kB; clear in about 0:0\d, by \d{4}-/), Comment(rawValue: screen))
            #expect(screen.contains("  not_media: 1\n") && screen.contains(" free for \(fixture.root)\n"))
            let json = try await fixture.understudy(["status", "--json"] + state).output
            let object = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
            let work = (object["watching"] as? [String: Any])?["work"] as? [String: Any]
            let jobs = try #require(work?["running"] as? [[String: Any]])
            #expect(jobs.map { $0["original"] as? String } == [running.string])
            let queue = try #require(object["queue"] as? [String: Any])
            #expect(queue["jobs"] as? Int == 1 && queue["seconds_to_clear"] is Int)
            fixture.gate.open()
            try await fixture.waitUntilCompleted("cam/proxy/next.mp4.json")
        }
    }

    @Test func watchWritesALineAtEachChangeAndEndsWithoutComplaint() async throws {
        try await DaemonFixture.with { fixture in
            try fixture.start()
            try await fixture.waitForLog("first scan done")
            let output = fixture.tree.path.appending("watch.log")
            try ByteFile.write([], to: output)
            let watch = Process()
            watch.executableURL = URL(fileURLWithPath: Programs.understudy.string)
            watch.arguments = ["status", "--watch", "--state-dir", fixture.stateDirectory.string]
            watch.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: output.string))
            watch.standardError = watch.standardOutput
            try watch.run()
            // Should the test fail: `swift test` waits for whoever holds the tests' output.
            defer { if watch.isRunning { kill(watch.processIdentifier, SIGKILL) } }
            func says(_ text: String) async throws -> Bool {
                try await eventually { String(decoding: try ByteFile.read(output), as: UTF8.self).contains(text) }
            }
            #expect(try await says("0 running, 0 queued, 0 uploading, 0 completed, 0 failed\n"))
            try await fixture.put(.tiny, at: "cam/original/clip.mp4")
            #expect(try await says("0 running, 0 queued, 0 uploading, 1 completed, 0 failed\n"))
            watch.interrupt()
            #expect(await eventually { !watch.isRunning })
            #expect(watch.terminationReason == .exit && watch.terminationStatus == 0)
        }
    }

    @Test func listIsFilteredByCodeReasonAndTime() async throws {
        try await DaemonFixture.with { fixture in
            try fixture.start()
            try await fixture.put(.tiny, at: "cam/original/good.mp4")
            try await fixture.waitUntilCompleted("cam/proxy/good.mp4.json")
            try fixture.put(Array("no film".utf8), at: "cam/original/bad.mp4")
            try await fixture.waitUntilFailed("cam/proxy/bad.mp4.json", with: "not_media")
            func list(_ words: String...) async throws -> [String] {
                let result = try await fixture.understudy(
                    ["list"] + words + ["--state-dir", fixture.stateDirectory.string])
                return result.output.split(separator: "\n").map(String.init)
            }
            #expect(try await list("--code", "not_media").count == 1)
            #expect(try await list("--code", "truncated").isEmpty)
            #expect(try await list("--waiting-for", "disk_space").isEmpty)
            let newest = try await list("--newest", "1")
            #expect(newest.count == 1 && newest.first?.hasPrefix("failed") == true)
        }
    }
}
