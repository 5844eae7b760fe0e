import Catalog
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
    var queue: Queue
    /// `nil` where the queue is not paused.
    var pausedSince: String?
    /// `nil` where no daemon answers.
    var watching: DaemonHealth?

    /// The queue, and when it will be empty.
    struct Queue: Sendable, Encodable {
        var jobs: Int
        var bytes: Int64
        var waiting: [String: Int]
        /// `nil` where nothing can be said.
        var secondsToClear: Int?
        /// In UTC; ISO 8601.
        var clearBy: String?

        init(_ outlook: QueueOutlook, work: DaemonHealth.Work?, now: Date = .now) {
            jobs = outlook.queuedJobs
            bytes = outlook.queuedBytes
            waiting = Dictionary(uniqueKeysWithValues: outlook.waiting.map { ($0.key.rawValue, $0.value) })
            secondsToClear = work.flatMap {
                outlook.secondsToClear(slots: $0.slots, running: $0.running.map { $0.progress?.etaSeconds })
            }
            clearBy = secondsToClear.map { now.addingTimeInterval(Double($0)).formatted(.iso8601) }
        }
    }

    static func take(
        from catalog: Catalog, isDaemonRunning: Bool, health: DaemonHealth? = nil
    ) async throws(StoreError) -> Overview {
        let tally = try await catalog.tally()
        return Overview(
            daemonRunning: isDaemonRunning, uploads: named(tally.uploads), videos: named(tally.videos),
            jobs: named(tally.jobs), failures: named(tally.failures),
            queue: Queue(try await catalog.outlook(), work: health?.work), pausedSince: try await catalog.pausedSince(),
            watching: health)
    }

    var text: String { lines(columns: 100).map { $0 + "\n" }.joined() }

    /// The screen.
    /// - Parameter columns: of the terminal, for the progress bars.
    func lines(columns: Int) -> [String] {
        let total = videos.values.reduce(0, +)
        let slots = watching.map { " of \($0.work.slots)" } ?? ""
        var lines = [
            "daemon:      \(daemonRunning ? "running" : "not running")",
            "originals:   \(total)",
            "uploading:   \(uploads["uploading"] ?? 0)\(incompleteNote)",
            "queued:      \(jobs["pending"] ?? 0)\(queueNote)",
        ]
        lines += queue.waiting.sorted { $0.key < $1.key }.map { "  for \($0.key): \($0.value)" }
        lines.append("running:     \(jobs["running"] ?? 0)\(slots)")
        lines += (watching?.work.running ?? []).map {
            "  " + ProgressLine.render(name: $0.original, progress: $0.progress, columns: columns - 2)
        }
        lines += [
            "completed:   \(videos["completed"] ?? 0)",
            "failed:      \(videos["failed"] ?? 0)",
        ]
        lines += failures.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "  \($0.key): \($0.value)" }
        if let pausedSince { lines.append("paused:      since \(pausedSince); `understudy resume` goes on") }
        if let watching { lines += Overview.lines(for: watching) }
        return lines.map { PrintableText.escaped($0) }
    }

    /// All that changes often, in one line.
    var summary: String {
        let counts =
            "\(jobs["running"] ?? 0) running, \(jobs["pending"] ?? 0) queued, \(uploads["uploading"] ?? 0) uploading,"
            + " \(videos["completed"] ?? 0) completed, \(videos["failed"] ?? 0) failed"
        return daemonRunning ? counts : "not running; \(counts)"
    }

    private var queueNote: String {
        guard queue.jobs > 0 else { return "" }
        let size = ", \(Phrases.size(queue.bytes))"
        guard let seconds = queue.secondsToClear, let time = queue.clearBy else { return size }
        return "\(size); clear in about \(Phrases.time(seconds: seconds)), by \(time)"
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
        lines += health.work.spaces.map(spaceLine)
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

    private static func spaceLine(_ space: DestinationSpace) -> String {
        let free = space.freeBytes.map { "\(Phrases.size($0)) free" } ?? "unknown"
        let note = space.isShort ? "; NO JOB STARTS with less than \(Phrases.size(space.leastBytes))" : ""
        return "space:       \(free) for \(space.directory)\(note)"
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

    /// - Parameter isOneLine: for a reader that takes one object a line.
    func json(isOneLine: Bool = false) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = isOneLine ? .sortedKeys : [.prettyPrinted, .sortedKeys]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    private var incompleteNote: String { uploads["incomplete"].map { ", \($0) incomplete" } ?? "" }

    private static func named<Key: RawRepresentable & CaseIterable & Hashable>(_ counts: [Key: Int]) -> [String: Int]
    where Key.RawValue == String {
        Dictionary(uniqueKeysWithValues: counts.map { ($0.key.rawValue, $0.value) })
    }
}
