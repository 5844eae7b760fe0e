import Domain
import GRDB
import SystemPackage
import Testing

@testable import Catalog

/// What keeps the database small.
@Suite struct UpkeepTests {
    /// A video whose proxy was asked for several times, long ago.
    private func aged(_ fixture: CatalogFixture, retries: Int) async throws -> FilePath {
        let path = try await fixture.completed().location.path
        for _ in 0..<retries {
            _ = try await fixture.catalog.retry(path, preset: .review)
            _ = try await fixture.catalog.cancel(path)
        }
        return path
    }

    /// As if everything had happened so long ago.
    private func age(_ fixture: CatalogFixture, days: Int) throws {
        try fixture.execute(
            """
            DROP TRIGGER job_keeps_its_order;
            UPDATE processing_jobs SET queued_at = strftime('%Y-%m-%dT%H:%M:%fZ', queued_at, '-\(days) days'),
                started_at = strftime('%Y-%m-%dT%H:%M:%fZ', started_at, '-\(days) days'),
                completed_at = strftime('%Y-%m-%dT%H:%M:%fZ', completed_at, '-\(days) days');
            """)
    }

    /// A program that may leave a transaction open.
    private func forgetfulReader(of fixture: CatalogFixture) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        return try DatabaseQueue(
            path: fixture.directory.appending(Catalog.fileName).string, configuration: configuration)
    }

    private func perform(_ sql: String, on reader: DatabaseQueue) throws {
        try reader.writeWithoutTransaction { try $0.execute(sql: sql) }
    }

    private func setting(_ pragma: String, of catalog: Catalog) throws -> String? {
        try catalog.database.writeWithoutTransaction { try String.fetchOne($0, sql: "PRAGMA \(pragma)") }
    }

    @Test func oldJobsGoButThePresentOneAndTheLastThatMadeAProxy() async throws {
        let fixture = try CatalogFixture()
        let path = try await aged(fixture, retries: 3)
        let present = try #require(try await fixture.catalog.video(at: path)?.job?.id)
        #expect(try await fixture.catalog.pruneJobs(olderThan: .seconds(90 * 86_400), batch: 500) == 0)
        try age(fixture, days: 91)
        #expect(try await fixture.catalog.pruneJobs(olderThan: .seconds(92 * 86_400), batch: 500) == 0)
        #expect(try await fixture.catalog.pruneJobs(olderThan: .seconds(90 * 86_400), batch: 1) == 1)
        #expect(try await fixture.catalog.pruneJobs(olderThan: .seconds(90 * 86_400), batch: 500) == 1)
        #expect(try fixture.number("SELECT count(*) FROM processing_jobs") == 2)
        #expect(try fixture.text("SELECT status FROM processing_jobs WHERE id <> '\(present)'") == "completed")
        #expect(try await fixture.catalog.video(at: path)?.job?.id == present)
        #expect(try await fixture.catalog.contradictions() == [])
    }

    @Test func presentAndLiveJobsCannotBeRemovedByAnybody() async throws {
        let fixture = try CatalogFixture()
        let path = try await aged(fixture, retries: 1)
        #expect(throws: (any Error).self) {
            try fixture.execute(
                "DELETE FROM processing_jobs WHERE id = (SELECT processing_job_id FROM videos)")
        }
        _ = try await fixture.catalog.retry(path, preset: .review)
        #expect(throws: (any Error).self) {
            try fixture.execute("DELETE FROM processing_jobs WHERE status = 'pending'")
        }
    }

    @Test func logIsFoldedAndAReaderInTheWayIsNotWaitedFor() async throws {
        let fixture = try CatalogFixture()
        _ = try await fixture.completed()
        #expect(fixture.catalog.logBytes() > 0)
        #expect(try await fixture.catalog.foldLog())
        #expect(fixture.catalog.logBytes() == 0)
        let reader = try forgetfulReader(of: fixture)
        try perform("BEGIN; SELECT count(*) FROM videos", on: reader)
        _ = try await fixture.sighted("another.mov")
        #expect(try await fixture.catalog.foldLog() == false)
        #expect(fixture.catalog.logBytes() > 0)
        try perform("COMMIT", on: reader)
        #expect(try await fixture.catalog.foldLog())
        #expect(try setting("busy_timeout", of: fixture.catalog) == "5000")
        try reader.close()
    }

    @Test func proxiesAreReadInTurn() async throws {
        let fixture = try CatalogFixture()
        _ = try await fixture.completed("a.mov")
        #expect(try await fixture.catalog.nextToRead(every: .seconds(60)) == nil)
        let first = try await fixture.catalog.nextToRead(every: .zero)
        #expect(first?.originalPath == "/srv/cam1/original/a.mov")
        #expect(try await fixture.catalog.nextToRead(every: .seconds(60)) == nil)
        let revision = try await fixture.catalog.video(at: "/srv/cam1/original/a.mov")?.revision
        _ = try await fixture.catalog.nextToRead(every: .zero)
        #expect(try await fixture.catalog.video(at: "/srv/cam1/original/a.mov")?.revision == revision)
    }
}
