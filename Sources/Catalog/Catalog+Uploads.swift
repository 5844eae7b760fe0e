public import Domain
import GRDB
public import SystemPackage

extension Catalog {
    public func recordUploaded(
        _ path: FilePath, identity: FileIdentity, fingerprint: ContentFingerprint?, evidence: [UploadEvidence],
        preset: Preset
    ) async throws(StoreError) -> Bool {
        try await write { transaction in
            try Catalog.markUploaded(
                path, identity: identity, fingerprint: fingerprint, evidence: evidence, preset: preset, in: transaction)
        }
    }

    public func recordArrivals(_ arrivals: [Arrival]) async throws(StoreError) -> [ArrivalOutcome] {
        guard !arrivals.isEmpty else { return [] }
        return try await write { transaction in try arrivals.map { try Catalog.record($0, in: transaction) } }
    }

    private static func record(_ arrival: Arrival, in transaction: StoreTransaction) throws -> ArrivalOutcome {
        let sighting = arrival.sighting
        var outcome = try Catalog.record(sighting, in: transaction)
        // Its content was read for the arrival: that decides.
        if case .doubtful(let known) = outcome {
            guard arrival.fingerprint != known else {
                _ = try Catalog.refresh(sighting.location.path, identity: sighting.identity, in: transaction)
                return ArrivalOutcome(sighting: .known(publishedProxy: nil), isQueued: false)
            }
            outcome = try Catalog.record(sighting.examined, in: transaction)
        }
        switch outcome {
        case .known, .resembles, .doubtful: return ArrivalOutcome(sighting: outcome, isQueued: false)
        case .following, .replaced: break
        }
        let isQueued = try Catalog.markUploaded(
            sighting.location.path, identity: sighting.identity, fingerprint: arrival.fingerprint,
            evidence: arrival.evidence, preset: arrival.preset, in: transaction)
        return ArrivalOutcome(sighting: outcome, isQueued: isQueued)
    }

    /// - Returns: whether a job was queued; `false` where the row is gone or already uploaded, or its proxy of the same
    ///   content is still there.
    private static func markUploaded(
        _ path: FilePath, identity: FileIdentity, fingerprint: ContentFingerprint?, evidence: [UploadEvidence],
        preset: Preset, in transaction: StoreTransaction
    ) throws -> Bool {
        guard let known = try KnownOriginal(at: path, in: transaction), known.uploadStatus != .uploaded else {
            return false
        }
        if let fingerprint, known.replacedFingerprint == fingerprint,
            try Catalog.takeBackProxy(of: known, identity: identity, fingerprint, evidence, preset, in: transaction)
        {
            return false
        }
        let job = try transaction.queueJob(for: known.id, preset: preset)
        try transaction.runOnce(
            UploadSQL.markUploaded,
            [
                "video": known.id, "job": job, "preset": preset.name,
                "evidence": try StoreJSON.encode(evidence), "fingerprint": fingerprint?.text,
            ] + .identity(identity))
        try transaction.note(
            .uploaded, known.id,
            [
                "evidence": evidence.map(\.rawValue).joined(separator: ","),
                "size_bytes": "\(identity.sizeBytes)", "job": job,
            ])
        return true
    }

    /// The content is again the one that the published proxy was made of.
    private static func takeBackProxy(
        of known: KnownOriginal, identity: FileIdentity, _ fingerprint: ContentFingerprint,
        _ evidence: [UploadEvidence], _ preset: Preset, in transaction: StoreTransaction
    ) throws -> Bool {
        let former = try transaction.row(
            LedgerSQL.formerJob,
            [
                "video": known.id, "fingerprint": fingerprint.text, "parameters": try StoreJSON.encode(preset),
            ])
        guard let former, former["same"] == true else { return false }
        let job: String = former["id"]
        let completedAt: String = former["completed_at"]
        try transaction.runOnce(
            LedgerSQL.takeUpFormerJob,
            [
                "video": known.id, "job": job, "preset": preset.name, "fingerprint": fingerprint.text,
                "evidence": try StoreJSON.encode(evidence),
            ] + .identity(identity))
        try transaction.runOnce(
            LedgerSQL.completeFormerJob, ["video": known.id, "job": job, "completed_at": completedAt])
        let words = evidence.map(\.rawValue).joined(separator: ",")
        try transaction.note(.unchanged, known.id, ["evidence": words + ",same_fingerprint", "job": job])
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
            try transaction.note(.incomplete, known.id, ["size_bytes": "\(identity.sizeBytes)"])
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
            try transaction.note(.refused, known.id, failure)
        }
    }
}
