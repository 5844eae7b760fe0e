/// What `doctor` looks for: stable names, each of one invariant.
public enum Ailment: String, Sendable, Codable, CaseIterable {
    // I1: completed means that the file is there, with the recorded hash.
    case proxyMissing = "proxy_missing"
    case proxyAltered = "proxy_altered"
    case proxyReplaced = "proxy_replaced"
    case proxyElsewhere = "proxy_elsewhere"
    // I2: rows agree.
    case rowsContradict = "rows_contradict"
    case referenceBroken = "reference_broken"
    // I3: at most one live lease for each video, and its owner lives.
    case leaseConflict = "lease_conflict"
    case leaseDead = "lease_dead"
    // I4: a sidecar is never ahead of its row, and says what the row says.
    case sidecarMissing = "sidecar_missing"
    case sidecarBehind = "sidecar_behind"
    case sidecarAhead = "sidecar_ahead"
    case sidecarDisagrees = "sidecar_disagrees"
    case sidecarForeign = "sidecar_foreign"
    case sidecarOrphan = "sidecar_orphan"
    case proxyOrphan = "proxy_orphan"
    // I5: no reader finds a torn file.
    case sidecarTorn = "sidecar_torn"
    // I6: every original that is there has one row.
    case originalWithoutRow = "original_without_row"
    case originalMissing = "original_missing"
    case originalReturned = "original_returned"
    case lossesHeld = "losses_held"
    // I7: originals are what they were when their uploads were complete.
    case originalReplaced = "original_replaced"
    case originalAltered = "original_altered"
    // I8: no temporary file outlives its attempt.
    case temporaryStray = "temporary_stray"
    // I9: what was acknowledged is in a sound database.
    case databaseDamaged = "database_damaged"
    // I10: what can run, runs.
    case queueStuck = "queue_stuck"
    /// Nothing can be told: a file system is not mounted, or does not answer.
    case outOfReach = "out_of_reach"

    /// The invariant's number; `nil` where none can be examined.
    public var invariant: String? {
        switch self {
        case .proxyMissing, .proxyAltered, .proxyReplaced, .proxyElsewhere: "I1"
        case .rowsContradict, .referenceBroken: "I2"
        case .leaseConflict, .leaseDead: "I3"
        case .sidecarMissing, .sidecarBehind, .sidecarAhead, .sidecarDisagrees, .sidecarForeign, .sidecarOrphan,
            .proxyOrphan:
            "I4"
        case .sidecarTorn: "I5"
        case .originalWithoutRow, .originalMissing, .originalReturned, .lossesHeld: "I6"
        case .originalReplaced, .originalAltered: "I7"
        case .temporaryStray: "I8"
        case .databaseDamaged: "I9"
        case .queueStuck: "I10"
        case .outOfReach: nil
        }
    }
}
