public import Domain
import GRDB
public import SystemPackage

extension Catalog {
    public func originals(
        atOrBelow path: FilePath, after last: FilePath?, limit: Int
    ) async throws(StoreError) -> [TrackedOriginal] {
        let text = path.stored
        return try await read { transaction in
            try transaction.rows(
                LedgerSQL.originals,
                ["path": text, "under": text == "/" ? "" : text, "last": last?.stored ?? "", "limit": limit]
            ).map { row in
                let missingSince: String? = row["original_missing_since"]
                return TrackedOriginal(
                    videoID: row["id"], location: row.location, device: UInt64(bitPattern: row["original_device"]),
                    isMissing: missingSince != nil)
            }
        }
    }

    public func losses(below root: FilePath, within window: Duration) async throws(StoreError) -> RootLosses {
        try await read { transaction in
            let row = try transaction.row(
                LedgerSQL.losses, ["root": root.stored, "seconds": window.components.seconds])
            return RootLosses(present: row?["present"] ?? 0, recentlyMissing: row?["missing"] ?? 0)
        }
    }

    public func recordMissing(_ path: FilePath) async throws(StoreError) -> MissingOutcome {
        try await write { transaction in
            guard let known = try KnownOriginal(at: path, in: transaction), !known.isMissing else { return .unchanged }
            if known.uploadStatus != .uploaded, !known.wasPublished {
                try transaction.note(.forgotten, known.id, ["reason": "the upload vanished before it was complete"])
                try Catalog.leaveForRemoval(known.id, in: transaction)
                try transaction.runOnce(UploadSQL.forget, ["video": known.id])
                return .forgotten
            }
            let cancelled = try Catalog.endJob(ofMissing: known, path, in: transaction)
            try transaction.runOnce(LedgerSQL.markMissing, ["video": known.id])
            try transaction.note(.missing, known.id)
            return .kept(cancelledJob: known.jobStatus == .running ? cancelled : nil)
        }
    }

    /// - Returns: the job that was queued or running.
    private static func endJob(
        ofMissing known: KnownOriginal, _ path: FilePath, in transaction: StoreTransaction
    ) throws -> String? {
        let failure = Failure(
            .originalMissing, "The original \(path.stored) was deleted before its proxy was made.")
        let cancelled = try transaction.row(
            JobSQL.cancelLive, ["video": known.id, "message": failure.message])
        guard let job: String = cancelled?["id"] else { return nil }
        try transaction.failVideo(known.id, job: job, failure: try StoreJSON.encode(FailureRecord(failure)))
        try transaction.note(.failed, known.id, failure)
        return job
    }

    public func videosMissing(
        below root: FilePath, atLeast grace: Duration, limit: Int
    ) async throws(StoreError) -> [AbandonedVideo] {
        let (seconds, attoseconds) = grace.components
        let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        return try await read { transaction in
            let arguments: StoreTransaction.Arguments = [
                "root": root.stored, "milliseconds": milliseconds, "limit": limit,
            ]
            return try transaction.rows(LedgerSQL.missing, arguments).map { row in
                AbandonedVideo(
                    id: row["id"], location: row.location, device: UInt64(bitPattern: row["original_device"]))
            }
        }
    }

    public func forgetMissing(_ videoID: String) async throws(StoreError) -> Bool {
        try await write { transaction in
            try transaction.note(.forgotten, videoID, ["reason": "the original was deleted (on_original_deleted)"])
            try Catalog.leaveForRemoval(videoID, in: transaction)
            guard try transaction.run(LedgerSQL.forgetMissing, ["video": videoID]) == 1 else {
                throw StoreError(.contradiction, "The video \(videoID) is in use or not missing; it stays.")
            }
            return true
        }
    }
}
