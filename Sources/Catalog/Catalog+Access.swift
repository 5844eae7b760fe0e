import Domain
import GRDB

extension Catalog {
    /// Runs one writing transaction (`BEGIN IMMEDIATE`) on the writer's queue; an error rolls it back.
    ///
    /// GRDB's own `async` functions end early when their task is cancelled; these do not.
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (StoreTransaction) throws -> Value
    ) async throws(StoreError) -> Value {
        guard !isInline else { return try inline(writing: true, body) }
        let result: Result<Value, StoreError> = await withCheckedContinuation { continuation in
            database.asyncWriteWithoutTransaction { [path] db in
                continuation.resume(returning: Catalog.outcome(at: path) { try Catalog.commit(body, in: db) })
            }
        }
        if case .failure(let error) = result { remember(error) } else { remember(nil) }
        return try result.get()
    }

    /// Runs something on the writer's queue that must not be in a transaction.
    func withoutTransaction<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        let result: Result<Value, StoreError> = await withCheckedContinuation { continuation in
            database.asyncWriteWithoutTransaction { [path] db in
                continuation.resume(returning: Catalog.outcome(at: path) { try body(db) })
            }
        }
        return try result.get()
    }

    /// Runs one reading transaction on a reader's queue: it sees one state of the database.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (StoreTransaction) throws -> Value
    ) async throws(StoreError) -> Value {
        guard !isInline else { return try inline(writing: false, body) }
        let result: Result<Value, StoreError> = await withCheckedContinuation { continuation in
            database.asyncRead { [path] connection in
                continuation.resume(
                    returning: Catalog.outcome(at: path) { try body(StoreTransaction(connection.get())) })
            }
        }
        // A read that succeeds does not show that the disk takes writes.
        if case .failure(let error) = result, error.code == .corrupt { remember(error) }
        return try result.get()
    }

    private func inline<Value>(
        writing: Bool, _ body: (StoreTransaction) throws -> Value
    ) throws(StoreError) -> Value {
        try Catalog.outcome(at: path) {
            try writing
                ? database.writeWithoutTransaction { try Catalog.commit(body, in: $0) }
                : database.unsafeRead { try body(StoreTransaction($0)) }
        }.get()
    }

    private static func commit<Value>(
        _ body: (StoreTransaction) throws -> Value, in db: Database
    ) throws -> Value? {
        var value: Value?
        try db.inTransaction(.immediate) {
            value = try body(StoreTransaction(db))
            return .commit
        }
        return value
    }

    private static func outcome<Value>(at path: String, _ body: () throws -> Value?) -> Result<Value, StoreError> {
        do {
            guard let value = try body() else { return .failure(StoreError(.other, "A transaction gave no result.")) }
            return .success(value)
        } catch {
            return .failure(StoreError(wrapping: error, at: path))
        }
    }
}
