public import Domain
import GRDB
import SystemPackage

extension Catalog {
    public func claimableJobs(limit: Int) async throws(StoreError) -> [QueuedJob] {
        try await read { transaction in
            try transaction.rows(QueueSQL.claimable, ["limit": max(limit, 0)]).map { row in
                QueuedJob(
                    id: row["id"], videoID: row["video_id"], dropFolder: row.path("lane"),
                    sequence: row["sequence"])
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
                    proxyPath: row.path("reserved_proxy_path"), replaceable: try row.publishedAtReserved(),
                    intent: try row.json("intent", as: PublishIntent.self))
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
            let videoID: String = released["video_id"]
            try transaction.runOnce(VideoSQL.touch, ["video": videoID])
            var data = ["job": token.jobID, "attempt": "\(token.attempt)", "waiting_for": reason?.rawValue ?? "worker"]
            if milliseconds > 0 { data["delay_ms"] = "\(milliseconds)" }
            try transaction.note(.waiting, videoID, failure, data)
            return true
        }
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

    /// The file of ours that may lie at the proxy's place: the published one, or, where none is known to exist, the
    /// one that was about to be published when an earlier attempt ended (its rename may have happened).
    private func replaceable() throws -> PublishedFile? {
        let reserved: String = self["reserved_proxy_path"]
        let existing: String? = self["proxy_path"]
        let file = try publishedAtReserved()
        if existing == reserved { return file }
        return try json("last_intent", as: PublishIntent.self)?.file ?? file
    }

    /// The file of ours that was last published at the place that is reserved now.
    fileprivate func publishedAtReserved() throws -> PublishedFile? {
        let reserved: String = self["reserved_proxy_path"]
        let published: String? = self["published_path"]
        return published == reserved ? try json("published_file", as: PublishedFile.self) : nil
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
