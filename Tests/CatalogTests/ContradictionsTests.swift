import GRDB
import SystemPackage
import Testing

@testable import Catalog

/// The view finds what the constraints prevent: tried on copies in which they are out of force.
@Suite struct ContradictionsTests {
    @Test(arguments: [
        "UPDATE videos SET processing_job_id = 'nobody'",
        "UPDATE videos SET processing_status = 'completed'",
        "UPDATE videos SET processing_job_id = NULL",
        "UPDATE videos SET processing_status = 'pending', processing_job_id = NULL",
        "UPDATE videos SET upload_status = 'uploading'",
        "UPDATE videos SET upload_status = 'half'",
        "UPDATE videos SET uploaded_at = NULL",
        "UPDATE videos SET processing_completed_at = created_at",
        "UPDATE videos SET processing_error = '{}'",
        "UPDATE videos SET proxy_path = '/stranger.mp4'",
        "UPDATE videos SET sidecar_revision = 99",
        "DELETE FROM videos",
        "DELETE FROM processing_jobs",
        "UPDATE processing_jobs SET status = 'half'",
        "UPDATE processing_jobs SET status = 'completed'",
        "UPDATE processing_jobs SET status = 'failed'",
        "UPDATE processing_jobs SET lease = NULL",
        "UPDATE processing_jobs SET completed_at = started_at",
        "UPDATE processing_jobs SET queued_at = '9999-01-01T00:00:00.000Z'",
        """
        DROP INDEX one_live_job_per_video;
        INSERT INTO processing_jobs (video_id, parameters) SELECT id, '{}' FROM videos
        """,
    ])
    func contradictionsShowWhatTheConstraintsWouldHaveStopped(_ sql: String) async throws {
        let fixture = try CatalogFixture()
        _ = try await fixture.claimed()
        #expect(try await fixture.catalog.contradictions().isEmpty)
        let copy = try DatabaseQueue()
        try fixture.catalog.database.backup(to: copy)
        let problems = try await copy.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON")
            for trigger in try String.fetchAll(db, sql: "SELECT name FROM sqlite_schema WHERE type = 'trigger'") {
                try db.execute(sql: "DROP TRIGGER \(trigger)")
            }
            try db.execute(sql: sql)
            return try String.fetchAll(db, sql: "SELECT problem FROM contradictions")
        }
        #expect(!problems.isEmpty)
    }
}
