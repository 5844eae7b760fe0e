public import Domain
import GRDB
public import SystemPackage

extension Catalog {
    public func removals(below root: FilePath, after last: Int64) async throws(StoreError) -> [Removal] {
        try await read { transaction in
            try transaction.rows(RemovalSQL.removals, ["root": root.stored, "last": last]).map { row in
                var proxy: Removal.Proxy?
                if let path = row.pathIfAny("proxy_path"), let file = try row.json("file", as: PublishedFile.self) {
                    proxy = Removal.Proxy(path: path, file: file)
                }
                return Removal(
                    id: row["sequence"], videoID: row["video_id"], location: row.location,
                    device: UInt64(bitPattern: row["original_device"]), sidecar: row.path("sidecar_path"), proxy: proxy)
            }
        }
    }

    public func concludeRemoval(_ removal: Removal) async throws(StoreError) {
        try await write { transaction in
            _ = try transaction.run(RemovalSQL.conclude, ["removal": removal.id])
        }
    }

    /// Notes what a row leaves on disk, in the transaction that forgets it.
    static func leaveForRemoval(_ videoID: String, in transaction: StoreTransaction) throws {
        guard let row = try transaction.row(LedgerSQL.place, ["video": videoID]),
            let name = row.path("original_path").fileName
        else { return }
        let sidecar = row.path("destination").appending(name: ProxyNaming.sidecarName(for: name))
        try transaction.runOnce(RemovalSQL.leave, ["video": videoID, "sidecar": sidecar.stored])
        // What was about to be published when an attempt ended may have got its name.
        for job in try transaction.rows(RemovalSQL.intents, ["video": videoID]) {
            guard let intent = try job.json("intent", as: PublishIntent.self) else { continue }
            _ = try transaction.run(
                RemovalSQL.leaveIntended,
                ["video": videoID, "sidecar": sidecar.stored, "file": try StoreJSON.encode(intent.file)])
        }
        // A move may have been under way: its file lies at the old or the new place.
        _ = try transaction.run(RemovalSQL.leaveMoved, ["video": videoID, "sidecar": sidecar.stored])
        _ = try transaction.run(RemovalSQL.leaveRelocated, ["video": videoID, "sidecar": sidecar.stored])
    }
}
