import Catalog
import Domain
import GRDB
import GRDBSQLite

/// The real catalog over an SQLite database in memory whose clock and whose chance are the simulation's.
///
/// SQLite asks its VFS for both (sqlite.org/c3ref/vfs.html, `xCurrentTimeInt64` and `xRandomness`): a copy of the default
/// VFS with these two replaced becomes the default one. A commit into memory is as durable as the simulation says; what
/// a power cut does to SQLite's own files is tested elsewhere, on real ones.
@safe final class VirtualDatabase {
    let queue: DatabaseQueue
    let catalog: Catalog

    /// Milliseconds since 1970 of the wall clock, which may be stepped.
    // SAFETY: one thread runs the simulation (`VirtualLoop` traps on any other), and SQLite calls back on it. Static,
    // for a C callback captures nothing.
    nonisolated(unsafe) static var wallMilliseconds: Int64 = 0
    // SAFETY: as above.
    private nonisolated(unsafe) static var random = SeededGenerator(seed: 0)

    init() throws {
        VirtualDatabase.replaceClockAndChance()
        var configuration = Configuration()
        configuration.foreignKeysEnabled = true
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA trusted_schema = 0; PRAGMA temp_store = MEMORY")
        }
        queue = try DatabaseQueue(configuration: configuration)
        catalog = try Catalog.simulated(over: queue)
    }

    /// Empties the database, for another seed. The connection stays, with its prepared statements.
    func reset(seed: UInt64) throws {
        unsafe VirtualDatabase.random = SeededGenerator(seed: seed ^ 0xD1B5_4A32_D192_ED03)
        sqlite3_randomness(0, nil)  // The next number is drawn from the VFS's chance again.
        try queue.write { db in
            // Jobs go with their videos, and only so.
            try db.execute(sql: "DELETE FROM videos")
            for table in try String.fetchAll(db, sql: VirtualDatabase.tablesOfASeed) {
                try db.execute(sql: "DELETE FROM \(table)")
            }
            try db.execute(sql: "UPDATE queue_control SET paused_at = NULL, closed_at = NULL")
        }
    }

    /// All but those whose rows the schema itself makes.
    private static let tablesOfASeed = """
        SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('queue_control', 'grdb_migrations')
            AND (name = 'sqlite_sequence' OR name NOT LIKE 'sqlite%')
        """

    private static func replaceClockAndChance() {
        guard let real = unsafe sqlite3_vfs_find(nil) else { preconditionFailure("SQLite has no default VFS") }
        let copy = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
        unsafe copy.initialize(to: real.pointee)
        unsafe copy.pointee.xCurrentTimeInt64 = { _, julianMilliseconds in
            unsafe julianMilliseconds?.pointee = VirtualDatabase.wallMilliseconds + 210_866_760_000_000
            return SQLITE_OK
        }
        unsafe copy.pointee.xRandomness = { _, count, bytes in
            for index in 0..<Int(count) {
                unsafe bytes?[index] = CChar(truncatingIfNeeded: VirtualDatabase.random.next() >> 17)
            }
            return count
        }
        // Kept for the life of the process.
        unsafe sqlite3_vfs_register(copy, 1)
    }
}

extension VirtualDatabase {
    /// Whether a job over which the daemon has died again and again runs beside others.
    func isSuspectInCompany() throws(StoreError) -> Bool {
        do {
            return try queue.unsafeRead { db in
                try Bool.fetchOne(
                    db.cachedStatement(
                        sql: """
                            SELECT count(*) > 1 AND max(deaths) >= 3 FROM processing_jobs WHERE status = 'running'
                            """)) ?? false
            }
        } catch {
            throw StoreError(.other, "\(error)")
        }
    }

    func missingOriginals() throws -> Set<String> {
        try queue.unsafeRead { db in
            try Set(
                String.fetchAll(
                    db.cachedStatement(
                        sql: "SELECT original_path FROM videos WHERE original_missing_since IS NOT NULL")))
        }
    }
}
