import Domain
import GRDB

extension StoreError {
    /// Wraps whatever a use of the database threw.
    init(wrapping error: any Error, at path: String) {
        self =
            switch error {
            case let error as StoreError: error
            case let error as DatabaseError: StoreError(error, at: path)
            default: StoreError(.other, "The database \(path): \(error)")
            }
    }

    private init(_ error: DatabaseError, at path: String) {
        let said = error.message ?? error.resultCode.description
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(.busy, "The database \(path) is locked by another program (\(said)); close it.")
        case .SQLITE_FULL:
            self.init(.storage, "The database \(path) cannot be written: no room on its file system; free some.")
        case .SQLITE_IOERR:
            self.init(.storage, "The database \(path) cannot be read or written (\(said)); look at its disk.")
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
            self.init(
                .storage,
                "The database \(path) cannot be opened or written (\(said)); look at the owner and mode of it.")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(
                .corrupt,
                "The database \(path) is damaged (\(said)); a start of the daemon, or understudy doctor --repair,"
                    + " sets it aside and restores the newest good backup.")
        case .SQLITE_CONSTRAINT:
            self.init(
                .contradiction, "The database \(path) refused a contradiction: \(said) (in: \(error.sql ?? "commit")).")
        default:
            self.init(.other, "The database \(path): \(said) (SQLite code \(error.extendedResultCode.rawValue)).")
        }
    }
}
