import Foundation
import SystemPackage
import TestSupport
import Testing

/// The daemon killed at any moment.
@Suite(.serialized) struct CrashTests {
    @Test func killedAtRandomMomentsItCompletesEverythingOnce() async throws {
        try await DaemonFixture.with { fixture in
            var random = SplitMix(state: 0x5EED)
            for index in 0..<12 {
                try await fixture.put(index % 4 == 0 ? .camera : .tiny, at: "cam\(index % 3)/original/c\(index).mp4")
            }
            try await fixture.put(.long, at: "cam0/original/long.mp4")
            // Once for certain while a job runs.
            try fixture.start()
            _ = try await fixture.wait(for: "cam0/proxy/long.mp4.json", "running") { $0.jobStatus == "running" }
            try await fixture.kill()
            for _ in 0..<6 {
                try fixture.start()
                // Not a wait for anything: the moment of the crash is what the test varies.
                try await Task.sleep(for: .milliseconds(Int64.random(in: 20...1200, using: &random)))
                try await fixture.kill()
            }
            try fixture.start()
            try await fixture.waitUntilAllCompleted(13)
            // The last sidecars are written at the stop, at the latest.
            #expect(try await fixture.stop() == 0)
            #expect(try fixture.logText.contains("interrupted job put back"))
            let files = try ByteFile.all(below: fixture.root).map(\.string)
            #expect(files.count { $0.contains("/proxy/") && $0.hasSuffix(".mp4") } == 13)
            #expect(files.count { $0.contains("/proxy/") && $0.hasSuffix(".json") } == 13)
            #expect(files.count == 39)
            #expect(try await fixture.query("SELECT count(*) FROM processing_jobs") == "13")
            for file in files where file.hasSuffix(".json") {
                let sidecar = try Sidecar.read(fixture.path(file))
                #expect(sidecar?.processingStatus == "completed" && sidecar?.proxy != nil, Comment(rawValue: file))
            }
        }
    }

    /// A file with which the daemon itself dies waits from the third death on, fails with the tenth, and takes nothing
    /// with it.
    @Test func fileThatTakesTheDaemonDownIsSetAsideAndTheOthersAreDone() async throws {
        try await DaemonFixture.with { fixture in
            let deadly = try await fixture.put(.tiny, at: "deadly/original/clip.mp4")
            // The attempt's temporary file, not a sidecar's.
            let temporary = "*/deadly/proxy/.understudy-????????-????-????-????-????????????-[0-9]*.tmp"
            let plan = FaultPlan([.init(.create, temporary, .killAfter)])
            for attempt in 1...3 {
                try fixture.start(faults: plan)
                try await fixture.waitForEnd()
                #expect(
                    try await fixture.query("SELECT status, attempt, deaths FROM processing_jobs")
                        == "running|\(attempt)|\(attempt - 1)")
            }
            try fixture.start(faults: plan)
            try await fixture.put(.tiny, at: "cam/original/other.mp4")
            try await fixture.waitUntilCompleted("cam/proxy/other.mp4.json")
            try await fixture.waitForEnd()
            // As after five more deaths, of which each would take its pause.
            let database = fixture.stateDirectory.appending("understudy.db").string
            let deaths = "UPDATE processing_jobs SET deaths = 9 WHERE status = 'running'"
            try await Command.output("sqlite3", [database, ".timeout 10000", deaths])
            try fixture.start(faults: plan)
            let failed = try await fixture.waitUntilFailed("deadly/proxy/clip.mp4.json", with: "daemon_crashed")
            #expect(failed.processingError?.retryable == true && failed.attempt == 4)
            try await fixture.stop()
            try await fixture.expectDoctorFindsNothing()
            let scans = try fixture.logText.split(separator: "scan done").count
            try fixture.start()
            // Before that the command would take the state directory's lock, and the daemon would be sent away.
            let isThere = try await eventually { try fixture.logText.split(separator: "scan done").count > scans }
            #expect(isThere)
            let state = ["--state-dir", fixture.stateDirectory.string]
            #expect(try await fixture.understudy(["retry", deadly.string] + state).status == 0)
            try await fixture.waitUntilCompleted("deadly/proxy/clip.mp4.json")
        }
    }

    @Test func workerThatIsKilledIsTriedAgain() async throws {
        try await DaemonFixture.with { fixture in
            try await fixture.put(.long, at: "cam/original/long.mp4")
            try fixture.start()
            _ = try await fixture.wait(for: "cam/proxy/long.mp4.json", "running") { $0.jobStatus == "running" }
            let daemon = try #require(fixture.processID)
            var workers: [ProcessTable.Entry] = []
            #expect(
                await eventually {
                    workers = ProcessTable.children(of: daemon); return !workers.isEmpty
                })
            for worker in workers { ProcessTable.kill(worker) }
            let waiting = try await fixture.wait(for: "cam/proxy/long.mp4.json", "waiting") { $0.waitingFor == "retry" }
            #expect(waiting.attempt == 1 && waiting.jobStatus == "pending" && waiting.processingStatus == "processing")
            #expect(try fixture.logText.contains("worker_crashed"))
            try await fixture.put(.tiny, at: "cam/original/next.mp4")
            try await fixture.waitUntilCompleted("cam/proxy/next.mp4.json")
        }
    }
}

/// A generator with a fixed seed (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
