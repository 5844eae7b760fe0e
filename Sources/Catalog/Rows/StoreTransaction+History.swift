import Domain
import GRDB
import SystemPackage

extension StoreTransaction {
    /// Writes a line of the history, in the transaction that does what it tells.
    func note(_ kind: EventKind, _ videoID: String, _ data: [String: String] = [:]) throws {
        _ = try run(
            HistorySQL.noteVideo,
            ["kind": kind.rawValue, "video": videoID, "data": try StoreJSON.encode(data)])
    }

    func note(_ kind: EventKind, path: FilePath, _ data: [String: String] = [:]) throws {
        _ = try run(
            HistorySQL.notePath,
            ["kind": kind.rawValue, "path": path.stored, "data": try StoreJSON.encode(data)])
    }

    func note(_ kind: EventKind, _ videoID: String, _ failure: Failure?, _ data: [String: String] = [:]) throws {
        guard let failure else { return try note(kind, videoID, data) }
        let reason = ["code": failure.code.rawValue, "message": failure.message]
        try note(kind, videoID, data.merging(reason) { old, _ in old })
    }
}
