import Dispatch
public import Domain
import GRDB
public import SystemPackage

// Copies of the database, made with SQLite's online backup API: never by copying files, which would lack what is only
// in the write-ahead log (sqlite.org/howtocorrupt.html).
extension Catalog {
    /// Copies the database as it is now into a new file, and has the copy examined in full. Others write meanwhile.
    ///
    /// The copy is one file, without a log beside it; the caller makes it durable.
    public func copy(to file: FilePath) async throws(StoreError) {
        let database = database
        try await Catalog.onOwnThread(at: file.string) { try Catalog.copy(database, to: file) }
    }

    /// Copies a backup into a new file, as above. Nothing else may use either.
    public static func copy(backup: FilePath, to file: FilePath) throws(StoreError) {
        do {
            var configuration = Configuration()
            configuration.readonly = true
            let source = try DatabaseQueue(path: backup.string, configuration: configuration)
            try copy(source, to: file)
            try source.close()
        } catch {
            throw StoreError(wrapping: error, at: backup.string)
        }
    }

    /// The database's time in the form of backups' names, now and a day ago.
    public func stamps() async throws(StoreError) -> (now: String, dayAgo: String) {
        try await read { transaction in
            guard let row = try transaction.row(QuerySQL.stamps) else {
                throw StoreError(.other, "The database's clock gives no time.")
            }
            return (row[0], row[1])
        }
    }

    private static func copy(_ source: any DatabaseReader, to file: FilePath) throws {
        let copy = try DatabaseQueue(path: file.string)
        try source.backup(to: copy)
        try copy.writeWithoutTransaction { db in
            // The source's header says WAL, and so would the copy's: its readers would need to write beside it.
            try db.execute(sql: "PRAGMA journal_mode = DELETE")
            let found = try String.fetchAll(db, sql: QuerySQL.wholeIntegrity.sql)
            guard found == ["ok"] else {
                throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: found.prefix(3).joined(separator: "; "))
            }
            guard try !Schema.migrator.hasBeenSuperseded(db),
                try Bool.fetchOne(db, sql: UpkeepSQL.isCatalog.sql) == true
            else { throw StoreError(.unreadable, "The copy \(file) is not a database of this version.") }
        }
        try copy.close()
    }

    private static func onOwnThread(
        at path: String, _ body: @escaping @Sendable () throws -> Void
    ) async throws(StoreError) {
        let result: Result<Void, StoreError> = await withCheckedContinuation { continuation in
            DispatchQueue(label: "understudy.backup").async {
                do {
                    try body()
                    continuation.resume(returning: .success(()))
                } catch {
                    continuation.resume(returning: .failure(StoreError(wrapping: error, at: path)))
                }
            }
        }
        try result.get()
    }
}
