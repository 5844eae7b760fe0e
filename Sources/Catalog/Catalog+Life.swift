import GRDB

extension Catalog {
    /// Asks the connection that writes for a sign of life, without waiting for it. One that cannot read gives none.
    ///
    /// - Parameter answer: gets the number of rows that were written since the database was opened.
    public func askForLife(_ answer: @escaping @Sendable (Int) -> Void) {
        database.asyncWriteWithoutTransaction { db in
            // A database that cannot be read is as good as a dead one; its error is told by whoever needs the row.
            guard (try? Bool.fetchOne(db, sql: QuerySQL.life.sql)) == true else { return }
            answer(db.totalChangesCount)
        }
    }
}
