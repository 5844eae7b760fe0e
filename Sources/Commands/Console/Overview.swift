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

    static func take(from store: some VideoStore, isDaemonRunning: Bool) async throws(StoreError) -> Overview {
        let tally = try await store.tally()
        return Overview(
            daemonRunning: isDaemonRunning, uploads: named(tally.uploads), videos: named(tally.videos),
            jobs: named(tally.jobs), failures: named(tally.failures))
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
        return lines.map { $0 + "\n" }.joined()
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
