public import Domain
import GRDB
public import SystemPackage

extension Catalog {
    public func note(_ kind: EventKind, _ path: FilePath, data: [String: String]) async throws(StoreError) {
        try await write { transaction in try transaction.note(kind, path: path, data) }
    }

    public func history(of path: FilePath) async throws(StoreError) -> [HistoryEvent] {
        try await read { transaction in
            try transaction.rows(HistorySQL.history, ["path": path.stored]).map { row in
                HistoryEvent(
                    at: row["at"], kind: try row.state("kind"), videoID: row["video_id"], path: row["original_path"],
                    data: try row.json("data", as: [String: String].self) ?? [:])
            }
        }
    }

    public func pruneHistory(
        olderThan age: Duration, keeping count: Int, batch: Int
    ) async throws(StoreError) -> Int {
        try await write { transaction in
            try transaction.run(
                HistorySQL.prune, ["seconds": age.components.seconds, "count": count, "batch": batch])
        }
    }
}
