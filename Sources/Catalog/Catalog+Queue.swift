public import Domain
import GRDB
import SystemPackage

extension Catalog {
    public func claimableJobs(limit: Int) async throws(StoreError) -> [QueuedJob] {
        try await read { transaction in
            try transaction.rows(QueueSQL.claimable, ["limit": max(limit, 0)]).map { row in
                QueuedJob(
                    id: row["id"], videoID: row["video_id"], dropFolder: row.path("lane"),
                    sequence: row["sequence"], deaths: row["deaths"])
            }
        }
    }

    public func timeUntilNextClaimable() async throws(StoreError) -> Duration? {
        try await read { transaction in
            let milliseconds: Int64? = try transaction.row(QueueSQL.millisecondsUntilClaimable)?[0]
            return milliseconds.map { .milliseconds($0) }
        }
    }

    public func claim(_ jobID: String, lease: String) async throws(StoreError) -> ClaimedJob? {
        try await write { transaction in
            let claim = try transaction.row(QueueSQL.claim, ["job": jobID, "lease": lease])
            guard let claim else { return nil }
            let videoID: String = claim["video_id"]
            try transaction.runOnce(VideoSQL.touch, ["video": videoID])
            let attempt: Int = claim["attempt"]
            try transaction.note(.started, videoID, ["job": jobID, "attempt": "\(attempt)"])
            return try transaction.row(JobSQL.claimed, ["job": jobID])?.claimedJob()
        }
    }

    public func interruptedJobs() async throws(StoreError) -> [InterruptedJob] {
        try await read { transaction in
            try transaction.rows(JobSQL.interrupted).map { row in
                InterruptedJob(
                    token: row.token, videoID: row["video_id"], destination: row.path("destination"),
                    proxyPath: row.path("reserved_proxy_path"), replaceable: try row.replaceable(),
                    intent: try row.json("intent", as: PublishIntent.self), deaths: row["deaths"])
            }
        }
    }

    public func release(
        _ token: ClaimToken, reason: WaitReason?, delay: Duration, givesBackAttempt: Bool, failure: Failure?
    ) async throws(StoreError) -> Bool {
        let milliseconds = delay.wholeMilliseconds
        return try await write { transaction in
            let released = try transaction.row(
                JobSQL.release,
                [
                    "given_back": givesBackAttempt ? 1 : 0, "reason": reason?.rawValue,
                    "delay": milliseconds > 0 ? milliseconds : nil,
                    "failure": try failure.map { try StoreJSON.encode(FailureRecord($0)) },
                    "message": failure?.message,
                ] + .token(token))
            guard let released else { return false }
            try Catalog.noteRelease(of: token, released, reason, milliseconds, failure, in: transaction)
            return true
        }
    }

    public func releaseAfterDeath(
        _ token: ClaimToken, reason: WaitReason?, delay: Duration
    ) async throws(StoreError) -> Bool {
        let milliseconds = delay.wholeMilliseconds
        return try await write { transaction in
            let released = try transaction.row(
                JobSQL.releaseAfterDeath,
                ["reason": reason?.rawValue, "delay": milliseconds > 0 ? milliseconds : nil] + .token(token))
            guard let released else { return false }
            try Catalog.noteRelease(of: token, released, reason, milliseconds, nil, in: transaction)
            return true
        }
    }

    private static func noteRelease(
        of token: ClaimToken, _ released: Row, _ reason: WaitReason?, _ milliseconds: Int64, _ failure: Failure?,
        in transaction: StoreTransaction
    ) throws {
        let videoID: String = released["video_id"]
        try transaction.runOnce(VideoSQL.touch, ["video": videoID])
        var data = ["job": token.jobID, "attempt": "\(token.attempt)", "waiting_for": reason?.rawValue ?? "worker"]
        if milliseconds > 0 { data["delay_ms"] = "\(milliseconds)" }
        let deaths: Int = released["deaths"]
        if deaths > 0 { data["daemon_deaths"] = "\(deaths)" }
        try transaction.note(.waiting, videoID, failure, data)
    }
}

extension Row {
    fileprivate var token: ClaimToken { ClaimToken(jobID: self["id"], attempt: self["attempt"], lease: self["lease"]) }

    /// The row of `JobSQL.claimed`.
    fileprivate func claimedJob() throws -> ClaimedJob {
        let preset = try json("parameters", as: Preset.self)
        guard let preset else { throw StoreError(.unreadable, "A job has no parameters.") }
        return ClaimedJob(
            token: token, videoID: self["video_id"],
            location: location, identity: identity, fingerprint: fingerprint, destination: path("destination"),
            proxyPath: path("reserved_proxy_path"),
            replaceable: try replaceable(), preset: preset, media: try json("media", as: MediaDescription.self))
    }

    /// The files of ours that may lie at the proxy's place: the one that was last published there, and the one that was
    /// about to be published when an earlier attempt ended (its rename may have happened, and a power cut may have taken it
    /// back), and that of a forgotten video.
    fileprivate func replaceable() throws -> [PublishedFile] {
        let reserved: String = self["reserved_proxy_path"]
        let published: String? = self["published_path"]
        let file = published == reserved ? try json("published_file", as: PublishedFile.self) : nil
        let intent = try json("last_intent", as: PublishIntent.self)
        let all = [file, intent?.file, try json("removed_file", as: PublishedFile.self)] + (intent?.replaced ?? [])
        // Each failed attempt may add one; the latest come first.
        var known: [PublishedFile] = []
        for case let file? in all where !known.contains(file) { known.append(file) }
        return Array(known.prefix(16))
    }
}

extension Duration {
    /// Rounded up, never negative, at most about a hundred years.
    fileprivate var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let part = (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        return min(seconds, 3_155_760_000) * 1000 + part
    }
}
