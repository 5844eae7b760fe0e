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
            try insert(sighting, in: transaction)
            return .following
        }
        guard known.uploadStatus == .uploaded else {
            try follow(sighting, known, in: transaction)
            return .following
        }
        guard known.isSameContent(as: sighting.identity) else {
            return .replaced(cancelledJob: try replace(sighting, known, in: transaction))
        }
        try relocateIfMoved(sighting, known, in: transaction)
        return .known(publishedProxy: known.processingStatus == .completed ? known.proxyPath : nil)
    }

    private static func insert(_ sighting: Sighting, in transaction: StoreTransaction) throws {
        let reservation = try Reservation(for: sighting, in: transaction)
        try transaction.runOnce(
            UploadSQL.insert,
            sighting.arguments + .identity(sighting.identity) + reservation.arguments)
    }

    private static func follow(_ sighting: Sighting, _ known: KnownOriginal, in transaction: StoreTransaction) throws {
        try relocateIfMoved(sighting, known, in: transaction)
        let isSame = known.identity.hasSameContent(as: sighting.identity)
        guard !isSame || known.presetName != sighting.presetName else { return }
        let status = isSame ? known.uploadStatus : .uploading
        try transaction.runOnce(
            UploadSQL.follow,
            ["video": known.id, "preset": sighting.presetName, "status": status.rawValue]
                + .identity(sighting.identity))
    }

    /// - Returns: the job that was running.
    private static func replace(
        _ sighting: Sighting, _ known: KnownOriginal, in transaction: StoreTransaction
    ) throws -> String? {
        let cancelled = try transaction.row(
            JobSQL.cancelLive,
            ["video": known.id, "message": "The original was replaced; a new job follows its upload."])
        try transaction.runOnce(
            UploadSQL.replace,
            ["video": known.id, "preset": sighting.presetName] + .identity(sighting.identity))
        guard known.jobStatus == .running else { return nil }
        return cancelled?["id"]
    }

    /// The configuration may have been changed, and device numbers of network and btrfs mounts change at each boot.
    /// While a job runs, its destination stays as it was claimed.
    private static func relocateIfMoved(
        _ sighting: Sighting, _ known: KnownOriginal, in transaction: StoreTransaction
    ) throws {
        let hasMoved = known.location != sighting.location || known.destination != sighting.destination
        let isRenumbered =
            known.identity.device != sighting.identity.device && known.isSameContent(as: sighting.identity)
        guard hasMoved || isRenumbered, known.jobStatus != .running || !hasMoved else { return }
        let reservation =
            known.destination == sighting.destination
            ? try Reservation(keeping: known.proxyName, for: sighting)
            : try Reservation(for: sighting, in: transaction)
        try transaction.runOnce(
            UploadSQL.relocate,
            sighting.arguments + reservation.arguments
                + ["video": known.id, "device": Int64(bitPattern: sighting.identity.device)])
    }
}

extension Sighting {
    fileprivate var arguments: StoreTransaction.Arguments {
        [
            "path": location.path.stored, "root": location.root.stored, "drop_folder": location.dropFolder.stored,
            "destination": destination.stored, "preset": presetName,
        ]
    }
}
