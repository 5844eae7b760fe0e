import Daemon
import Domain
import Foundation

/// Numbers of all originals, for `status`.
struct Overview: Sendable, Encodable {
    var daemonRunning: Bool
    var uploads: [String: Int]
    var videos: [String: Int]
    var jobs: [String: Int]
    var failures: [String: Int]
    /// `nil` where the queue is not paused.
    var pausedSince: String?
    /// `nil` where no daemon answers.
    var watching: DaemonHealth?

    static func take(
        from store: some VideoStore, isDaemonRunning: Bool, pausedSince: String? = nil, health: DaemonHealth? = nil
    ) async throws(StoreError) -> Overview {
        let tally = try await store.tally()
        return Overview(
            daemonRunning: isDaemonRunning, uploads: named(tally.uploads), videos: named(tally.videos),
            jobs: named(tally.jobs), failures: named(tally.failures), pausedSince: pausedSince, watching: health)
    }

    var text: String {
        let total = videos.values.reduce(0, +)
        var lines = [
            "daemon:      \(daemonRunning ? "running" : "not running")",
            "originals:   \(total)",
            "uploading:   \(uploads["uploading"] ?? 0)\(incompleteNote)",
            "queued:      \(jobs["pending"] ?? 0)",
            "running:     \(jobs["running"] ?? 0)",
            "completed:   \(videos["completed"] ?? 0)",
            "failed:      \(videos["failed"] ?? 0)",
        ]
        lines += failures.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "  \($0.key): \($0.value)" }
        if let pausedSince { lines.append("paused:      since \(pausedSince); `understudy resume` goes on") }
        if let watching { lines += Overview.lines(for: watching) }
        return lines.map { PrintableText.escaped($0) + "\n" }.joined()
    }

    private static func lines(for health: DaemonHealth) -> [String] {
        let allowed = health.watchesAllowed.map { " of \($0) allowed" } ?? ""
        var lines = [
            "watches:     \(health.watches)\(allowed), \(health.overflows) overflows,"
                + " last event \(health.lastEventInWords)",
            "following:   \(health.following) uploads, \(health.busy) with a writer",
            "backlog:     \(health.backlogInWords)",
        ]
        lines += health.polledTrees.sorted { $0.key < $1.key }.map {
            "polled:      \($0.value) directories below \($0.key)"
        }
        if health.directoriesWithoutWatch > 0 {
            let remedy = health.watchesRemedy.map { ": \($0)" } ?? ""
            lines.append("             \(health.directoriesWithoutWatch) of them for want of a watch\(remedy)")
        }
        if health.unreadableDirectories > 0 { lines.append("unreadable:  \(health.unreadableDirectories) directories") }
        lines += databaseLines(for: health.database)
        lines += health.missingRoots.map { "missing:     the root \($0); is it mounted?" }
        lines += health.unreachable.sorted { $0.key < $1.key }.map {
            "unreachable: \($0.value) originals below \($0.key); is their file system mounted?"
        }
        lines += health.heldRoots.sorted { $0.key < $1.key }.map {
            "VANISHED:    \($0.value) originals below \($0.key) at once: nothing is deleted until they are back, or"
                + " `understudy doctor --repair --accept-losses \($0.key)`"
        }
        return lines
    }

    private static func databaseLines(for database: DatabaseHealth) -> [String] {
        var lines = ["backup:      \(database.newestBackup ?? "none yet")"]
        if let trouble = database.trouble { lines.append("DATABASE:    \(trouble)") }
        if database.isLogLarge {
            lines.append(
                "LOG:         \(Phrases.size(database.logBytes)): some program reads the database and does not let go")
        }
        return lines
            + database.damaged.map { "DAMAGED:     a damaged database is kept as \($0); remove it when it has served" }
    }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    private var incompleteNote: String { uploads["incomplete"].map { ", \($0) incomplete" } ?? "" }

    private static func named<Key: RawRepresentable & CaseIterable & Hashable>(_ counts: [Key: Int]) -> [String: Int]
    where Key.RawValue == String {
        Dictionary(uniqueKeysWithValues: counts.map { ($0.key.rawValue, $0.value) })
    }
}
