import Foundation
import SystemPackage
import TestSupport
import Testing

/// `understudy doctor` with the real programs, beside a daemon and alone.
@Suite(.serialized) struct DoctorTests {
    @Test func soundTreeIsCleanWithAndWithoutADaemon() async throws {
        try await DaemonFixture.with { fixture in
            try fixture.start()
            try await fixture.put(.tiny, at: "cam/original/a.mp4")
            try await fixture.put(.tiny, at: "cam/original/day/b.mp4")
            try await fixture.waitUntilCompleted("cam/proxy/a.mp4.json")
            try await fixture.waitUntilCompleted("cam/proxy/day/b.mp4.json")
            for arguments in [[], ["--quick"], ["--repair"]] {
                let result = try await fixture.doctor(arguments)
                #expect(result.status == 0, Comment(rawValue: result.output + result.errors))
            }
            #expect(try await fixture.stop() == 0)
            let report = try await fixture.diagnose()
            #expect(report.clean && report.originals == 2 && report.proxies == 2)
            #expect(try await fixture.doctor(["--repair"]).status == 0)
        }
    }

    @Test func eachAilmentIsFoundAndMendedWithoutADaemon() async throws {
        try await DaemonFixture.with { fixture in
            for name in ["gone", "altered", "torn", "missing", "behind", "foreign"] {
                try await fixture.put(.tiny, at: "cam/original/\(name).mp4")
            }
            #expect(try await fixture.once().status == 0)
            try ByteFile.remove(fixture.path("cam/proxy/gone.mp4"))
            try fixture.flipByte(of: "cam/proxy/altered.mp4", at: 40)
            try ByteFile.write(Array("{\"schema_version\"".utf8), to: fixture.path("cam/proxy/torn.mp4.json"))
            try ByteFile.remove(fixture.path("cam/proxy/missing.mp4.json"))
            try fixture.edit("cam/proxy/behind.mp4.json", "\"revision\" : ", "\"revision\" : -")
            try fixture.edit("cam/proxy/foreign.mp4.json", "\"video_id\" : \"", "\"video_id\" : \"x")
            let stray = ".understudy-00000000-0000-7000-8000-000000000000-1-abc.tmp"
            try fixture.put([1], at: "cam/proxy/\(stray)")
            let found = try await fixture.diagnose()
            #expect(
                found.names == [
                    "proxy_altered cam/proxy/altered.mp4", "proxy_missing cam/proxy/gone.mp4",
                    "sidecar_behind cam/proxy/behind.mp4.json", "sidecar_foreign cam/proxy/foreign.mp4.json",
                    "sidecar_missing cam/proxy/missing.mp4.json", "sidecar_torn cam/proxy/torn.mp4.json",
                    "temporary_stray cam/proxy/\(stray)",
                ])
            #expect(ByteFile.exists(fixture.path("cam/proxy/\(stray)")), "an examination changes nothing")
            let mended = try await fixture.diagnose(["--repair"])
            // A stranger's sidecar is a person's matter; the rest is mended.
            #expect(mended.findings.filter { !$0.mended }.map(\.name) == ["sidecar_foreign"])
            #expect(!ByteFile.exists(fixture.path("cam/proxy/\(stray)")))
            let gone = try #require(try Sidecar.read(fixture.path("cam/proxy/gone.mp4.json")))
            #expect(gone.processingStatus == "processing" && gone.jobStatus == "pending")
            try ByteFile.remove(fixture.path("cam/proxy/foreign.mp4.json"))
            _ = try await fixture.diagnose(["--repair"])
            #expect(try await fixture.once().status == 0)
            #expect(try await fixture.doctor([]).status == 0)
        }
    }

    @Test func daemonMendsWhatItIsAskedTo() async throws {
        try await DaemonFixture.with { fixture in
            try fixture.start()
            try await fixture.put(.tiny, at: "cam/original/a.mp4")
            try await fixture.put(.tiny, at: "cam/original/b.mp4")
            try await fixture.waitUntilCompleted("cam/proxy/a.mp4.json")
            let before = try await fixture.waitUntilCompleted("cam/proxy/b.mp4.json")
            try ByteFile.remove(fixture.path("cam/proxy/a.mp4.json"))
            try fixture.edit("cam/proxy/b.mp4.json", "\"revision\" : ", "\"revision\" : 1")
            let found = try await fixture.diagnose()
            #expect(
                found.names == ["sidecar_ahead cam/proxy/b.mp4.json", "sidecar_missing cam/proxy/a.mp4.json"])
            let mended = try await fixture.doctor(["--repair"])
            #expect(mended.status == 0, Comment(rawValue: mended.output + mended.errors))
            let after = try await fixture.waitUntilCompleted("cam/proxy/b.mp4.json")
            // A reader that has seen the false revision must not take the true one for older.
            #expect(after.revision > before.revision + 10)
            try await fixture.waitUntilCompleted("cam/proxy/a.mp4.json")
        }
    }

    @Test func jobUnderWayIsNoFinding() async throws {
        try await DaemonFixture.with { fixture in
            try fixture.gate.shut()
            try fixture.start()
            try await fixture.put(.tiny, at: "cam/original/a.mp4")
            try await fixture.gate.waitForArrival()
            let result = try await fixture.doctor([])
            #expect(result.status == 0, Comment(rawValue: result.output + result.errors))
            fixture.gate.open()
            try await fixture.waitUntilCompleted("cam/proxy/a.mp4.json")
        }
    }

    @Test func jobOfADeadDaemonIsFoundAndPutBack() async throws {
        try await DaemonFixture.with { fixture in
            try fixture.gate.shut()
            try fixture.start()
            try await fixture.put(.tiny, at: "cam/original/a.mp4")
            try await fixture.gate.waitForArrival()
            try await fixture.kill()
            fixture.gate.open()
            let found = try await fixture.diagnose()
            #expect(found.findings.map(\.name).contains("lease_dead"))
            let mended = try await fixture.doctor(["--repair"])
            #expect(mended.status == 0, Comment(rawValue: mended.output + mended.errors))
            #expect(try await fixture.query("SELECT status FROM processing_jobs") == "pending")
            #expect(try await fixture.once().status == 0)
        }
    }

    @Test func originalThatChangedWhileNoDaemonRanIsNamed() async throws {
        try await DaemonFixture.with { fixture in
            let altered = try await fixture.put(.tiny, at: "cam/original/altered.mp4")
            let replaced = try await fixture.put(.tiny, at: "cam/original/replaced.mp4")
            let touched = try await fixture.put(.tiny, at: "cam/original/touched.mp4")
            let gone = try await fixture.put(.tiny, at: "cam/original/gone.mp4")
            #expect(try await fixture.once().status == 0)
            try ByteFile.append([0], to: altered)
            let upload = try await fixture.put(.slow, at: "cam/original/.new")
            try ByteFile.rename(upload, to: replaced)
            try ByteFile.setModified(touched, seconds: 1_000_000_000, nanoseconds: 0)
            try ByteFile.remove(gone)
            let found = try await fixture.diagnose()
            #expect(
                found.names == [
                    "original_altered cam/original/altered.mp4", "original_missing cam/original/gone.mp4",
                    "original_replaced cam/original/replaced.mp4",
                ])
        }
    }

    @Test func sidecarOfAnotherStateDirectoryIsNeverRemoved() async throws {
        try await DaemonFixture.with { fixture in
            try await fixture.put(.tiny, at: "cam/original/a.mp4")
            #expect(try await fixture.once().status == 0)
            let copy = fixture.path("cam/proxy/stranger.mp4.json")
            try ByteFile.write(try ByteFile.read(fixture.path("cam/proxy/a.mp4.json")), to: copy)
            try fixture.edit("cam/proxy/stranger.mp4.json", "\"video_id\" : \"0", "\"video_id\" : \"f")
            let mended = try await fixture.diagnose(["--repair"])
            #expect(mended.names == ["sidecar_orphan cam/proxy/stranger.mp4.json"])
            #expect(!mended.clean && ByteFile.exists(copy))
            // A copy of a sidecar of ours is ours.
            try ByteFile.write(try ByteFile.read(fixture.path("cam/proxy/a.mp4.json")), to: copy)
            #expect(try await fixture.doctor(["--repair"]).status == 0)
            #expect(!ByteFile.exists(copy))
        }
    }

    @Test func massLossIsHeldUntilAPersonAcceptsIt() async throws {
        try await DaemonFixture.with { fixture in
            for index in 0..<12 { try await fixture.put(.tiny, at: "cam/original/\(index).mp4") }
            #expect(try await fixture.once().status == 0)
            try fixture.start()
            try await fixture.waitForLog("first scan done")
            for index in 1..<12 { try ByteFile.remove(fixture.path("cam/original/\(index).mp4")) }
            try await fixture.waitForLog("more than half of a tree vanished at once")
            let found = try await fixture.diagnose()
            #expect(found.names == ["losses_held "])
            let status = try await fixture.understudy(["status", "--state-dir", fixture.stateDirectory.string])
            #expect(status.output.contains("--accept-losses \(fixture.root)"), Comment(rawValue: status.output))
            let wrong = try await fixture.doctor(["--repair", "--accept-losses", "/nowhere"])
            #expect(wrong.status == 65, Comment(rawValue: wrong.errors))
            let accepted = try await fixture.doctor(["--repair", "--accept-losses", fixture.root.string])
            #expect(accepted.status == 0, Comment(rawValue: accepted.output + accepted.errors))
            #expect(accepted.output.contains("originals are recorded as deleted"))
            let missing = try await fixture.query(
                "SELECT count(*) FROM videos WHERE original_missing_since IS NOT NULL")
            #expect(missing == "11")
        }
    }

    @Test func withoutADatabaseNothingIsCreated() async throws {
        try await DaemonFixture.with { fixture in
            let result = try await fixture.doctor(["--repair"])
            #expect(result.status == 69, Comment(rawValue: result.errors))
            #expect(!ByteFile.exists(fixture.stateDirectory))
        }
    }
}

