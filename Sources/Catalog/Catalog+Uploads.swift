public import Domain
import GRDB
public import SystemPackage

extension Catalog {
    public func recordUploaded(
        _ path: FilePath, identity: FileIdentity, evidence: [UploadEvidence], preset: Preset
    ) async throws(StoreError) -> Bool {
        try await write { transaction in
            try Catalog.markUploaded(path, identity: identity, evidence: evidence, preset: preset, in: transaction)
        }
    }

    public func recordArrivals(_ arrivals: [Arrival]) async throws(StoreError) -> [ArrivalOutcome] {
        guard !arrivals.isEmpty else { return [] }
        return try await write { transaction in
            try arrivals.map { arrival in
                let sighting = arrival.sighting
                let outcome = try Catalog.record(sighting, in: transaction)
                if case .known = outcome { return ArrivalOutcome(sighting: outcome, isQueued: false) }
                let isQueued = try Catalog.markUploaded(
                    sighting.location.path, identity: sighting.identity, evidence: arrival.evidence,
                    preset: arrival.preset, in: transaction)
                return ArrivalOutcome(sighting: outcome, isQueued: isQueued)
            }
        }
    }

    /// - Returns: whether a job was queued; `false` where the row is gone or already uploaded.
    private static func markUploaded(
        _ path: FilePath, identity: FileIdentity, evidence: [UploadEvidence], preset: Preset,
        in transaction: StoreTransaction
    ) throws -> Bool {
        guard let known = try KnownOriginal(at: path, in: transaction), known.uploadStatus != .uploaded else {
            return false
        }
        let job = try transaction.queueJob(for: known.id, preset: preset)
        try transaction.runOnce(
            UploadSQL.markUploaded,
            ["video": known.id, "job": job, "preset": preset.name, "evidence": try StoreJSON.encode(evidence)]
                + .identity(identity))
        return true
    }

    public func recordIncomplete(_ path: FilePath, identity: FileIdentity) async throws(StoreError) {
        try await write { transaction in
            guard let known = try KnownOriginal(at: path, in: transaction), known.uploadStatus != .uploaded else {
                return
            }
            let isSame = known.identity.hasSameContent(as: identity)
            guard known.uploadStatus != .incomplete || !isSame else { return }
            try transaction.runOnce(UploadSQL.markIncomplete, ["video": known.id] + .identity(identity))
        }
    }

    public func recordUnreadable(
        _ path: FilePath, failure: Failure, preset: Preset
    ) async throws(StoreError) {
        try await write { transaction in
            guard let known = try KnownOriginal(at: path, in: transaction), known.uploadStatus != .uploaded,
                known.processingError != failure
            else { return }
            let job = try transaction.queueJob(for: known.id, preset: preset)
            try transaction.runOnce(
                VideoSQL.markQueued, ["video": known.id, "job": job, "preset": preset.name])
            let record = try StoreJSON.encode(FailureRecord(failure))
            try transaction.runOnce(
                JobSQL.failUnstarted, ["job": job, "failure": record, "message": failure.message])
            try transaction.runOnce(VideoSQL.markFailed, ["video": known.id, "job": job, "failure": record])
        }
    }

    public func forgetUnfinished(_ path: FilePath) async throws(StoreError) -> VideoSnapshot? {
        try await write { transaction in
            guard let row = try transaction.row(QuerySQL.videoByPath, ["path": path.stored]) else { return nil }
            let snapshot = try row.snapshot()
            let isGone = try transaction.run(UploadSQL.forget, ["video": snapshot.id]) == 1
            return isGone ? snapshot : nil
        }
    }
}
