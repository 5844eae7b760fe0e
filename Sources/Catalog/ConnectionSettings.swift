import Domain
import GRDB

/// What a connection is set to. Everything that durability or safety rests on is read back: a setting that SQLite
/// silently refuses (a misspelt pragma is not an error, sqlite.org/pragma.html) must not pass.
enum ConnectionSettings {
    static var writing: Configuration {
        var configuration = Configuration()
        configuration.label = "understudy"
        configuration.busyMode = .timeout(5)
        configuration.foreignKeysEnabled = true
        configuration.maximumReaderCount = 4
        configuration.prepareDatabase { try prepare($0) }
        return configuration
    }

    static var reading: Configuration {
        var configuration = writing
        configuration.readonly = true
        return configuration
    }

    private static func prepare(_ db: Database) throws {
        try db.execute(sql: "PRAGMA journal_size_limit = 67108864")
        // A function with side effects in a doctored schema is refused.
        try db.execute(sql: "PRAGMA trusted_schema = 0")
        // Damaged pages are found when they are read, not when they have done harm.
        try db.execute(sql: "PRAGMA cell_size_check = 1")
    }

    /// Every commit is on the disk before it is acknowledged: with NORMAL, a power cut takes acknowledged transactions
    /// back (sqlite.org/pragma.html, `synchronous`).
    static func makeDurable(_ db: Database) throws { try db.execute(sql: "PRAGMA synchronous = FULL") }

    /// The writer's settings, as SQLite gives them back.
    static let expected: [(pragma: String, value: String)] = [
        ("journal_mode", "wal"), ("synchronous", "2"), ("foreign_keys", "1"), ("busy_timeout", "5000"),
        ("journal_size_limit", "67108864"), ("trusted_schema", "0"), ("cell_size_check", "1"),
    ]

    static func verify(_ db: Database) throws {
        for (pragma, value) in expected {
            let found =
                try DatabaseValue.fetchOne(db, sql: "PRAGMA \(pragma)").map { "\($0.storage.value ?? "")" } ?? ""
            guard found == value else {
                throw StoreError(
                    .other, "The database does not take the setting \(pragma)=\(value) (it says '\(found)').")
            }
        }
    }
}
