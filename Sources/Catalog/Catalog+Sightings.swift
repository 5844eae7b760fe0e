public import Domain
import GRDB
import SystemPackage

extension Catalog {
    public func record(_ sightings: [Sighting]) async throws(StoreError) -> [SightingOutcome] {
        guard !sightings.isEmpty else { return [] }
        return try await write { transaction in try sightings.map { try Catalog.record($0, in: transaction) } }
    }

    static func record(_ sighting: Sighting, in transaction: StoreTransaction) throws -> SightingOutcome {
        guard let known = try KnownOriginal(at: sighting.location.path, in: transaction) else {
            if !sighting.isExamined {
                let twins = try twins(of: sighting, in: transaction)
                guard twins.isEmpty else { return .resembles(twins) }
            }
            try insert(sighting, in: transaction)
            return .following
        }
        if known.isRenumbered(sighting.identity) {
            _ = try renumber(
                below: known.location.dropFolder, from: known.identity.device, to: sighting.identity.device,
                in: transaction)
        }
        guard known.uploadStatus == .uploaded else {
            try follow(sighting, known, in: transaction)
            return .following
        }
        guard known.isSameContent(as: sighting.identity) else {
            if let fingerprint = doubt(about: sighting, known) { return .doubtful(fingerprint) }
            return .replaced(cancelledJob: try replace(sighting, known, in: transaction))
        }
        guard !known.isMissing else { return try takeBack(sighting, known, in: transaction) }
        try relocateIfMoved(sighting, known, in: transaction)
        return .known(publishedProxy: known.processingStatus == .completed ? known.proxyPath : nil)
    }

    private static func twins(of sighting: Sighting, in transaction: StoreTransaction) throws -> [KnownTwin] {
        try transaction.rows(
            LedgerSQL.twins,
            [
                "path": sighting.location.path.stored, "size": sighting.identity.sizeBytes,
                "device": Int64(bitPattern: sighting.identity.device),
                "inode": Int64(bitPattern: sighting.identity.inode),
            ]
        ).map { row in
            KnownTwin(videoID: row["id"], location: row.location, identity: row.identity, fingerprint: row.fingerprint)
        }
    }

    /// What the content must be for the original to be the same in spite of another inode or time; `nil` where it
    /// cannot be the same, or where a job reads it while somebody seems to write.
    private static func doubt(about sighting: Sighting, _ known: KnownOriginal) -> ContentFingerprint? {
        guard !sighting.isExamined else { return nil }
        // Seen before the row's last news was, and told after it: what is there now has to be looked at. The kernel's
        // clock for files stands still for some milliseconds, so that equal times do not tell either.
        let isLate =
            sighting.identity.inode == known.identity.inode
            && sighting.identity.changedNanoseconds <= known.identity.changedNanoseconds
        guard !isLate else { return known.fingerprint }
        guard known.identity.sizeBytes == sighting.identity.sizeBytes else { return nil }
        if known.jobStatus == .running, sighting.identity.looksWritten(since: known.identity) { return nil }
        return known.fingerprint
    }

    private static func insert(_ sighting: Sighting, in transaction: StoreTransaction) throws {
        let reservation = try Reservation(for: sighting, in: transaction)
        try transaction.runOnce(
            UploadSQL.insert,
            sighting.arguments + .identity(sighting.identity) + reservation.arguments)
        try transaction.note(
            .seen, path: sighting.location.path, ["size_bytes": "\(sighting.identity.sizeBytes)"])
    }

    private static func follow(_ sighting: Sighting, _ known: KnownOriginal, in transaction: StoreTransaction) throws {
        try relocateIfMoved(sighting, known, in: transaction)
        let isSame = known.identity.hasSameContent(as: sighting.identity)
        guard !isSame || known.presetName != sighting.presetName || known.isMissing else { return }
        let status = isSame ? known.uploadStatus : .uploading
        try transaction.runOnce(
            UploadSQL.follow,
            ["video": known.id, "preset": sighting.presetName, "status": status.rawValue]
                + .identity(sighting.identity))
        if known.isMissing { try transaction.note(.returned, known.id) }
        guard known.uploadStatus == .incomplete, status == .uploading else { return }
        try transaction.note(.resumed, known.id, ["size_bytes": "\(sighting.identity.sizeBytes)"])
    }

    /// A deleted original is there again, as it was. Where its loss has failed its job, its upload is followed anew.
    private static func takeBack(
        _ sighting: Sighting, _ known: KnownOriginal, in transaction: StoreTransaction
    ) throws -> SightingOutcome {
        try transaction.note(.returned, known.id)
        guard !known.hasFailedByLoss else {
            return .replaced(cancelledJob: try replace(sighting, known, in: transaction))
        }
        try transaction.runOnce(LedgerSQL.refresh, ["video": known.id] + .identity(sighting.identity))
        return .known(publishedProxy: known.processingStatus == .completed ? known.proxyPath : nil)
    }

    /// - Returns: the job that was running.
    static func replace(
        _ sighting: Sighting, _ known: KnownOriginal, in transaction: StoreTransaction
    ) throws -> String? {
        let cancelled = try transaction.row(
            JobSQL.cancelLive,
            ["video": known.id, "message": "The original was replaced; a new job follows its upload."])
        try transaction.runOnce(
            UploadSQL.replace,
            ["video": known.id, "preset": sighting.presetName] + .identity(sighting.identity))
        var data = ["size_bytes": "\(sighting.identity.sizeBytes)"]
        let job: String? = cancelled?["id"]
        if let job { data["cancelled_job"] = job }
        try transaction.note(.replaced, known.id, data)
        return known.jobStatus == .running ? job : nil
    }

    /// The configuration may have been changed. While a job runs, its destination stays as it was claimed.
    private static func relocateIfMoved(
        _ sighting: Sighting, _ known: KnownOriginal, in transaction: StoreTransaction
    ) throws {
        let hasMoved = known.location != sighting.location || known.destination != sighting.destination
        guard hasMoved, known.jobStatus != .running else { return }
        let reservation =
            known.destination == sighting.destination
            ? try Reservation(keeping: known.proxyName, for: sighting)
            : try Reservation(for: sighting, in: transaction)
        try transaction.runOnce(
            UploadSQL.relocate,
            sighting.arguments + reservation.arguments
                + ["video": known.id])
    }
}

extension Sighting {
    var arguments: StoreTransaction.Arguments {
        [
            "path": location.path.stored, "root": location.root.stored, "drop_folder": location.dropFolder.stored,
            "destination": destination.stored, "preset": presetName,
        ]
    }
}
