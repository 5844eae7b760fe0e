import TestSupport
import Testing

/// A moment in the life of one proxy at which the daemon ends, by the steps of docs/RELIABILITY.md.
struct CrashPoint: Sendable, CustomTestStringConvertible {
    let name: String
    let rules: [FaultPlan.Rule]
    /// The video's and its job's row as the crash may leave them: upload, processing, job, attempt, whether an intent
    /// is recorded.
    let rows: [String]
    /// What the crash leaves in the proxy's directory: `t` a temporary proxy, `p` the proxy.
    let files: String
    /// Attempts in all, counted by the database, when all is done.
    let attempts: Int
    /// Proxies begun in all.
    let begun: Int

    var testDescription: String { name }

    private init(
        _ name: String, _ rules: [FaultPlan.Rule], leaves rows: [String], _ files: String = "", attempts: Int = 1,
        begun: Int = 1
    ) {
        self.name = name
        self.rules = rules
        self.rows = rows
        self.files = files
        self.attempts = attempts
        self.begun = begun
    }

    // What the transactions are known by, and the files' names.
    private static let enqueues = "*INSERT INTO processing_jobs*"
    private static let claims = "*SET status = 'running'*"
    private static let intends = "*SET intent = :intent*"
    private static let completes = "*processing_jobs SET status = 'completed'*"
    private static let notesSidecar = "*SET sidecar_revision = :revision*"
    private static let temporary = "*/.understudy-*-[0-9]-*.tmp"
    private static let sidecarTemporary = "*/.understudy-*-sidecar-*.tmp"
    private static let proxy = "*/proxy/clip.mp4"
    private static let sidecar = "*/proxy/clip.mp4.json"
    private static let directory = "*/proxy"

    /// Where the kernel calls a file busy that was closed just now, it is followed before it is proved complete.
    private static let unproved = ["", "uploading|pending|||0"]
    private static let queued = ["uploaded|processing|pending|0|0"]
    private static let running = ["uploaded|processing|running|1|0"]
    private static let intended = ["uploaded|processing|running|1|1"]
    private static let completed = ["uploaded|completed|completed|1|0"]

    private static func afterCompletion(
        _ name: String, _ call: FaultPlan.Call, _ pattern: String, _ action: FaultPlan.Action
    ) -> CrashPoint {
        CrashPoint(
            name, [.init(.commit, completes, .note), .init(call, pattern, action, after: 0)], leaves: completed, "p")
    }

    /// In order.
    static let all: [CrashPoint] = [
        CrashPoint("P1 before the queueing is committed", [.init(.commit, enqueues, .killBefore)], leaves: unproved),
        CrashPoint("P1 queued", [.init(.commit, enqueues, .killAfter)], leaves: queued),
        CrashPoint("P2 before the claim is committed", [.init(.commit, claims, .killBefore)], leaves: queued),
        CrashPoint("P2 claimed", [.init(.commit, claims, .killAfter)], leaves: running, attempts: 2),
        CrashPoint(
            "P3 temporary file made", [.init(.create, temporary, .killAfter)], leaves: running, "t", attempts: 2,
            begun: 2),
        CrashPoint(
            "P6 verified, original checked", [.init(.chmod, temporary, .killBefore)], leaves: running, "t",
            attempts: 2, begun: 2),
        CrashPoint(
            "P7 before the proxy is synced", [.init(.sync, temporary, .killBefore)], leaves: running, "t",
            attempts: 2, begun: 2),
        CrashPoint(
            "P7 proxy synced", [.init(.sync, temporary, .killAfter)], leaves: running, "t", attempts: 2, begun: 2),
        CrashPoint(
            "P8 before the intent is committed", [.init(.commit, intends, .killBefore)], leaves: running, "t",
            attempts: 2, begun: 2),
        CrashPoint("P8 intent recorded", [.init(.commit, intends, .killAfter)], leaves: intended, "t"),
        CrashPoint("P9 before the rename", [.init(.rename, proxy, .killBefore)], leaves: intended, "t"),
        CrashPoint("P9 renamed", [.init(.rename, proxy, .killAfter)], leaves: intended, "p"),
        CrashPoint(
            "P10 directory synced",
            [.init(.rename, proxy, .note), .init(.sync, directory, .killAfter, after: 0)], leaves: intended, "p"),
        CrashPoint(
            "P11 before the completion is committed", [.init(.commit, completes, .killBefore)], leaves: intended, "p"),
        CrashPoint("P11 completed", [.init(.commit, completes, .killAfter)], leaves: completed, "p"),
        afterCompletion("P12 sidecar's temporary made", .create, sidecarTemporary, .killAfter),
        afterCompletion("P12 sidecar synced", .sync, sidecarTemporary, .killAfter),
        afterCompletion("P12 sidecar renamed", .rename, sidecar, .killAfter),
        afterCompletion("P12 sidecar's directory synced", .sync, directory, .killAfter),
        afterCompletion("P12 before the sidecar is noted", .commit, notesSidecar, .killBefore),
        afterCompletion("P12 sidecar noted", .commit, notesSidecar, .killAfter),
    ]
}
