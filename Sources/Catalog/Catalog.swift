public import Domain
package import GRDB
import Synchronization
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
    /// Whether the database was found with a log: its last user did not close it.
    public let wasUnclean: Bool
    /// Whether transactions run on the caller's thread: for one that must not depend on any other thread.
    let isInline: Bool
    private let lastTrouble = Mutex<StoreError?>(nil)

    private init(_ database: any DatabaseWriter, path: String, wasUnclean: Bool, isInline: Bool = false) {
        self.database = database
        self.path = path
        self.wasUnclean = wasUnclean
        self.isInline = isInline
    }

    /// What the database's disk, or the database itself, has refused and not taken since; damage stays.
    public var trouble: StoreError? { lastTrouble.withLock { $0 } }

    /// Opens the database in a state directory for writing; creates it, or brings it to the present version.
    ///
    /// - Throws: `StoreError` where the file is damaged, comes from a newer version, or the connection does not take
    ///   the settings that durability rests on.
    public static func open(in stateDirectory: FilePath) throws(StoreError) -> Catalog {
        let path = stateDirectory.appending(fileName).string
        let wasUnclean = Catalog.logBytes(of: path) > 0
        do {
            let pool = try DatabasePool(path: path, configuration: ConnectionSettings.writing)
            // After opening: the pool sets synchronous=NORMAL at the end of its own preparation.
            try pool.writeWithoutTransaction { db in
                try ConnectionSettings.makeDurable(db)
                try ConnectionSettings.verify(db)
                // After a stop that was none, every row and index; else the pages.
                try check(db, wasUnclean ? .wholeIntegrity : .integrity)
                try refuseNewerVersion(db)
            }
            try Schema.migrator.migrate(pool)
            try pool.writeWithoutTransaction { try ConnectionSettings.verify($0) }
            return Catalog(pool, path: path, wasUnclean: wasUnclean)
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
            return Catalog(queue, path: path, wasUnclean: false)
        } catch {
            throw StoreError(wrapping: error, at: path)
        }
    }

    /// Works on a database of the caller's, such as one in memory, and on the caller's thread: for simulations, in which
    /// nothing may depend on threads. Nothing is durable but what the caller makes so.
    package static func simulated(over queue: DatabaseQueue) throws(StoreError) -> Catalog {
        do {
            try Schema.migrator.migrate(queue)
            return Catalog(queue, path: queue.path, wasUnclean: false, isInline: true)
        } catch {
            throw StoreError(wrapping: error, at: queue.path)
        }
    }

    /// Folds the write-ahead log into the database, where no other program reads it, and closes all connections.
    public func close() throws(StoreError) {
        do {
            // Not left to the last connection's end: that may be a reader's, which cannot fold.
            if let pool = database as? DatabasePool { try pool.writeWithoutTransaction { _ = try Catalog.foldLog($0) } }
            try database.close()
        } catch {
            throw StoreError(wrapping: error, at: path)
        }
    }

    /// Takes note of what a write came to.
    func remember(_ error: StoreError?) {
        lastTrouble.withLock { trouble in
            guard trouble?.code != .corrupt else { return }
            switch error?.code {
            case nil: trouble = nil
            case .storage, .corrupt, .busy: trouble = error
            case .contradiction, .unreadable, .other: break
            }
        }
    }

    private static func check(_ db: Database, _ statement: QuerySQL) throws {
        let found = try String.fetchAll(db, sql: statement.sql)
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
