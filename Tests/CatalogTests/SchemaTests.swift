import Domain
import GRDB
import Testing

@testable import Catalog

@Suite struct SchemaTests {
    @Test func insertNamesOnlyColumnsThatTheSchemaHas() throws {
        let fixture = try CatalogFixture()
        let statements: [any StatementText] =
            UploadSQL.allCases + JobSQL.allCases + VideoSQL.allCases + QuerySQL.allCases + LedgerSQL.allCases
            + HistorySQL.allCases + CustodySQL.allCases + UpkeepSQL.allCases + QueueSQL.allCases
            + OutlookSQL.allCases + DeliverySQL.allCases + RemovalSQL.allCases + DeviceSQL.allCases
        for statement in statements {
            // Preparation resolves every table and column that a statement names.
            #expect(throws: Never.self, "\(statement)") {
                try fixture.catalog.database.writeWithoutTransaction { _ = try $0.makeStatement(sql: statement.sql) }
            }
        }
        #expect(statements.count > 40)
    }

    @Test func publicColumnsAreThoseOfTheContract() throws {
        let fixture = try CatalogFixture()
        let videos = try columns("videos", fixture)
        let jobs = try columns("processing_jobs", fixture)
        #expect(
            videos.isSuperset(of: [
                "id", "original_path", "proxy_path", "file_size_bytes", "upload_status", "uploaded_at",
                "processing_status", "processing_job_id", "processing_completed_at", "processing_error", "created_at",
                "updated_at",
            ]))
        #expect(
            jobs.isSuperset(of: [
                "id", "video_id", "job_type", "status", "parameters", "result_data", "error_message", "queued_at",
                "started_at", "completed_at",
            ]))
    }

    @Test func enumerationsEqualTheSchemasLists() throws {
        #expect(try list("upload_status", "videos") == UploadStatus.allCases.map(\.rawValue))
        #expect(try list("processing_status", "videos") == ProcessingStatus.allCases.map(\.rawValue))
        #expect(try list("status", "processing_jobs") == JobStatus.allCases.map(\.rawValue))
        #expect(try list("waiting_for", "processing_jobs") == WaitReason.allCases.map(\.rawValue))
    }

    @Test func noStatusFlagDoublesAStatus() throws {
        let fixture = try CatalogFixture()
        let all = try columns("videos", fixture).union(columns("processing_jobs", fixture))
        let flags = all.filter { $0.hasPrefix("is_") || $0.hasPrefix("has_") || $0.hasSuffix("_flag") }
        #expect(flags.isEmpty)
        #expect(!all.contains { ["uploaded", "processed", "completed", "failed", "done", "ready"].contains($0) })
        // The only other column with a status is computed from it by SQLite.
        let computed = try fixture.number(
            "SELECT count(*) FROM pragma_table_xinfo('processing_jobs') WHERE hidden = 3")
        #expect(computed == 2)
    }

    @Test func everyTableIsStrict() throws {
        let fixture = try CatalogFixture()
        let loose = try fixture.number(
            """
            SELECT count(*) FROM pragma_table_list
            WHERE schema = 'main' AND type = 'table' AND NOT strict
                AND name NOT LIKE 'sqlite_%' AND name <> 'grdb_migrations'
            """)
        #expect(loose == 0)
    }

    /// No sidecar shows the three that are left out.
    @Test func revisionGuardsEveryColumnOfASidecar() throws {
        let fixture = try CatalogFixture()
        let trigger = try fixture.text("SELECT sql FROM sqlite_schema WHERE name = 'video_counts_its_changes'") ?? ""
        let guarded = trigger.split { !($0.isLetter || $0 == "_") }.map(String.init)
        let unguarded = try columns("videos", fixture).subtracting(guarded)
        #expect(unguarded == ["original_device", "proxy_read_at", "sidecar_revision"])
    }

    @Test func identifiersAreVersion7OfTheDatabasesClock() async throws {
        let fixture = try CatalogFixture()
        _ = try await fixture.uploaded()
        for table in ["videos", "processing_jobs"] {
            let id = try fixture.text("SELECT id FROM \(table)") ?? ""
            #expect(try /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/.wholeMatch(in: id) != nil)
            let milliseconds = Int(id.replacing("-", with: "").prefix(12), radix: 16) ?? 0
            let now = try fixture.number("SELECT strftime('%s', 'now') * 1000") ?? 0
            #expect(abs(now - milliseconds) < 60_000)
        }
    }

    private func columns(_ table: String, _ fixture: CatalogFixture) throws -> Set<String> {
        try fixture.catalog.database.read { db in
            try Set(String.fetchAll(db, sql: "SELECT name FROM pragma_table_xinfo(?)", arguments: [table]))
        }
    }

    /// The values that a column's CHECK allows.
    private func list(_ column: String, _ table: String) throws -> [String] {
        let fixture = try CatalogFixture()
        let sql = try fixture.text("SELECT sql FROM sqlite_schema WHERE name = '\(table)'") ?? ""
        let pattern = try Regex("CHECK \\(\(column) IN \\(([^)]*)\\)\\)", as: (Substring, Substring).self)
        let values = sql.firstMatch(of: pattern)?.output.1 ?? ""
        return values.split(separator: ", ").map { String($0.dropFirst().dropLast()) }
    }
}
