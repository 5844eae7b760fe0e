public import Domain
import GRDB
public import SystemPackage

extension Catalog: LedgerStore {
    public func refreshIdentity(_ path: FilePath, identity: FileIdentity) async throws(StoreError) -> Bool {
        try await write { transaction in try Catalog.refresh(path, identity: identity, in: transaction) }
    }

    static func refresh(_ path: FilePath, identity: FileIdentity, in transaction: StoreTransaction) throws -> Bool {
        guard let known = try KnownOriginal(at: path, in: transaction), known.uploadStatus == .uploaded,
            known.identity != identity || known.isMissing
        else { return false }
        try transaction.runOnce(LedgerSQL.refresh, ["video": known.id] + .identity(identity))
        try transaction.note(
            known.isMissing ? .returned : .unchanged, known.id,
            ["evidence": known.fingerprint == nil ? "same_file" : "same_fingerprint"])
        return true
    }

    public func recordMoved(_ videoID: String, to sighting: Sighting) async throws(StoreError) -> MoveOutcome {
        try await write { transaction in
            let path = sighting.location.path
            guard let row = try transaction.row(LedgerSQL.place, ["video": videoID]),
                try KnownOriginal(at: path, in: transaction) == nil
            else { return .refused }
            let jobStatus: String? = row["job_status"]
            if jobStatus == JobStatus.running.rawValue, let job: String = row["job_id"] { return .running(jobID: job) }
            let from = row.path("original_path")
            let reservation = try Reservation(for: sighting, insteadOf: from, in: transaction)
            try Catalog.leaveFiles(of: row, from: from, in: transaction)
            try transaction.runOnce(
                LedgerSQL.move,
                sighting.arguments + reservation.arguments + .identity(sighting.identity) + ["video": videoID])
            try transaction.note(.moved, videoID, ["from": from.stored, "to": path.stored])
            guard let moved = try KnownOriginal(at: path, in: transaction) else {
                throw StoreError(.contradiction, "The video \(videoID) is not where it was just moved to.")
            }
            // A job may have looked for it at the old place before it was found at the new one.
            if moved.hasFailedByLoss { _ = try Catalog.replace(sighting, moved, in: transaction) }
            return .moved(from: from, isUploaded: moved.uploadStatus == .uploaded && !moved.hasFailedByLoss)
        }
    }

    /// Notes what lies at the place that a row leaves.
    private static func leaveFiles(of row: Row, from original: FilePath, in transaction: StoreTransaction) throws {
        let video: String = row["id"]
        let published: String? = row["published_path"]
        let file: String? = row["published_file"]
        if let published, let file {
            _ = try transaction.run(
                LedgerSQL.leave, ["video": video, "kind": "proxy", "from": published, "file": file])
        }
        guard let name = original.fileName else { return }
        let sidecar = row.path("destination").appending(name: ProxyNaming.sidecarName(for: name))
        _ = try transaction.run(
            LedgerSQL.leave, ["video": video, "kind": "sidecar", "from": sidecar.stored, "file": nil])
    }

    public func relocations() async throws(StoreError) -> [Relocation] {
        try await read { transaction in
            try transaction.rows(LedgerSQL.relocations).map { row in
                let original = row.path("original_path")
                let kind: String = row["kind"]
                let from: String = row["from_path"]
                let published: String? = row["published_path"]
                let work: Relocation.Work
                if kind == "proxy", let file = try row.json("file", as: PublishedFile.self) {
                    work = .proxy(file, target: published == from ? row.path("reserved_proxy_path") : nil)
                } else {
                    let name = ProxyNaming.sidecarName(for: original.fileName ?? FileName(""))
                    work = .sidecar(current: row.path("destination").appending(name: name))
                }
                return Relocation(
                    id: row["sequence"], videoID: row["video_id"], location: row.location,
                    device: UInt64(bitPattern: row["original_device"]), from: row.path("from_path"), work: work,
                    isReady: row["ready"])
            }
        }
    }

    public func concludeProxyMove(_ relocation: Relocation) async throws(StoreError) {
        try await write { transaction in
            let from = relocation.from.stored
            if try transaction.run(LedgerSQL.proxyMoved, ["video": relocation.videoID, "from": from]) == 1 {
                try transaction.note(.proxyMoved, relocation.videoID, ["from": from])
            }
            _ = try transaction.run(LedgerSQL.forgetRelocation, ["relocation": relocation.id])
        }
    }

    public func concludeRelocation(_ relocation: Relocation) async throws(StoreError) {
        try await write { transaction in
            _ = try transaction.run(LedgerSQL.forgetRelocation, ["relocation": relocation.id])
        }
    }

    public func reserveAnotherName(for relocation: Relocation) async throws(StoreError) -> FilePath? {
        try await write { transaction in
            guard let row = try transaction.row(LedgerSQL.place, ["video": relocation.videoID]) else { return nil }
            let reservation = try Reservation(
                after: row.path("reserved_proxy_path"), for: row.path("original_path"), in: transaction)
            try transaction.runOnce(
                LedgerSQL.rename,
                [
                    "video": relocation.videoID, "proxy_path": reservation.proxyPath.stored,
                    "proxy_key": reservation.proxyKey,
                ])
            return reservation.proxyPath
        }
    }
}
