import Domain
import DropFolders

/// The daemon in one line, for `systemctl status`. Pure.
struct StatusLine: Sendable, Hashable {
    var tally: Tally
    var watcher: WatcherHealth
    var isScanned: Bool
    /// Why the database takes no writes; `nil` where it does.
    var trouble: String?
    var isPaused: Bool

    var text: String {
        guard isScanned else { return "first scan: \(watcher.waitingDirectories) directories to read" }
        var parts = [
            "\(tally.jobs[.running] ?? 0) running", "\(tally.jobs[.pending] ?? 0) queued",
            "\(tally.uploads[.uploading] ?? 0) uploading", "\(tally.videos[.completed] ?? 0) completed",
            "\(tally.videos[.failed] ?? 0) failed",
        ]
        if isPaused { parts.append("paused") }
        if !watcher.missingRoots.isEmpty { parts.append("\(watcher.missingRoots.count) roots missing") }
        if watcher.directoriesWithoutWatch > 0 { parts.append("watch limit reached") }
        if trouble != nil { parts.append("database not writable") }
        return parts.joined(separator: ", ")
    }
}
