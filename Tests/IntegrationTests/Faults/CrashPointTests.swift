import Glibc
import SystemPackage
import TestSupport
import Testing

/// The daemon ended by SIGKILL at each step from an upload to its sidecar, and started again.
@Suite(.serialized) struct CrashPointTests {
    private static let rows = """
        SELECT v.upload_status, v.processing_status, j.status, j.attempt, j.intent IS NOT NULL
        FROM videos v LEFT JOIN processing_jobs j ON j.id = v.processing_job_id
        """

    @Test(arguments: CrashPoint.all)
    func nextStartGoesOnWhereTheCrashWas(_ point: CrashPoint) async throws {
        try await DaemonFixture.with { fixture in
            let bytes = try await GeneratedMedia.tiny.bytes
            let original = try fixture.put(bytes, at: "cam/original/clip.mp4")
            let before = try ByteFile.status(original)
            try fixture.start(faults: FaultPlan(point.rules))
            try await fixture.waitForEnd()
            try #require(try fixture.faultTrace.hits.count == point.rules.count, "the fault did not come about")

            let rows = try await fixture.query(CrashPointTests.rows)
            #expect(point.rows.contains(rows))
            #expect(try CrashPointTests.files(fixture) == point.files)
            try await fixture.expectSidecarsNotAhead()

            try await fixture.restart()
            let sidecar = try await fixture.waitUntilCompleted("cam/proxy/clip.mp4.json")
            #expect(sidecar.attempt == point.attempts)
            #expect(try fixture.faultTrace.begunProxies == point.begun)
            #expect(try await fixture.query("SELECT count(*) FROM processing_jobs") == "1")
            try await fixture.stop()
            try await fixture.expectDoctorFindsNothing()
            let after = try ByteFile.status(original)
            #expect(try ByteFile.read(original) == bytes && after.st_ino == before.st_ino)
            #expect(after.st_mtim.tv_sec == before.st_mtim.tv_sec && after.st_mtim.tv_nsec == before.st_mtim.tv_nsec)
        }
    }

    /// P4 and P5: the daemon ends while its first worker writes the proxy, or its second one verifies it.
    @Test(arguments: [1, 2])
    func crashWhileAWorkerRunsCostsOneEncode(worker: Int) async throws {
        try await DaemonFixture.with { fixture in
            try await fixture.put(.camera, at: "cam/original/clip.mp4")
            let count = fixture.tree.path.appending("workers").string
            try fixture.gate.runBeforeEachWorker(
                "echo >> '\(count)'; if [ \"$(wc -l < '\(count)')\" = \(worker) ]; then kill -9 $PPID; fi")
            try fixture.start(faults: FaultPlan())
            try await fixture.waitForEnd()
            #expect(try await fixture.query(CrashPointTests.rows) == "uploaded|processing|running|1|0")
            #expect(try CrashPointTests.files(fixture) == "t")
            try fixture.gate.runNothingBeforeWorkers()
            try fixture.start(faults: FaultPlan())
            #expect(try await fixture.waitUntilCompleted("cam/proxy/clip.mp4.json").attempt == 2)
            #expect(try fixture.faultTrace.begunProxies == 2)
            try await fixture.stop()
            try await fixture.expectDoctorFindsNothing()
        }
    }

    /// P13: a published proxy that is found missing.
    @Test(arguments: [FaultPlan.Action.killBefore, .killAfter])
    func crashWhileALostProxyIsNotedMakesItOnceMore(_ action: FaultPlan.Action) async throws {
        try await DaemonFixture.with { fixture in
            try await fixture.put(.tiny, at: "cam/original/clip.mp4")
            #expect(try await fixture.once().status == 0)
            try ByteFile.remove(fixture.path("cam/proxy/clip.mp4"))
            try fixture.start(
                faults: FaultPlan([.init(.commit, "*UPDATE videos SET proxy_path = NULL*", action)]))
            try await fixture.waitForEnd()
            let isNoted = action == .killAfter
            #expect(
                try await fixture.query(CrashPointTests.rows)
                    == (isNoted ? "uploaded|processing|pending|0|0" : "uploaded|completed|completed|1|0"))
            try fixture.start(faults: FaultPlan())
            let isMade = try await eventually {
                try await fixture.query(
                    "SELECT count(*) FROM processing_jobs WHERE status = 'completed'") == "2"
            }
            #expect(isMade && ByteFile.exists(fixture.path("cam/proxy/clip.mp4")))
            #expect(try fixture.faultTrace.begunProxies == 1)
            try await fixture.stop()
            try await fixture.expectDoctorFindsNothing()
        }
    }

    private static func files(_ fixture: DaemonFixture) throws -> String {
        guard ByteFile.exists(fixture.path("cam/proxy")) else { return "" }
        let names = try ByteFile.all(below: fixture.path("cam/proxy")).map(\.string)
        let hasTemporary = names.contains { $0.hasPrefix(".understudy-") && !$0.contains("-sidecar-") }
        return (hasTemporary ? "t" : "") + (names.contains("clip.mp4") ? "p" : "")
    }
}

extension DaemonFixture {
    /// Starts the daemon after a crash, and waits until it has looked at all that is there.
    func restart() async throws {
        let scans = { [self] in try logText.split(separator: "first scan done").count }
        let before = try scans()
        try start(faults: FaultPlan())
        guard try await eventually({ try scans() > before }) else {
            throw FixtureError("the daemon does not get ready:\n\(try logText)")
        }
    }

    /// `understudy doctor`, with no daemon running, reads every proxy and finds that all agrees.
    func expectDoctorFindsNothing() async throws {
        let configuration = try write(TestConfiguration()).string
        let result = try await understudy(["doctor", "--config", configuration])
        guard result.status == 0 else { throw FixtureError("doctor found: \(result.output)\(result.errors)") }
    }

    /// Every sidecar can be read whole, and is at most as new as its row.
    func expectSidecarsNotAhead() async throws {
        for file in try ByteFile.all(below: root) where file.string.hasSuffix(".json") {
            let sidecar = try #require(try Sidecar.read(path(file.string)))
            let revision = try await query("SELECT revision FROM videos WHERE id = '\(sidecar.videoId)'")
            #expect(try sidecar.revision <= #require(Int(revision)), Comment(rawValue: file.string))
        }
    }
}
