import Foundation
import SystemPackage
import TestSupport
import Testing

/// The command line, beside a running daemon and alone: what it prints and its exit codes.
@Suite(.serialized) struct CommandLineTests {
    /// A part of what `list --json` and `status --json` say.
    private struct Video: Decodable {
        let processing_status: String
        let job_status: String?
    }

    private struct Overview: Decodable {
        let daemon_running: Bool
        let videos: [String: Int]
        let failures: [String: Int]
    }

    private func decode<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }

    @Test func versionAndHelpNeedNothing() async throws {
        try await DaemonFixture.with { fixture in
            let version = try await fixture.understudy(["--version"])
            #expect(version.status == 0 && version.output.contains(/^[0-9]+\.[0-9]+\.[0-9]+\n$/))
            let help = try await fixture.understudy(["--help"])
            #expect(help.status == 0)
            for word in ["serve", "once", "list", "status", "retry", "cancel", "probe", "Exit codes"] {
                #expect(help.output.contains(word), Comment(rawValue: word))
            }
            for verb in ["serve", "once", "list", "status", "retry", "cancel", "probe"] {
                #expect(try await fixture.understudy([verb, "--help"]).status == 0, Comment(rawValue: verb))
            }
        }
    }

    @Test(arguments: [
        ["nonsense"], ["once"], ["list", "--status", "nonsense"], ["retry"], ["retry", "--failed", "a"], ["cancel"],
        ["probe"], ["serve", "--nonsense"], ["serve", "--root", "/tmp", "--config", "/tmp/x.toml"],
    ])
    func wrongUsageExitsWith64(words: [String]) async throws {
        try await DaemonFixture.with { fixture in
            let result = try await fixture.understudy(words)
            #expect(result.status == 64 && result.output.isEmpty && !result.errors.isEmpty)
        }
    }

    @Test func rootThatIsNotThereIsAReasonToTryLater() async throws {
        try await DaemonFixture.with { fixture in
            let missing = fixture.path("not mounted").string
            let state = ["--state-dir", fixture.stateDirectory.string]
            let pass = try await fixture.understudy(["once", missing] + state)
            #expect(pass.status == 75 && pass.errors.contains(missing), Comment(rawValue: pass.errors))
            let daemon = try await fixture.understudy(["serve", "--root", missing] + state)
            #expect(daemon.status == 75 && daemon.errors.contains(missing), Comment(rawValue: daemon.errors))
            #expect(!ByteFile.exists(fixture.path("not mounted")))
        }
    }

    @Test func badConfigurationIsNamedByFileAndLine() async throws {
        try await DaemonFixture.with { fixture in
            let file = try fixture.tree.file(
                "bad.toml", "[daemon]\n\n[[watch]]\nroot = \"\(fixture.root)\"\nsetle = \"1s\"\n".utf8)
            let result = try await fixture.understudy(["serve", "--config", file.string])
            #expect(result.status == 78)
            #expect(result.errors.contains("\(file):5"), Comment(rawValue: result.errors))
            #expect(result.errors.contains("setle") && result.errors.contains("settle"))
            let missing = try await fixture.understudy(["serve", "--config", "\(file).not"])
            #expect(missing.status == 78 && missing.errors.contains("\(file).not"))
            let list = try await fixture.understudy(["list", "--config", file.string])
            #expect(list.status == 78)
        }
    }

    @Test func withoutADatabaseNothingIsAvailableAndNothingIsCreated() async throws {
        try await DaemonFixture.with { fixture in
            let state = ["--state-dir", fixture.stateDirectory.string]
            let original = fixture.path("cam/original/clip.mp4").string
            for words in [["list"], ["status"], ["status", original], ["retry", original], ["cancel", original]] {
                let result = try await fixture.understudy(words + state)
                #expect(result.status == 69, Comment(rawValue: "\(words): \(result.errors)"))
            }
            #expect(!ByteFile.exists(fixture.stateDirectory))
        }
    }

    @Test func probeSaysWhatAContainerSays() async throws {
        try await DaemonFixture.with { fixture in
            let whole = try await fixture.put(.camera, at: "whole.mp4").string
            let text = try await fixture.understudy(["probe", whole])
            #expect(text.status == 0 && text.output.contains("h264 640×360"), Comment(rawValue: text.output))
            let json = try await fixture.understudy(["probe", whole, "--json"])
            #expect(json.status == 0 && json.output.contains("\"structure\" : \"whole\""))
            let cut = try fixture.put(Array(try await GeneratedMedia.camera.bytes.prefix(9000)), at: "cut.mp4").string
            let refused = try await fixture.understudy(["probe", cut, "--json"])
            #expect(refused.status == 65 && refused.output.contains("\"cut_short\""), Comment(rawValue: refused.output))
            #expect(refused.output.contains("\"truncated\""))
            #expect(try await fixture.understudy(["probe", fixture.path("nothing.mp4").string]).status == 65)
        }
    }

    @Test(arguments: [true, false])
    func verbsTellAndChangeWhatIsKnown(isDaemonRunning: Bool) async throws {
        try await DaemonFixture.with { fixture in
            let good = try await fixture.put(.tiny, at: "cam/original/good.mp4").string
            let bad = try fixture.put(Array("no film".utf8), at: "cam/original/bad.mp4").string
            let unknown = fixture.path("cam/original/unknown.mp4").string
            try fixture.start()
            try await fixture.waitUntilCompleted("cam/proxy/good.mp4.json")
            try await fixture.waitUntilFailed("cam/proxy/bad.mp4.json", with: "not_media")
            if !isDaemonRunning { try await fixture.stop() }
            func run(_ words: [String]) async throws -> CommandResult {
                try await fixture.understudy(words + ["--state-dir", fixture.stateDirectory.string])
            }

            let list = try await run(["list"])
            #expect(list.status == 0)
            #expect(
                list.output.contains("completed   \(good)  -> ")
                    && list.output.contains("failed      \(bad)  (not_media"))
            let listed = try decode([Video].self, try await run(["list", "--json"]).output)
            #expect(listed.map(\.processing_status).sorted() == ["completed", "failed"])
            let failed = try decode([Video].self, try await run(["list", "--status", "failed", "--json"]).output)
            #expect(failed.map(\.processing_status) == ["failed"])
            let elsewhere = try await run(["list", "--under", fixture.path("other").string, "--json"])
            #expect(try decode([Video].self, elsewhere.output).isEmpty)

            let overview = try decode(Overview.self, try await run(["status", "--json"]).output)
            #expect(overview.daemon_running == isDaemonRunning)
            #expect(overview.videos == ["completed": 1, "failed": 1] && overview.failures == ["not_media": 1])
            let words = try await run(["status"])
            #expect(words.status == 0)
            #expect(words.output.contains("daemon:      \(isDaemonRunning ? "running" : "not running")\n"))
            let one = try decode(Video.self, try await run(["status", good, "--json"]).output)
            #expect(one.processing_status == "completed" && one.job_status == "completed")
            #expect(try await run(["status", bad]).output.contains("not_media"))
            #expect(try await run(["status", unknown]).status == 65)

            let cancelled = try await run(["cancel", good])
            #expect(cancelled.status == 1 && cancelled.errors.contains("no queued or running job"))
            #expect(try await run(["retry", unknown]).status == 65)
            let retried = try await run(["retry", bad])
            #expect(retried.status == 0 && retried.output == "queued  \(bad)\n")
            if !isDaemonRunning {
                // The command wrote database and sidecar itself.
                let sidecar = try #require(try Sidecar.read(fixture.path("cam/proxy/bad.mp4.json")))
                #expect(sidecar.jobStatus == "pending" && sidecar.processingStatus == "processing")
                let again = try await run(["retry", bad])
                #expect(again.status == 0 && again.output.hasPrefix("already queued"))
                let ended = try await run(["cancel", bad])
                #expect(ended.status == 0 && ended.output == "cancelled  \(bad)\n")
                #expect(try Sidecar.read(fixture.path("cam/proxy/bad.mp4.json"))?.jobStatus == "cancelled")
                #expect(try await run(["retry", "--failed"]).output == "1 queued\n")
                try fixture.start()
            }
            let jobs = isDaemonRunning ? 2 : 3
            let isDone = try await eventually {
                try await fixture.query(
                    "SELECT count(*) FROM processing_jobs JOIN videos v ON v.id = video_id "
                        + "WHERE original_path LIKE '%bad.mp4' AND status IN ('failed', 'cancelled')") == "\(jobs)"
            }
            #expect(isDone)
            try await fixture.waitUntilFailed("cam/proxy/bad.mp4.json", with: "not_media")
        }
    }

    @Test func cancelEndsARunningJobAndRetryAsksAnew() async throws {
        try await DaemonFixture.with { fixture in
            let original = try await fixture.put(.long, at: "cam/original/long.mp4").string
            let state = ["--state-dir", fixture.stateDirectory.string]
            try fixture.start()
            _ = try await fixture.wait(for: "cam/proxy/long.mp4.json", "running") { $0.jobStatus == "running" }
            let cancelled = try await fixture.understudy(["cancel", original] + state)
            #expect(cancelled.status == 0 && cancelled.output == "cancelled  \(original)\n")
            let sidecar = try await fixture.wait(for: "cam/proxy/long.mp4.json", "cancelled") {
                $0.jobStatus == "cancelled"
            }
            #expect(sidecar.processingStatus == "failed" && sidecar.processingError?.code == "cancelled")
            let isClean = try await eventually {
                try ByteFile.all(below: fixture.path("cam/proxy")).map(\.string) == ["long.mp4.json"]
            }
            #expect(isClean)
            #expect(try await fixture.understudy(["retry", original] + state).status == 0)
            try await fixture.waitUntilCompleted("cam/proxy/long.mp4.json")
        }
    }

    @Test func pauseOutlivesTheDaemonAndAFolderIsRetriedAsAWhole() async throws {
        try await DaemonFixture.with { fixture in
            let state = ["--state-dir", fixture.stateDirectory.string]
            let names = ["a/one", "a/deep/two", "b/three"]
            for name in names { try fixture.put("no video".utf8, at: "cam/original/\(name).mp4") }
            try fixture.start()
            for name in names { try await fixture.waitUntilFailed("cam/proxy/\(name).mp4.json", with: "not_media") }
            #expect(try await fixture.understudy(["pause"] + state).status == 0)
            try await fixture.stop()
            try fixture.start()
            // Before that the command would take the state directory's lock, and the daemon would be sent away.
            let isThere = try await eventually { try fixture.logText.components(separatedBy: "scan done").count == 3 }
            #expect(isThere)
            let folder = fixture.path("cam/original/a").string
            #expect(try await fixture.understudy(["retry", folder] + state).status == 0)
            for name in names.prefix(2) {
                _ = try await fixture.wait(for: "cam/proxy/\(name).mp4.json", "paused") { $0.waitingFor == "paused" }
            }
            #expect(try await fixture.query("SELECT count(*) FROM processing_jobs WHERE status = 'pending'") == "2")
            #expect(try await fixture.understudy(["resume"] + state).status == 0)
            for name in names { try await fixture.waitUntilFailed("cam/proxy/\(name).mp4.json", with: "not_media") }
            #expect(try await fixture.query("SELECT count(*) FROM processing_jobs WHERE status = 'failed'") == "5")
        }
    }

    /// In the middle of its work, and where it does not listen to SIGTERM: the worker and its file are gone.
    @Test(arguments: [false, true]) func cancelEndsAWorkerAtWork(isDeaf: Bool) async throws {
        try await DaemonFixture.with { fixture in
            let original = try await fixture.put(.long, at: "cam/original/long.mp4").string
            let state = ["--state-dir", fixture.stateDirectory.string]
            if isDeaf { try fixture.gate.runBeforeEachWorker("trap '' TERM; exec sleep 600") }
            try fixture.start()
            let daemon = try #require(fixture.processID)
            let isAtWork = try await eventually {
                guard try !ProcessTable.children(of: daemon).isEmpty, ByteFile.exists(fixture.path("cam/proxy")) else {
                    return false
                }
                // The attempt's temporary file, not a sidecar's; either may go at any moment.
                let names = (try? ByteFile.all(below: fixture.path("cam/proxy"))) ?? []
                return names.filter { $0.string.contains(/\.understudy-.{36}-\d.*\.tmp/) }.contains { name in
                    let status = try? ByteFile.status(fixture.path("cam/proxy").appending(name.components))
                    return isDeaf || status.map { $0.st_size > 0 } ?? false
                }
            }
            #expect(isAtWork)
            #expect(try await fixture.understudy(["cancel", original] + state).status == 0)
            #expect(try await fixture.query("SELECT status FROM processing_jobs") == "cancelled")
            let isClean = try await eventually {
                try ProcessTable.children(of: daemon).isEmpty
                    && ByteFile.all(below: fixture.path("cam/proxy")).map(\.string) == ["long.mp4.json"]
            }
            #expect(isClean)
        }
    }

    @Test func daemonLinksNoLibav() async throws {
        let libraries = try await Command.output("ldd", [Programs.understudy.string])
        #expect(libraries.contains("libc.so") && !libraries.contains(/libav|libsw(scale|resample)|libx264/))
        let own = try await Command.output("ldd", [Programs.worker.string])
        #expect(own.contains("libavcodec"))
    }
}
