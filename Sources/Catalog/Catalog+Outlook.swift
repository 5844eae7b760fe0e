public import Domain
import GRDB

extension Catalog {
    /// What is queued and how fast the last jobs went.
    public func outlook() async throws(StoreError) -> QueueOutlook {
        try await read { transaction in
            var (jobs, bytes): (Int, Int64) = (0, 0)
            var waiting: [WaitReason: Int] = [:]
            for row in try transaction.rows(OutlookSQL.queued) {
                let count: Int = row["jobs"]
                jobs += count
                bytes += row["bytes"] as Int64
                let text: String? = row["waiting_for"]
                if let reason = text.flatMap({ WaitReason(rawValue: $0) }) { waiting[reason] = count }
            }
            let recent = try transaction.row(OutlookSQL.recent)
            return QueueOutlook(
                queuedJobs: jobs, queuedBytes: bytes, waiting: waiting, recentBytes: recent?["bytes"] ?? 0,
                recentSeconds: recent?["seconds"] ?? 0)
        }
    }
}

/// What `status` says of the queue.
enum OutlookSQL: String, StatementText {
    case queued = """
        SELECT CASE WHEN (SELECT paused_at FROM queue_control) IS NOT NULL THEN 'paused'
                WHEN (SELECT closed_at FROM queue_control) IS NOT NULL THEN 'schedule'
                ELSE j.waiting_for END AS waiting_for,
            count(*) AS jobs, sum(v.file_size_bytes) AS bytes
        FROM processing_jobs j JOIN videos v ON v.id = j.video_id
        WHERE j.status = 'pending' GROUP BY 1
        """
    /// The jobs that were completed last.
    case recent = """
        SELECT coalesce(sum(bytes), 0) AS bytes, coalesce(sum(seconds), 0.0) AS seconds FROM (
            SELECT v.file_size_bytes AS bytes, (julianday(j.completed_at) - julianday(j.started_at)) * 86400.0 AS seconds
            FROM processing_jobs j JOIN videos v ON v.id = j.video_id
            WHERE j.completed_at IS NOT NULL AND j.status = 'completed'
            ORDER BY j.completed_at DESC LIMIT 50)
        """
}
