import Catalog
import Domain
import JobRunner
import SystemPackage

/// How the database does: for `status` and `check`.
public struct DatabaseHealth: Sendable, Hashable, Codable {
    /// Of the write-ahead log.
    public var logBytes: Int64
    /// Why writes are refused at the moment; `nil` where they are not.
    public var trouble: String?
    /// The time of the newest backup, as in its name; `nil` where there is none.
    public var newestBackup: String?
    /// Damaged databases that were set aside and are kept.
    public var damaged: [String]

    init(of catalog: Catalog, in stateDirectory: FilePath) {
        logBytes = catalog.logBytes()
        trouble = catalog.trouble?.message
        // A directory that cannot be read has no backups to tell of.
        newestBackup = (try? BackupFolder(stateDirectory: stateDirectory).stamps())?.last
        damaged = DatabaseReplacement.damaged(in: stateDirectory).map { PathText.encode($0.bytes) }
    }

    /// Whether the log has grown beyond what the daemon's own work explains.
    public var isLogLarge: Bool { logBytes >= UpkeepService.alarmingLogBytes }

    private enum CodingKeys: String, CodingKey {
        case trouble, damaged
        case logBytes = "log_bytes"
        case newestBackup = "newest_backup"
    }
}
