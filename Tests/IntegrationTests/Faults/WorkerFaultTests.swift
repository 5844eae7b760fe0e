import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

/// Workers that crash, hang, lie about their writes, or cannot read.
@Suite(.serialized) struct WorkerFaultTests {
    /// Row 15: the worker's writes are cut in half or interrupted; the proxy is that of an undisturbed run.
    @Test func shortAndInterruptedCallsOfTheWorkerLeaveTheProxyWhole() async throws {
        try await DaemonFixture.with { fixture in
            try await fixture.put(.camera, at: "cam/original/clip.mp4")
            #expect(try await fixture.once().status == 0)
            try await fixture.put(.camera, at: "cam2/original/clip.mp4")
            let plan = FaultPlan([
                .init(.write, "*", .error(.interrupted), count: 2), .init(.write, "*", .short, count: 2),
                .init(.read, "*", .error(.interrupted), skip: 2, count: 3),
            ])
            try fixture.strikeWorkers(plan)
            #expect(try await fixture.once(.bareWorkers).status == 0)
            // Both workers read, the first one writes.
            let hits = try fixture.workerTrace.hits.map(\.call)
            #expect(Set(hits) == ["0", "1", "2"] && hits.count >= 7, Comment(rawValue: "\(hits)"))
            #expect(
                try ByteFile.read(fixture.path("cam/proxy/clip.mp4"))
                    == ByteFile.read(fixture.path("cam2/proxy/clip.mp4")))
        }
    }

    /// Row 33: an original that cannot be read is tried again, then said to be so.
    @Test func unreadableContentIsTriedAgainAndThenToldAsSuch() async throws {
        try await DaemonFixture.with { fixture in
            try await fixture.put(.camera, at: "cam/original/bad.mp4")
            try fixture.strikeWorkers(FaultPlan([.init(.read, "*", .error(.ioError), skip: 1, count: 0)]))
            let pass = try await fixture.once(.bareWorkers)
            #expect(pass.status == 1 && pass.output.contains("0 completed, 1 failed"), Comment(rawValue: pass.output))
            let sidecar = try #require(try Sidecar.read(fixture.path("cam/proxy/bad.mp4.json")))
            #expect(sidecar.processingError?.code == "io_error" && sidecar.processingError?.retryable == true)
            #expect(sidecar.attempt == 3)
            // The disk is mended; somebody asks again.
            try fixture.gate.runNothingBeforeWorkers()
            #expect(try await fixture.onceUntilDone().status == 0)
        }
    }

    /// Row 14, on the worker's side: no room for one write; the room comes back.
    @Test func workerWithoutRoomFailsNothingAndBurnsNoAttempt() async throws {
        try await DaemonFixture.with { fixture in
            try await fixture.put(.camera, at: "cam/original/clip.mp4")
            try fixture.strikeWorkers(FaultPlan([.init(.write, "*", .error(.noSpace), count: 0)]))
            let full = try await fixture.once(.bareWorkers)
            #expect(full.status == 1 && full.output.contains("1 waiting"), Comment(rawValue: full.output))
            #expect(
                try await fixture.query("SELECT status, attempt, waiting_for FROM processing_jobs")
                    == "pending|0|disk_space")
            try fixture.gate.runNothingBeforeWorkers()
            try fixture.start()
            #expect(try await fixture.waitUntilCompleted("cam/proxy/clip.mp4.json").attempt == 1)
        }
    }

    /// Row 4: a file on which every worker crashes.
    @Test func fileThatCrashesEachWorkerFailsAloneAfterThreeAttempts() async throws {
        try await DaemonFixture.with { fixture in
            try await fixture.put(.tiny, at: "cam/original/poison.mp4")
            try fixture.gate.runBeforeEachWorker("kill -SEGV $$")
            let pass = try await fixture.once()
            #expect(pass.status == 1 && pass.output.contains("1 failed"), Comment(rawValue: pass.output))
            let sidecar = try #require(try Sidecar.read(fixture.path("cam/proxy/poison.mp4.json")))
            #expect(sidecar.processingError?.code == "worker_crashed" && sidecar.attempt == 3)
            try fixture.gate.runNothingBeforeWorkers()
            try await fixture.put(.tiny, at: "cam/original/next.mp4")
            // The poison stays failed: nobody has asked for it again.
            #expect(try await fixture.once().output.contains("1 completed, 1 failed"))
        }
    }

    /// Row 40: the control group's memory does not suffice for the worker.
    @Test(.enabled(if: MemoryGroup.canBeMade, "no control group for memory can be made here: needs root"))
    func workerKilledForMemoryCostsItsJobAnAttemptAndNothingElse() async throws {
        let group = try #require(MemoryGroup.make())
        defer { group.remove() }
        try await DaemonFixture.with { fixture in
            let large = fixture.tree.path.appending("large.mp4")
            let picture = "testsrc2=s=3840x2160:r=10:d=1"
            try await Command.output(
                "ffmpeg",
                ["-nostdin", "-v", "error", "-f", "lavfi", "-i", picture, "-preset", "ultrafast", large.string])
            try fixture.start(
                ["serve", "--config", try fixture.write(TestConfiguration()).string], through: group.wrapper)
            try await fixture.waitForLog("first scan done")
            let daemon = fixture.processID
            try group.limit(mebibytes: 64)
            try fixture.put(try ByteFile.read(large), at: "cam/original/large.mp4")
            let isKilled = try await eventually {
                try await fixture.query("SELECT waiting_for, error_message LIKE '%SIGKILL%' FROM processing_jobs")
                    == "retry|1"
            }
            let log = try fixture.logText
            #expect(isKilled, Comment(rawValue: log))
            #expect(try group.kills > 0)
            #expect(fixture.isRunning && fixture.processID == daemon)
            try await fixture.put(.tiny, at: "cam/original/small.mp4")
            try await fixture.waitUntilCompleted("cam/proxy/small.mp4.json")
            try group.limit(mebibytes: 4096)
            try await fixture.waitUntilCompleted("cam/proxy/large.mp4.json")
            try await fixture.stop()
        }
    }

    /// Row 37: an orderly stop with four workers at work.
    @Test func stopWithFourWorkersEndsThemAndGivesTheAttemptsBack() async throws {
        try await DaemonFixture.with { fixture in
            for index in 0..<4 { try await fixture.put(.tiny, at: "cam\(index)/original/clip.mp4") }
            try fixture.gate.shut()
            try fixture.start(TestConfiguration(workers: 4))
            try await fixture.gate.waitForArrival()
            let areRunning = try await eventually {
                try await fixture.query("SELECT count(*) FROM processing_jobs WHERE status = 'running'") == "4"
            }
            #expect(areRunning)
            let daemon = try #require(fixture.processID)
            #expect(await eventually { ProcessTable.children(of: daemon).count == 4 })
            let workers = ProcessTable.children(of: daemon)
            #expect(try await fixture.stop() == 0)
            #expect(workers.allSatisfy { !ProcessTable.isAlive($0) })
            #expect(
                try await fixture.query("SELECT DISTINCT status, attempt, waiting_for FROM processing_jobs")
                    == "pending|0|")
            fixture.gate.open()
            try fixture.start()
            try await fixture.waitUntilAllCompleted(4)
        }
    }
}

extension TestConfiguration {
    /// Faults are written down in a file: a sealed worker would be ended for it.
    fileprivate static var bareWorkers: TestConfiguration { TestConfiguration(sandbox: "off") }
}

extension DaemonFixture {
    private var workerPlan: FilePath { tree.path.appending("worker.plan") }
    private var workerTraceFile: FilePath { tree.path.appending("worker.trace") }

    /// Workers that start from now on meet these faults; each counts for itself.
    func strikeWorkers(_ plan: FaultPlan) throws {
        try tree.file("worker.plan", plan.text.utf8)
        try gate.runBeforeEachWorker(
            """
            export LD_PRELOAD='\(Programs.faultInjection)' FAULT_PLAN='\(workerPlan)' FAULT_TRACE='\(workerTraceFile)'
            """)
    }

    /// What the workers have met.
    var workerTrace: FaultTrace { get throws { try FaultTrace.read(workerTraceFile) } }
}
