import Domain
import GRDB
import SystemPackage
import Testing

@testable import Catalog

@Suite struct QueueTests {
    /// Uploads an original of a camera and queues its job.
    private func queue(_ camera: String, _ name: String, _ fixture: CatalogFixture) async throws -> FilePath {
        let folder = FilePath("/srv/\(camera)/original")
        let sighting = sighting(folder, name)
        _ = try await fixture.catalog.record([sighting])
        _ = try await fixture.catalog.recordUploaded(
            sighting.location.path, identity: .sample, evidence: [.noWriter], preset: .review)
        return sighting.location.path
    }

    private func sighting(_ folder: FilePath, _ name: String) -> Sighting {
        var sighting = Sighting(
            location: OriginalLocation(root: "/srv", dropFolder: folder, path: folder.appending(name)),
            identity: .sample, destination: folder.removingLastComponent().appending("proxy"), presetName: "review",
            containerExtension: "mp4")
        sighting.isExamined = true
        return sighting
    }

    private func heads(_ fixture: CatalogFixture) async throws -> [String] {
        try await fixture.catalog.claimableJobs(limit: 100).map { "\($0.dropFolder) \($0.sequence)" }
    }

    @Test func eachFolderShowsItsNewestAndItsOldestJob() async throws {
        let fixture = try CatalogFixture()
        for (camera, name) in [("a", "1"), ("b", "1"), ("a", "2"), ("a", "3"), ("c", "1"), ("c", "2")] {
            _ = try await queue(camera, "\(name).MOV", fixture)
        }
        #expect(
            try await heads(fixture) == [
                "/srv/a/original 1", "/srv/a/original 4", "/srv/b/original 2", "/srv/c/original 5",
                "/srv/c/original 6",
            ])
    }

    @Test func jobThatBacksOffIsNoHead() async throws {
        let fixture = try CatalogFixture()
        for name in ["1", "2", "3"] { _ = try await queue("a", "\(name).MOV", fixture) }
        let newest = try #require(try await fixture.catalog.claimableJobs(limit: 9).last)
        let job = try #require(try await fixture.catalog.claim(newest.id, lease: "lease"))
        _ = try await fixture.catalog.release(
            job.token, reason: .retry, delay: .seconds(600), givesBackAttempt: false, failure: .crash)
        #expect(try await heads(fixture) == ["/srv/a/original 1", "/srv/a/original 2"])
    }

    @Test func queuedJobFollowsItsVideoIntoAnotherFolder() async throws {
        let fixture = try CatalogFixture()
        let path = try await queue("a", "1.MOV", fixture)
        let id = try #require(try await fixture.catalog.video(at: path)?.id)
        _ = try await fixture.catalog.recordMoved(id, to: sighting("/srv/b/original", "1.MOV"))
        #expect(try await heads(fixture) == ["/srv/b/original 1"])
    }

    @Test func hoursHoldTheQueueBackAndTheRowsSaySo() async throws {
        let fixture = try CatalogFixture()
        let path = try await queue("a", "1.MOV", fixture)
        let queued = try #require(try await fixture.catalog.claimableJobs(limit: 1).first)
        let before = try #require(try await fixture.catalog.video(at: path))
        #expect(before.waitingFor == .worker)
        #expect(try await fixture.catalog.setWithinHours(false))
        #expect(try await fixture.catalog.setWithinHours(false) == false)
        let closed = try #require(try await fixture.catalog.video(at: path))
        #expect(closed.waitingFor == .schedule)
        #expect(closed.revision > before.revision)
        #expect(try await fixture.catalog.claimableJobs(limit: 1).isEmpty)
        #expect(try await fixture.catalog.claim(queued.id, lease: "lease") == nil)
        // What a person said comes first.
        _ = try await fixture.catalog.setPaused(true)
        #expect(try await fixture.catalog.video(at: path)?.waitingFor == .paused)
        _ = try await fixture.catalog.setPaused(false)
        #expect(try await fixture.catalog.setWithinHours(true))
        #expect(try await fixture.catalog.claim(queued.id, lease: "lease") != nil)
    }

    @Test func headsAreFoundByIndexesAlone() throws {
        let fixture = try CatalogFixture()
        let plan = try fixture.catalog.database.read { db in
            try Row.fetchAll(
                db, sql: "EXPLAIN QUERY PLAN \(QueueSQL.claimable.sql)",
                arguments: ["now": "2026-11-24T00:00:00.000Z", "limit": 9])
        }.map { row -> String in row["detail"] }
        #expect(plan.contains { $0.contains("processing_jobs_by_lane") })
        #expect(!plan.contains { $0.contains("SCAN processing_jobs") })
    }
}
