public import Domain
import FoundationEssentials
import GRDB

extension Catalog: StoreUpkeep {
    public func pruneJobs(olderThan age: Duration, batch: Int) async throws(StoreError) -> Int {
        let seconds = age.components.seconds
        // Looked for by a reader: the writer is needed only where something is to go.
        let found = try await read { transaction in
            try transaction.rows(UpkeepSQL.oldJobs, ["seconds": seconds, "batch": 1]).count
        }
        guard found > 0 else { return 0 }
        return try await write { transaction in
            try transaction.run(UpkeepSQL.pruneJobs, ["seconds": seconds, "batch": batch])
        }
    }

    public var damage: StoreError? { trouble?.code == .corrupt ? trouble : nil }

    public func logBytes() -> Int64 { Catalog.logBytes(of: path) }

    static func logBytes(of path: String) -> Int64 {
        // No log is an empty one.
        let attributes = try? FileManager.default.attributesOfItem(atPath: path + "-wal")
        return (attributes?[.size] as? Int64) ?? (attributes?[.size] as? Int).map(Int64.init) ?? 0
    }

    public func foldLog() async throws(StoreError) -> Bool {
        try await withoutTransaction { db in try Catalog.foldLog(db) }
    }

    /// - Returns: whether the log is empty.
    static func foldLog(_ db: Database) throws -> Bool {
        // TRUNCATE waits for readers as long as the connection's patience says (sqlite.org/c3ref/wal_checkpoint_v2):
        // no writer may wait behind it.
        try db.execute(sql: "PRAGMA busy_timeout = 0")
        defer { try? db.execute(sql: "PRAGMA busy_timeout = 5000") }  // Read back by the next `verify`.
        do {
            try db.checkpoint(.truncate)
            return true
        } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
            return false
        }
    }
}
