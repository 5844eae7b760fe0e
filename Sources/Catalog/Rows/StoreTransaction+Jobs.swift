import Domain
import GRDB

extension StoreTransaction {
    /// Adds a job to the queue. The caller moves the video's row in the same transaction; the schema refuses to commit
    /// otherwise.
    /// - Returns: the job's id.
    func queueJob(for videoID: String, preset: Preset) throws -> String {
        let row = try row(JobSQL.queue, ["video": videoID, "parameters": try StoreJSON.encode(preset)])
        guard let row else { throw StoreError(.contradiction, "No job can be queued: the video \(videoID) is gone.") }
        return row["id"]
    }

    /// The video of a job that a token still owns; `nil` where it does not.
    func videoOwned(by token: ClaimToken) throws -> String? {
        try row(JobSQL.owned, .token(token))?["video_id"]
    }

    /// Moves the video after its job has failed or was cancelled.
    func failVideo(_ videoID: String, job: String, failure: String) throws {
        try runOnce(VideoSQL.markFailed, ["video": videoID, "job": job, "failure": failure])
    }
}
