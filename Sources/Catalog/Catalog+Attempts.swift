public import Domain
import GRDB

/// What the owner of a claim reports. Every verb is fenced: where the token no longer owns the job, it is `false`.
extension Catalog {
    public func recordMedia(_ token: ClaimToken, media: MediaDescription) async throws(StoreError) -> Bool {
        try await write { transaction in
            guard let videoID = try transaction.videoOwned(by: token) else { return false }
            let text = try StoreJSON.encode(media)
            let arguments: StoreTransaction.Arguments = ["video": videoID, "media": text]
            let isKnown: Bool = try transaction.row(VideoSQL.sameMedia, arguments)?[0] ?? false
            if !isKnown { try transaction.runOnce(VideoSQL.setMedia, arguments) }
            return true
        }
    }

    public func recordIntent(_ token: ClaimToken, intent: PublishIntent) async throws(StoreError) -> Bool {
        try await write { transaction in
            try transaction.run(
                JobSQL.recordIntent, ["intent": try StoreJSON.encode(intent)] + .token(token)) == 1
        }
    }

    /// Ends a job with its proxy in place. The result is the recorded intent's: what was synced, not what is claimed
    /// now. Where the job was cancelled after the rename, the file at the proxy's place is recorded as ours, so that
    /// the next job may replace it, and the answer is `false`.
    public func complete(_ token: ClaimToken) async throws(StoreError) -> Bool {
        try await write { transaction in
            guard let owned = try transaction.row(JobSQL.owned, .token(token)) else {
                try Catalog.recordLatePublication(token, in: transaction)
                return false
            }
            let videoID: String = owned["video_id"]
            let lease: String? = owned["intent_lease"]
            guard let intent = try owned.json("intent", as: PublishIntent.self), lease == token.lease else {
                throw StoreError(
                    .contradiction, "The job \(token.jobID) cannot be completed: nothing was about to be published.")
            }
            let completed = try transaction.row(
                JobSQL.complete, ["result": try StoreJSON.encode(intent.result)] + .token(token))
            let completedAt: String? = completed?["completed_at"]
            try transaction.runOnce(
                VideoSQL.markCompleted,
                [
                    "video": videoID, "job": token.jobID, "completed_at": completedAt,
                    "file": try StoreJSON.encode(intent.file),
                ])
            _ = try transaction.run(JobSQL.settleIntents, ["video": videoID])
            try transaction.note(.completed, videoID, ["job": token.jobID])
            return true
        }
    }

    public func recordPublished(_ token: ClaimToken) async throws(StoreError) -> Bool {
        try await write { transaction in
            guard let owned = try transaction.row(JobSQL.owned, .token(token)) else { return false }
            let lease: String? = owned["intent_lease"]
            guard lease == token.lease, let intent = try owned.json("intent", as: PublishIntent.self) else {
                return false
            }
            let video: String = owned["video_id"]
            let arguments: StoreTransaction.Arguments = ["video": video, "file": try StoreJSON.encode(intent.file)]
            return try transaction.run(VideoSQL.publishedLate, arguments) == 1
        }
    }

    public func fail(_ token: ClaimToken, failure: Failure) async throws(StoreError) -> Bool {
        try await write { transaction in
            let record = try StoreJSON.encode(FailureRecord(failure))
            let failed = try transaction.row(
                JobSQL.fail, ["failure": record, "message": failure.message] + .token(token))
            guard let failed else { return false }
            try transaction.failVideo(failed["video_id"], job: token.jobID, failure: record)
            try transaction.note(.failed, failed["video_id"], failure, ["job": token.jobID])
            return true
        }
    }

    public func supersede(_ token: ClaimToken) async throws(StoreError) -> Bool {
        try await write { transaction in
            let ended = try transaction.row(
                JobSQL.supersede,
                ["message": "The original changed while its proxy was made; a new job follows its upload."]
                    + .token(token))
            guard let ended else { return false }
            let videoID: String = ended["video_id"]
            try transaction.runOnce(VideoSQL.markReopened, ["video": videoID, "job": token.jobID])
            try transaction.note(.superseded, videoID, ["job": token.jobID])
            return true
        }
    }

    private static func recordLatePublication(_ token: ClaimToken, in transaction: StoreTransaction) throws {
        guard let late = try transaction.row(JobSQL.latePublication, .token(token)),
            let intent = try late.json("intent", as: PublishIntent.self)
        else { return }
        let videoID: String = late["video_id"]
        _ = try transaction.run(
            VideoSQL.publishedLate, ["video": videoID, "file": try StoreJSON.encode(intent.file)])
        _ = try transaction.run(JobSQL.settleIntents, ["video": videoID])
    }
}
