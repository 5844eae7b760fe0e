import Domain
import Testing

@testable import Catalog

/// The clock may step back between any two transactions: rows are given times from an hour that has not come yet.
@Suite struct ClockTests {
    private static let future = "2999-01-01T00:00:00.000Z"

    /// As if the clock had stood in the future when the rows were written.
    private func stepBack(_ fixture: CatalogFixture) throws {
        try fixture.execute(
            """
            DROP TRIGGER IF EXISTS video_keeps_its_name;
            DROP TRIGGER IF EXISTS job_keeps_its_order;
            UPDATE videos SET created_at = '\(ClockTests.future)', updated_at = '\(ClockTests.future)',
                uploaded_at = CASE WHEN uploaded_at IS NULL THEN NULL ELSE '\(ClockTests.future)' END,
                revision = revision + 1;
            UPDATE processing_jobs SET queued_at = '\(ClockTests.future)',
                started_at = CASE WHEN started_at IS NULL THEN NULL ELSE '\(ClockTests.future)' END;
            """)
    }

    @Test func queuedAtIsNeverAfterStartedAtUnderTwoClocks() async throws {
        let fixture = try CatalogFixture()
        let path = try await fixture.uploaded()
        try stepBack(fixture)
        let job = try await fixture.claimFirst()
        let running = try await fixture.catalog.video(at: path)?.job
        #expect(running?.startedAt == ClockTests.future)
        _ = try await fixture.catalog.recordIntent(job.token, intent: .sample)
        #expect(try await fixture.catalog.complete(job.token))
        let ended = try #require(try await fixture.catalog.video(at: path)?.job)
        let (started, completed) = (try #require(ended.startedAt), try #require(ended.completedAt))
        #expect(ended.queuedAt <= started && started <= completed)
    }

    @Test func everyVerbWorksAfterTheClockSteppedBack() async throws {
        let fixture = try CatalogFixture()
        let path = try await fixture.sighted()
        try stepBack(fixture)
        #expect(try await fixture.catalog.recordUploaded(path, identity: .sample, evidence: [], preset: .review))
        let job = try await fixture.claimFirst()
        try stepBack(fixture)
        #expect(try await fixture.catalog.fail(job.token, failure: .crash))
        #expect(try await fixture.catalog.retry(path, preset: .review) == .queued)
        #expect(try await fixture.catalog.cancel(path) != nil)
        #expect(try await fixture.catalog.contradictions().isEmpty)
    }

    @Test func delayFromAFutureClockDoesNotStarveItsJob() async throws {
        let fixture = try CatalogFixture()
        let job = try await fixture.claimed()
        _ = try await fixture.catalog.release(
            job.token, reason: .retry, delay: .seconds(30), givesBackAttempt: false, failure: .crash)
        #expect(try await fixture.catalog.claimableJobs(limit: 1).isEmpty)
        try fixture.execute("UPDATE processing_jobs SET not_before = '\(ClockTests.future)'")
        #expect(try await fixture.catalog.claimableJobs(limit: 1).count == 1)
    }

    @Test func timesAreTheDatabasesOwnInMilliseconds() async throws {
        let fixture = try CatalogFixture()
        let now = try await fixture.catalog.now()
        #expect(try /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/.wholeMatch(in: now) != nil)
        let path = try await fixture.uploaded()
        let video = try #require(try await fixture.catalog.video(at: path))
        #expect(now <= video.createdAt && video.createdAt <= video.updatedAt)
    }
}
