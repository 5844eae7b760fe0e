import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

/// A database that cannot be written, is held by others, or was tampered with.
@Suite(.serialized) struct StateFaultTests {
    private static let mounting: Comment = "mounting a memory file system is not permitted here"

    /// Row 16: the database's disk is full for a while.
    @Test(.enabled(if: Privileges.canMount, mounting))
    func fullDiskUnderTheDatabaseIsWaitedOut() async throws {
        try await DaemonFixture.with { fixture in
            try await fixture.put(.tiny, at: "cam/original/first.mp4")
            try await Mount.with(fixture.stateDirectory, options: "size=16m") {
                try fixture.start()
                try await fixture.waitUntilCompleted("cam/proxy/first.mp4.json")
                let ballast = fixture.stateDirectory.appending("ballast")
                // More than there is room for: what fits is written.
                #expect(throws: Errno.noSpace) { try ByteFile.write(repeatElement(7, count: 16 << 20), to: ballast) }
                for index in 0..<24 { try await fixture.put(.tiny, at: "cam/original/clip\(index).mp4") }
                try await fixture.waitForLog("database not writable, trying again")
                #expect(fixture.isRunning)
                try ByteFile.remove(ballast)
                try await fixture.waitUntilAllCompleted(25)
                #expect(try await fixture.query("SELECT count(*) FROM processing_jobs") == "25")
                #expect(try await fixture.stop() == 0)
                try await fixture.expectDoctorFindsNothing()
            }
        }
    }

    /// Row 17: a database that cannot be written at the start.
    @Test(.enabled(if: Privileges.canMount, mounting))
    func readOnlyStateDirectoryIsRefusedAndNothingChanges() async throws {
        try await DaemonFixture.with { fixture in
            try await fixture.put(.tiny, at: "cam/original/clip.mp4")
            try await Mount.with(fixture.stateDirectory, options: "size=8m") {
                #expect(try await fixture.once().status == 0)
                let before = try ByteFile.read(fixture.path("cam/proxy/clip.mp4.json"))
                try await fixture.put(.tiny, at: "cam/original/next.mp4")
                let place = fixture.stateDirectory.string
                try await Command.output("mount", ["-o", "remount,ro", place])
                let refused = try await fixture.once()
                #expect([69, 74, 75].contains(refused.status) && refused.errors.contains(place))
                #expect(try ByteFile.read(fixture.path("cam/proxy/clip.mp4.json")) == before)
                #expect(!ByteFile.exists(fixture.path("cam/proxy/next.mp4.json")))
                try await Command.output("mount", ["-o", "remount,rw", place])
                #expect(try await fixture.once().output.contains("2 completed"))
            }
        }
    }

    /// Row 20: another program holds the database's write lock for longer than the busy timeout.
    @Test func databaseHeldByAnotherProgramIsWaitedFor() async throws {
        try await DaemonFixture.with { fixture in
            try fixture.start(faults: FaultPlan())
            try await fixture.put(.tiny, at: "cam/original/first.mp4")
            try await fixture.waitUntilCompleted("cam/proxy/first.mp4.json")
            let database = fixture.stateDirectory.appending("understudy.db").string
            let holder = Task {
                // .shell keeps the transaction open meanwhile; the busy timeout is 5 s.
                try await Command.output(
                    "sqlite3",
                    [database, ".timeout 20000", "BEGIN IMMEDIATE;", ".shell sleep 10", "ROLLBACK;"])
            }
            try await fixture.put(.tiny, at: "cam/original/next.mp4")
            try await fixture.waitForLog("database not writable, trying again")
            _ = try await holder.value
            try await fixture.waitUntilCompleted("cam/proxy/next.mp4.json")
            #expect(try await fixture.query("SELECT max(attempt) FROM processing_jobs") == "1")
        }
    }
}
