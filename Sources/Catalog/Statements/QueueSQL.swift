/// Which jobs may be claimed, and what a person or the hours say of the queue as a whole.
enum QueueSQL: StatementText {
    case claimable, millisecondsUntilClaimable, claim
    case pausedSince, pause, resume, closeHours, openHours, touchQueued, localTime

    /// Whether nobody holds the queue back.
    private static let isOpen = "EXISTS (SELECT 1 FROM queue_control WHERE paused_at IS NULL AND closed_at IS NULL)"

    /// A queued job's proxy is not being moved.
    private static let hasItsProxy = """
        NOT EXISTS (SELECT 1 FROM relocations r WHERE r.video_id = processing_jobs.video_id AND r.kind = 'proxy')
        """

    /// The sequence of a lane's first claimable job, in an order.
    private static func head(_ order: String) -> String {
        """
        (SELECT sequence FROM processing_jobs
            WHERE status = 'pending' AND lane = lanes.lane AND \(hasItsProxy)
                AND (not_before IS NULL OR not_before <= :now
                    OR (julianday(not_before) - julianday(:now)) * 86400000.0 > delay_ms + 1000)
            ORDER BY sequence \(order) LIMIT 1)
        """
    }

    var sql: String {
        switch self {
        case .claimable:
            // Of each lane its newest and its oldest claimable job. The recursion goes from lane to lane by an index: it
            // takes time by the number of lanes, not of jobs.
            """
            WITH RECURSIVE lanes (lane) AS (
                SELECT min(lane) FROM processing_jobs WHERE status = 'pending'
                UNION ALL
                SELECT (SELECT min(p.lane) FROM processing_jobs p WHERE p.status = 'pending' AND p.lane > lanes.lane)
                FROM lanes WHERE lanes.lane IS NOT NULL
            ), heads (sequence) AS (
                SELECT \(QueueSQL.head("DESC")) FROM lanes WHERE lane IS NOT NULL
                UNION SELECT \(QueueSQL.head("ASC")) FROM lanes WHERE lane IS NOT NULL
            )
            SELECT j.id, j.video_id, j.lane, j.sequence, j.deaths
            FROM heads CROSS JOIN processing_jobs j ON j.sequence = heads.sequence
            WHERE \(QueueSQL.isOpen)
            ORDER BY j.lane, j.sequence LIMIT :limit
            """
        case .millisecondsUntilClaimable:
            """
            SELECT CAST(min((julianday(not_before) - julianday(:now)) * 86400000.0) + 1 AS INTEGER)
            FROM processing_jobs
            WHERE status = 'pending' AND not_before > :now
                AND (julianday(not_before) - julianday(:now)) * 86400000.0 <= delay_ms + 1000
            """
        case .claim:
            """
            UPDATE processing_jobs SET status = 'running', lease = :lease, attempt = attempt + 1,
                started_at = max(queued_at, :now), waiting_for = NULL, not_before = NULL, delay_ms = NULL
            WHERE id = :job AND status = 'pending' AND \(QueueSQL.isOpen) AND \(QueueSQL.hasItsProxy)
            RETURNING video_id, attempt
            """
        case .pausedSince: "SELECT paused_at FROM queue_control WHERE id = 1"
        case .pause: "UPDATE queue_control SET paused_at = :now WHERE id = 1 AND paused_at IS NULL"
        case .resume: "UPDATE queue_control SET paused_at = NULL WHERE id = 1 AND paused_at IS NOT NULL"
        case .closeHours: "UPDATE queue_control SET closed_at = :now WHERE id = 1 AND closed_at IS NULL"
        case .openHours: "UPDATE queue_control SET closed_at = NULL WHERE id = 1 AND closed_at IS NOT NULL"
        case .touchQueued:
            // Their sidecars say what they wait for.
            """
            UPDATE videos SET \(countingTheChange)
            WHERE processing_job_id IN (SELECT id FROM processing_jobs WHERE status = 'pending')
            """
        case .localTime:
            """
            SELECT CAST(strftime('%w', :now, 'localtime') AS INTEGER) AS weekday,
                CAST(strftime('%H', :now, 'localtime') AS INTEGER) * 3600
                    + CAST(strftime('%M', :now, 'localtime') AS INTEGER) * 60
                    + CAST(strftime('%S', :now, 'localtime') AS INTEGER) AS second
            """
        }
    }
}
