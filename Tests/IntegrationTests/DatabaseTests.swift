import Foundation
import SystemPackage
import TestSupport
import Testing

/// What happens to the daemon's database, with the real programs.
@Suite(.serialized) struct DatabaseTests {
    private func backups(_ fixture: DaemonFixture) throws -> [FilePath] {
        let folder = fixture.stateDirectory.appending("backups")
        guard ByteFile.exists(folder) else { return [] }
        return try ByteFile.all(below: folder).filter { $0.extension == "db" }.map { folder.pushing($0) }
    }

    @Test func damagedDatabaseIsRestoredAndTheRestIsFoundAgain() async throws {
        try await DaemonFixture.with { fixture in
            try await fixture.put(.tiny, at: "cam/original/before.mp4")
            try fixture.start()
            let before = try await fixture.waitUntilCompleted("cam/proxy/before.mp4.json")
            try await fixture.waitForLog("database backed up")
            #expect(try await fixture.stop() == 0)
            let backup = try #require(try backups(fixture).first)
            let sound = try await Command.output("sqlite3", ["-readonly", backup.string, "PRAGMA integrity_check"])
            #expect(sound == "ok\n")
            // A backup made now has the completed row; the next original is newer than it.
            let database = fixture.stateDirectory.appending("understudy.db")
            try await Command.output("sqlite3", [database.string, ".backup '\(backup)'"])
            try await fixture.put(.other, at: "cam/original/after.mp4")
            var bytes = try ByteFile.read(database)
            for index in 4096..<min(bytes.count, 65_536) { bytes[index] = 0xA5 }
            try ByteFile.write(bytes, to: database)

            try fixture.start()
            try await fixture.waitForLog("the database was damaged: rebuilt")
            try await fixture.waitUntilCompleted("cam/proxy/after.mp4.json")
            let kept = try #require(try Sidecar.read(fixture.path("cam/proxy/before.mp4.json")))
            #expect(kept.videoId == before.videoId && kept.processingJobId == before.processingJobId)
            let status = try await fixture.understudy(["status", "--state-dir", fixture.stateDirectory.string])
            #expect(status.output.contains("DAMAGED:"), Comment(rawValue: status.output))
            let check = try await fixture.understudy(["check", "--config", try fixture.configurationFile.string])
            #expect(check.output.contains("it was damaged and rebuilt"), Comment(rawValue: check.output))
            let told = try await fixture.query("SELECT count(*) FROM events WHERE kind = 'database_restored'")
            #expect(told == "1")
            #expect(try await fixture.doctor([]).status == 0)
        }
    }

    @Test func doctorRestoresADamagedDatabaseWhileNoDaemonRuns() async throws {
        try await DaemonFixture.with { fixture in
            try await fixture.put(.tiny, at: "cam/original/a.mp4")
            try fixture.start()
            try await fixture.waitUntilCompleted("cam/proxy/a.mp4.json")
            try await fixture.waitForLog("database backed up")
            #expect(try await fixture.stop() == 0)
            let database = fixture.stateDirectory.appending("understudy.db")
            try await Command.output(
                "sqlite3", [database.string, ".backup '\(try #require(try backups(fixture).first))'"])
            try ByteFile.write([UInt8](repeating: 0, count: 20_000), to: database)
            let mended = try await fixture.doctor(["--repair"])
            #expect(mended.status == 0 && mended.output.contains("database_damaged"), Comment(rawValue: mended.output))
            #expect(try await fixture.doctor([]).status == 0)
        }
    }

    /// What stood only in the log is found again by the scan, and the proxy that is there by its bytes.
    @Test func logThatIsRemovedWhileNoDaemonRunsIsMadeUpFor() async throws {
        try await DaemonFixture.with { fixture in
            try fixture.start()
            try await fixture.put(.tiny, at: "cam/original/a.mp4")
            try await fixture.waitUntilCompleted("cam/proxy/a.mp4.json")
            try await fixture.kill()
            for suffix in ["-wal", "-shm"] {
                try ByteFile.remove(fixture.stateDirectory.appending("understudy.db\(suffix)"))
            }
            try fixture.start()
            let completed = "SELECT count(*) FROM videos WHERE processing_status = 'completed'"
            // Until the daemon has made its tables anew, the question is an error.
            #expect(try await eventually { (try? await fixture.query(completed)) == "1" })
            #expect(try await eventually { try await fixture.doctor([]).status == 0 })
            #expect(try await fixture.query("PRAGMA integrity_check") == "ok")
        }
    }

    @Test(.enabled(if: Privileges.canMount, "mounting a memory file system is not permitted here"))
    func fullDiskUnderTheDatabaseIsWaitedFor() async throws {
        try await DaemonFixture.with { fixture in
            try fixture.makeDirectory(fixture.stateDirectory)
            try await Command.output(
                "mount", ["-t", "tmpfs", "-o", "size=16m", "tmpfs", fixture.stateDirectory.string])
            do {
                try await fillAndFree(fixture)
            } catch {
                fixture.gate.open()
                _ = try? await fixture.stop()  // The first error is the one to tell.
                _ = try? await Command.run("umount", ["-l", fixture.stateDirectory.string])
                throw error
            }
            #expect(try await fixture.stop() == 0)
            try await Command.output("umount", [fixture.stateDirectory.string])
        }
    }

    private func fillAndFree(_ fixture: DaemonFixture) async throws {
        try fixture.start()
        try await fixture.put(.tiny, at: "cam/original/first.mp4")
        try await fixture.waitUntilCompleted("cam/proxy/first.mp4.json")
        let ballast = fixture.stateDirectory.appending("ballast")
        // As much as there is room for; the error is the aim.
        _ = try? ByteFile.write([UInt8](repeating: 1, count: 32 << 20), to: ballast)
        for index in 0..<8 { try await fixture.put(.tiny, at: "cam/original/\(index).mp4") }
        try await fixture.waitForLog("database not writable, trying again")
        let status = try await fixture.understudy(["status", "--state-dir", fixture.stateDirectory.string])
        #expect(status.output.contains("DATABASE:"), Comment(rawValue: status.output))
        #expect(fixture.isRunning)
        try ByteFile.remove(ballast)
        for index in 0..<8 { try await fixture.waitUntilCompleted("cam/proxy/\(index).mp4.json") }
        #expect(try await fixture.doctor([]).status == 0)
    }
}

extension DaemonFixture {
    fileprivate var configurationFile: FilePath {
        get throws { try write(TestConfiguration()) }
    }
}
