/// A group of SQL statements on one topic. All SQL of the daemon is in these groups and in `Schema`; a test compiles
/// each of them against the schema.
protocol StatementText: CaseIterable, Sendable {
    var sql: String { get }
}

extension StatementText where Self: RawRepresentable<String> {
    var sql: String { rawValue }
}

/// The part of every UPDATE of a video that counts the change.
let countingTheChange = """
    revision = revision + 1, updated_at = max(updated_at, :now),
    change_sequence = (SELECT max(change_sequence) + 1 FROM videos)
    """
