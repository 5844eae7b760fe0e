public import Domain
package import GRDB
public import SystemPackage

/// The database of videos and processing jobs.
///
/// One daemon writes it (an exclusive lock on the state directory proves that); any number of command lines read it.
/// Each verb is one transaction that cancellation cannot interrupt: a job can be given back while the daemon stops.
public final class Catalog: Sendable {
    /// The database's file name in the state directory.
    public static let fileName = "understudy.db"

    let database: any DatabaseWriter
    let path: String
    /// Whether transactions run on the caller's thread: for one that must not depend on any other thread.
    let isInline: Bool

    private init(_ database: any DatabaseWriter, path: String, isInline: Bool = false) {
        self.database = database
        self.path = path
        self.isInline = isInline
    }

    /// Opens the database in a state directory for writing; creates it, or brings it to the present version.
    ///
    /// - Throws: `StoreError` where the file is damaged, comes from a newer version, or the connection does not take
    ///   the settings that durability rests on.
    public static func open(in stateDirectory: FilePath) throws(StoreError) -> Catalog {
        let path = stateDirectory.appending(fileName).string
        do {
            let pool = try DatabasePool(path: path, configuration: ConnectionSettings.writing)
            // After opening: the pool sets synchronous=NORMAL at the end of its own preparation.
            try pool.writeWithoutTransaction { db in
                try ConnectionSettings.makeDurable(db)
                try ConnectionSettings.verify(db)
                try checkIntegrity(db)
                try refuseNewerVersion(db)
            }
            try Schema.migrator.migrate(pool)
            try pool.writeWithoutTransaction { try ConnectionSettings.verify($0) }
            return Catalog(pool, path: path)
        } catch {
            throw StoreError(wrapping: error, at: path)
        }
    }

    /// Opens an existing database for reading only; never creates or changes one.
    public static func openReadOnly(in stateDirectory: FilePath) throws(StoreError) -> Catalog {
        let path = stateDirectory.appending(fileName).string
        do {
            let queue = try DatabaseQueue(path: path, configuration: ConnectionSettings.reading)
            try queue.read { db in
                try refuseNewerVersion(db)
                guard try Schema.migrator.hasCompletedMigrations(db) else {
                    throw StoreError(
                        .unreadable, "The database \(path) comes from an older version; start the daemon once.")
                }
            }
            return Catalog(queue, path: path)
        } catch {
            throw StoreError(wrapping: error, at: path)
        }
    }

    /// Works on a database of the caller's, such as one in memory, and on the caller's thread: for simulations, in which
    /// nothing may depend on threads. Nothing is durable but what the caller makes so.
    package static func simulated(over queue: DatabaseQueue) throws(StoreError) -> Catalog {
        do {
            try Schema.migrator.migrate(queue)
            return Catalog(queue, path: queue.path, isInline: true)
        } catch {
            throw StoreError(wrapping: error, at: queue.path)
        }
    }

    /// Closes all connections; the last one folds the write-ahead log into the database.
    public func close() throws(StoreError) {
        do { try database.close() } catch { throw StoreError(wrapping: error, at: path) }
    }

    private static func checkIntegrity(_ db: Database) throws {
        let found = try String.fetchAll(db, sql: QuerySQL.integrity.sql)
        guard found == ["ok"] else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: found.prefix(3).joined(separator: "; "))
        }
    }

    private static func refuseNewerVersion(_ db: Database) throws {
        guard try !Schema.migrator.hasBeenSuperseded(db) else {
            throw StoreError(
                .unreadable,
                "The database was written by a newer version of Understudy; install that version, or one after it.")
        }
    }
}
