/// Readings that change nothing.
enum QuerySQL: StatementText {
    case now, videoByPath, videoByID, videos, staleSidecars, uploadTally, videoTally, jobTally, failureTally
    case contradictions, integrity, wholeIntegrity, foreignKeys, stamps, life

    /// A video with its current job. The modification time is cut, never rounded, to milliseconds.
    private static let snapshotColumns = """
        SELECT v.id, v.revision, v.original_path, v.destination, v.file_size_bytes, v.media, v.upload_status,
            v.uploaded_at, v.upload_evidence, v.processing_status, v.processing_completed_at, v.processing_error,
            v.proxy_path, v.preset_name, v.sidecar_revision, v.created_at, v.updated_at,
            strftime('%Y-%m-%dT%H:%M:%S', (v.original_mtime_ns - (v.original_mtime_ns % 1000000000 + 1000000000)
                % 1000000000) / 1000000000, 'unixepoch')
                || printf('.%03dZ', (v.original_mtime_ns % 1000000000 + 1000000000) % 1000000000 / 1000000)
                AS modified_at,
            j.id AS job_id, j.status AS job_status, j.attempt, j.queued_at, j.started_at, j.completed_at,
            CASE WHEN j.status <> 'pending' THEN NULL
                WHEN (SELECT paused_at FROM queue_control) IS NOT NULL THEN 'paused'
                WHEN (SELECT closed_at FROM queue_control) IS NOT NULL THEN 'schedule'
                ELSE j.waiting_for END AS waiting_for,
            j.result_data, v.original_missing_since
        """
    private static let snapshot = "\(snapshotColumns) \(withCurrentJob)"
    private static let withCurrentJob = "FROM videos v LEFT JOIN processing_jobs j ON j.id = v.processing_job_id"

    /// The same with what is recorded of the video's files.
    static let record = """
        \(snapshotColumns),
            v.root, v.drop_folder, v.original_device, v.original_inode, v.original_mtime_ns, v.original_ctime_ns,
            v.content_fingerprint, v.published_path, v.published_file,
            EXISTS (SELECT 1 FROM relocations r WHERE r.video_id = v.id) AS is_moving
        \(withCurrentJob)
        """

    var sql: String {
        switch self {
        case .now: "SELECT strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"
        case .videoByPath: "\(QuerySQL.snapshot) WHERE v.original_path = :path"
        case .videoByID: "\(QuerySQL.snapshot) WHERE v.id = :video"
        case .videos:
            // '0' is the character after '/': the range holds exactly what begins with the directory and a slash.
            """
            \(QuerySQL.snapshot)
            WHERE (:status IS NULL OR v.processing_status = :status)
                AND (:upload_status IS NULL OR v.upload_status = :upload_status)
                AND (:under IS NULL OR v.original_path = :under
                    OR (v.original_path >= :under || '/' AND v.original_path < :under || '0'))
            ORDER BY v.original_path
            """
        case .staleSidecars:
            "\(QuerySQL.snapshot) WHERE v.sidecar_revision < v.revision ORDER BY v.change_sequence LIMIT :limit"
        case .uploadTally: "SELECT upload_status, count(*) FROM videos GROUP BY 1"
        case .videoTally: "SELECT processing_status, count(*) FROM videos GROUP BY 1"
        case .jobTally: "SELECT status, count(*) FROM processing_jobs GROUP BY 1"
        case .failureTally:
            "SELECT processing_error ->> '$.code', count(*) FROM videos WHERE processing_error IS NOT NULL GROUP BY 1"
        case .contradictions: "SELECT video_id, job_id, problem FROM contradictions"
        case .integrity: "PRAGMA quick_check(20)"
        case .wholeIntegrity: "PRAGMA integrity_check(20)"
        case .stamps:
            """
            SELECT strftime('%Y%m%dT%H%M%SZ', :now), strftime('%Y%m%dT%H%M%SZ', :now, '-1 day')
            """
        case .foreignKeys: "PRAGMA foreign_key_check"
        case .life: "SELECT EXISTS (SELECT 1 FROM queue_control)"
        }
    }
}
