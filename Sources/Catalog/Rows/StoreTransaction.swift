import Domain
import GRDB

/// One transaction: its connection and its one reading of the database's clock.
struct StoreTransaction {
    typealias Arguments = [String: (any DatabaseValueConvertible)?]

    let db: Database
    /// Read once, so that all times that one transaction writes are the same instant. Statements clamp it where the
    /// clock may have stepped back since the row's earlier times were written.
    let now: String

    init(_ db: Database) throws {
        self.db = db
        guard let now = try String.fetchOne(db.cachedStatement(sql: QuerySQL.now.sql)) else {
            throw StoreError(.other, "The database's clock gives no time.")
        }
        self.now = now
    }

    /// Executes a statement.
    /// - Returns: the number of rows that it changed.
    func run(_ statement: some StatementText, _ arguments: Arguments = [:]) throws -> Int {
        try db.cachedStatement(sql: statement.sql).execute(arguments: complete(arguments))
        return db.changesCount
    }

    /// Executes a statement that must change exactly one row.
    func runOnce(_ statement: some StatementText, _ arguments: Arguments = [:]) throws {
        let count = try run(statement, arguments)
        guard count == 1 else {
            throw StoreError(.contradiction, "A write changed \(count) rows in place of one: \(statement).")
        }
    }

    func rows(_ statement: some StatementText, _ arguments: Arguments = [:]) throws -> [Row] {
        try Row.fetchAll(db.cachedStatement(sql: statement.sql), arguments: complete(arguments))
    }

    func row(_ statement: some StatementText, _ arguments: Arguments = [:]) throws -> Row? {
        // Fetched to the end: a statement with RETURNING is done only then (sqlite.org/lang_returning.html).
        try rows(statement, arguments).first
    }

    private func complete(_ arguments: Arguments) -> StatementArguments {
        var all = arguments
        all["now"] = now
        return StatementArguments(all)
    }
}

extension StoreTransaction.Arguments {
    static func + (left: Self, right: Self) -> Self { left.merging(right) { $1 } }

    /// The three parts of the fence.
    static func token(_ token: ClaimToken) -> Self {
        ["job": token.jobID, "lease": token.lease, "attempt": token.attempt]
    }

    static func identity(_ identity: FileIdentity) -> Self {
        [
            "size": identity.sizeBytes, "device": Int64(bitPattern: identity.device),
            "inode": Int64(bitPattern: identity.inode), "mtime": identity.modifiedNanoseconds,
            "ctime": identity.changedNanoseconds,
        ]
    }
}