/// `doctor --json` as a foreign program reads it.
struct DoctorReport: Decodable {
    struct Finding: Decodable {
        let name: String
        let path: String?
        let mended: Bool
        let remedy: String
    }

    let clean: Bool
    let findings: [Finding]
    let originals: Int
    let proxies: Int
    /// Names with paths below the root, sorted.
    var names: [String] = []

    private enum CodingKeys: String, CodingKey {
        case clean, findings, originals, proxies
    }
}

extension DaemonFixture {
    func doctor(_ arguments: [String]) async throws -> CommandResult {
        try await understudy(["doctor", "--config", try write(TestConfiguration()).string] + arguments)
    }

    func diagnose(_ arguments: [String] = []) async throws -> DoctorReport {
        let result = try await doctor(["--json"] + arguments)
        var report: DoctorReport
        do { report = try JSONDecoder().decode(DoctorReport.self, from: Data(result.output.utf8)) } catch {
            throw FixtureError("doctor ended with \(result.status): \(result.errors)\(result.output)")
        }
        #expect(report.clean == (result.status == 0))
        let prefix = root.string.count
        report.names = report.findings.map { finding in
            "\(finding.name) \(finding.path.map { $0.dropFirst(prefix).drop { $0 == "/" } } ?? "")"
        }.sorted()
        return report
    }

    /// Changes one byte of a file, in place, and gives it its former time back.
    func flipByte(of relative: String, at index: Int) throws {
        let path = path(relative)
        let time = try ByteFile.status(path).st_mtim
        var bytes = try ByteFile.read(path)
        bytes[index] ^= 0xFF
        try ByteFile.write(bytes, to: path)
        try ByteFile.setModified(path, seconds: time.tv_sec, nanoseconds: time.tv_nsec)
    }

    func edit(_ relative: String, _ old: String, _ new: String) throws {
        let text = String(decoding: try ByteFile.read(path(relative)), as: UTF8.self)
        guard text.contains(old) else { throw FixtureError("\(relative) has no \(old)") }
        try ByteFile.write(Array(text.replacing(old, with: new, maxReplacements: 1).utf8), to: path(relative))
    }
}
