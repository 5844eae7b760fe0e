import Domain
import GRDB
import Testing

@testable import Catalog

/// The two rows of one video cannot be made to disagree, whoever writes them.
@Suite struct AgreementTests {
    private static let bump = "revision = revision + 1"

    @Test func jobThatMovesAloneIsRefusedAtCommit() async throws {
        let fixture = try CatalogFixture()
        _ = try await fixture.claimed()
        #expect(throws: DatabaseError.self) {
            try fixture.execute(
                """
                UPDATE processing_jobs SET status = 'completed', lease = NULL, result_data = '{}',
                    completed_at = started_at
                """)
        }
        #expect(throws: DatabaseError.self) {
            try fixture.execute(
                """
                UPDATE processing_jobs SET status = 'failed', lease = NULL, failure = '{}', error_message = '',
                    completed_at = started_at
                """)
        }
    }

    @Test func videoThatMovesAloneIsRefusedAtCommit() async throws {
        let fixture = try CatalogFixture()
        _ = try await fixture.claimed()
        #expect(throws: DatabaseError.self) {
            try fixture.execute(
                "UPDATE videos SET processing_status = 'failed', processing_error = '{}', \(AgreementTests.bump)")
        }
        #expect(throws: DatabaseError.self) {
            try fixture.execute(
                """
                UPDATE videos SET processing_status = 'pending', processing_job_id = NULL, upload_status = 'uploading',
                    uploaded_at = NULL, \(AgreementTests.bump)
                """)
        }
    }

    @Test func jobQueuedWithoutItsVideoIsRefusedAtCommit() async throws {
        let fixture = try CatalogFixture()
        _ = try await fixture.sighted()
        #expect(throws: DatabaseError.self) {
            try fixture.execute("INSERT INTO processing_jobs (video_id, parameters) SELECT id, '{}' FROM videos")
        }
    }

    @Test func bothRowsTogetherMayMove() async throws {
        let fixture = try CatalogFixture()
        _ = try await fixture.claimed()
        try fixture.execute(
            """
            UPDATE processing_jobs SET status = 'failed', lease = NULL, failure = '{}', error_message = '',
                completed_at = started_at;
            UPDATE videos SET processing_status = 'failed', processing_error = '{}', \(AgreementTests.bump);
            """)
        #expect(try await fixture.catalog.contradictions().isEmpty)
    }

    @Test func secondLiveJobOfAVideoIsRefused() async throws {
        let fixture = try CatalogFixture()
        _ = try await fixture.uploaded()
        #expect(throws: DatabaseError.self) {
            try fixture.execute("INSERT INTO processing_jobs (video_id, parameters) SELECT id, '{}' FROM videos")
        }
    }

    @Test func jobIsKeptAsLongAsItsVideo() async throws {
        let fixture = try CatalogFixture()
        _ = try await fixture.uploaded()
        #expect(throws: DatabaseError.self) { try fixture.execute("DELETE FROM processing_jobs") }
        try fixture.execute("DELETE FROM videos")
        #expect(try fixture.number("SELECT count(*) FROM processing_jobs") == 0)
    }

    @Test(arguments: [
        "UPDATE videos SET preset_name = 'other'",
        "UPDATE videos SET preset_name = 'other', revision = revision + 2",
        "UPDATE videos SET revision = revision - 1",
        "UPDATE videos SET sidecar_revision = revision + 1",
        "UPDATE videos SET original_path = '/other', revision = revision + 1",
        "UPDATE videos SET proxy_path = '/never/published.mp4', revision = revision + 1",
        "UPDATE videos SET uploaded_at = NULL, revision = revision + 1",
        "UPDATE processing_jobs SET parameters = '{}'",
        "UPDATE processing_jobs SET lease = 'without running'",
        "UPDATE processing_jobs SET completed_at = queued_at",
        "UPDATE processing_jobs SET waiting_for = 'boredom'",
        "UPDATE processing_jobs SET started_at = '2000-01-01T00:00:00.000Z'",
    ])
    func writeThatContradictsItselfIsRefused(_ sql: String) async throws {
        let fixture = try CatalogFixture()
        _ = try await fixture.uploaded()
        #expect(throws: DatabaseError.self) { try fixture.execute(sql) }
    }

    @Test func jobStatusChangesAreLegalInSwiftExactlyWhereTheyAreInSQL() throws {
        for from in JobStatus.allCases {
            for to in JobStatus.allCases where to != from {
                let isAllowed = try bare { db in
                    try db.execute(
                        sql: "INSERT INTO processing_jobs (video_id, parameters, status) VALUES ('v', '{}', ?)",
                        arguments: [from.rawValue])
                    try db.execute(sql: "UPDATE processing_jobs SET status = ?", arguments: [to.rawValue])
                }
                #expect(isAllowed == from.mayBecome(to), "\(from) to \(to)")
            }
        }
    }

    @Test func videoStatusChangesAreLegalInSwiftExactlyWhereTheyAreInSQL() throws {
        for from in ProcessingStatus.allCases {
            for to in ProcessingStatus.allCases where to != from {
                let isAllowed = try bare { db in
                    try db.execute(
                        sql: """
                            INSERT INTO videos (original_path, root, drop_folder, destination, sidecar_key,
                                reserved_proxy_path, reserved_proxy_key, file_size_bytes, original_device,
                                original_inode, original_mtime_ns, original_ctime_ns, preset_name, processing_status)
                            VALUES ('/o', '/', '/', '/', 's', 'p', 'p', 0, 0, 0, 0, 0, 'review', ?)
                            """, arguments: [from.rawValue])
                    try db.execute(
                        sql: "UPDATE videos SET processing_status = ?, revision = revision + 1",
                        arguments: [to.rawValue])
                }
                #expect(isAllowed == from.mayBecome(to), "\(from) to \(to)")
            }
        }
    }

    @Test func jobStatusImpliesTheSameVideoStatusInSwiftAndInSQL() throws {
        for status in JobStatus.allCases {
            let queue = try bareQueue()
            let implied = try queue.write { db in
                try db.execute(
                    sql: "INSERT INTO processing_jobs (video_id, parameters, status) VALUES ('v', '{}', ?)",
                    arguments: [status.rawValue])
                return try String.fetchOne(db, sql: "SELECT video_status FROM processing_jobs")
            }
            #expect(implied == ProcessingStatus(of: status).rawValue)
        }
    }

    /// The schema with nothing but its transition triggers in force.
    private func bareQueue() throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(configuration: configuration)
        try Schema.migrator.migrate(queue)
        try queue.writeWithoutTransaction { db in
            try db.execute(
                sql: """
                    PRAGMA foreign_keys = OFF;
                    PRAGMA ignore_check_constraints = ON;
                    DROP TRIGGER job_begins_pending;
                    DROP TRIGGER video_begins_uploading;
                    DROP TRIGGER only_uploaded_originals_run;
                    """)
        }
        return queue
    }

    /// - Returns: whether the last write was allowed.
    private func bare(_ body: (Database) throws -> Void) throws -> Bool {
        let queue = try bareQueue()
        do {
            try queue.write(body)
            return true
        } catch let error as DatabaseError where error.message?.contains("illegal change") == true {
            return false
        }
    }
}
