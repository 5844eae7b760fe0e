import Domain
import FoundationEssentials
import GRDB
import SystemPackage
import Testing

@testable import Catalog

@Suite struct OpeningTests {
    @Test func everyCommitIsSyncedAndEverySettingHolds() throws {
        let fixture = try CatalogFixture()
        for (pragma, value) in ConnectionSettings.expected {
            let found = try fixture.catalog.database.writeWithoutTransaction { db in
                try String.fetchOne(db, sql: "PRAGMA \(pragma)")
            }
            #expect(found == value, "\(pragma)")
        }
        #expect(ConnectionSettings.expected.contains { $0 == ("synchronous", "2") })
    }

    @Test func settingThatDoesNotHoldIsRefused() throws {
        let fixture = try CatalogFixture()
        #expect(throws: StoreError.self) {
            try fixture.catalog.database.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA synchronous = NORMAL")
                try ConnectionSettings.verify(db)
            }
        }
    }

    @Test func rowsOutliveAReopening() async throws {
        let fixture = try CatalogFixture()
        let path = try await fixture.uploaded()
        try fixture.catalog.close()
        let again = try Catalog.open(in: fixture.directory)
        #expect(try await again.video(at: path)?.processingStatus == .processing)
        try again.close()
    }

    /// A log that is left behind means that nobody closed the database.
    @Test func orderlyCloseLeavesNoLog() async throws {
        let fixture = try CatalogFixture()
        _ = try await fixture.uploaded()
        _ = try await fixture.catalog.tally()
        #expect(fixture.catalog.logBytes() > 0)
        let copy = try CatalogFixture.makeDirectory()
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(
                atPath: fixture.directory.appending(Catalog.fileName + suffix).string,
                toPath: copy.appending(Catalog.fileName + suffix).string)
        }
        try fixture.catalog.close()
        let orderly = try Catalog.open(in: fixture.directory)
        #expect(!orderly.wasUnclean)
        try orderly.close()
        // As a kill leaves it.
        let unclean = try Catalog.open(in: copy)
        #expect(unclean.wasUnclean)
        #expect(try await unclean.tally().videos.values.reduce(0, +) == 1)
        try unclean.close()
        try FileManager.default.removeItem(atPath: copy.string)
    }

    @Test func databaseOfANewerVersionIsRefused() throws {
        let fixture = try CatalogFixture()
        try fixture.execute("INSERT INTO grdb_migrations (identifier) VALUES ('v999')")
        try fixture.catalog.close()
        let error = #expect(throws: StoreError.self) { _ = try Catalog.open(in: fixture.directory) }
        #expect(error?.code == .unreadable)
        #expect(throws: StoreError.self) { _ = try Catalog.openReadOnly(in: fixture.directory) }
    }

    @Test func damagedFileIsCalledDamaged() throws {
        let directory = try CatalogFixture.makeDirectory()
        let path = directory.appending(Catalog.fileName).string
        try Data(repeating: 0x5A, count: 8192).write(to: URL(filePath: path))
        let error = #expect(throws: StoreError.self) { _ = try Catalog.open(in: directory) }
        #expect(error?.code == .corrupt)
        try FileManager.default.removeItem(atPath: directory.string)
    }

    @Test func readOnlyOpeningNeverCreatesADatabase() throws {
        let directory = try CatalogFixture.makeDirectory()
        #expect(throws: StoreError.self) { _ = try Catalog.openReadOnly(in: directory) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.string).isEmpty)
        try FileManager.default.removeItem(atPath: directory.string)
    }

    @Test func readOnlyOpeningSeesWhatTheDaemonWrites() async throws {
        let fixture = try CatalogFixture()
        let reader = try Catalog.openReadOnly(in: fixture.directory)
        let path = try await fixture.uploaded()
        #expect(try await reader.video(at: path)?.uploadStatus == .uploaded)
        await #expect(throws: StoreError.self) { _ = try await reader.cancel(path) }
        try reader.close()
    }

    @Test func contradictionStoppedByTheSchemaIsReportedAsOne() async throws {
        let fixture = try CatalogFixture()
        _ = try await fixture.uploaded()
        let error = await #expect(throws: StoreError.self) {
            _ = try await fixture.catalog.write { try $0.db.execute(sql: "DELETE FROM processing_jobs") }
        }
        #expect(error?.code == .contradiction)
    }
}
