/// The life of processing jobs. Every statement that takes `:lease` is fenced by job, lease and attempt.
enum JobSQL: String, StatementText {
    case queue = """
        INSERT INTO processing_jobs (video_id, parameters, queued_at, lane)
        SELECT id, :parameters, max(created_at, :now), drop_folder FROM videos WHERE id = :video
        RETURNING id
        """
    case claimed = """
        SELECT j.id, j.parameters, j.attempt, j.lease, v.id AS video_id, v.original_path, v.root, v.drop_folder,
            v.destination, v.reserved_proxy_path, v.proxy_path, v.published_path, v.published_file, v.media,
            v.file_size_bytes, v.content_fingerprint,
            v.original_device, v.original_inode, v.original_mtime_ns, v.original_ctime_ns,
            (SELECT o.intent FROM processing_jobs o WHERE o.video_id = v.id AND o.intent IS NOT NULL
                ORDER BY o.sequence DESC LIMIT 1) AS last_intent,
            (SELECT r.file FROM removals r WHERE r.proxy_path = v.reserved_proxy_path
                ORDER BY r.sequence DESC LIMIT 1) AS removed_file
        FROM processing_jobs j JOIN videos v ON v.id = j.video_id
        WHERE j.id = :job
        """
    case owned = """
        SELECT video_id, intent, intent_lease FROM processing_jobs
        WHERE id = :job AND status = 'running' AND lease = :lease AND attempt = :attempt
        """
    case recordIntent = """
        UPDATE processing_jobs SET intent = :intent, intent_lease = lease
        WHERE id = :job AND status = 'running' AND lease = :lease AND attempt = :attempt
        """
    case complete = """
        UPDATE processing_jobs SET status = 'completed', result_data = :result, completed_at = max(started_at, :now),
            lease = NULL, intent = NULL, intent_lease = NULL, failure = NULL, error_message = NULL
        WHERE id = :job AND status = 'running' AND lease = :lease AND attempt = :attempt
        RETURNING completed_at
        """
    case fail = """
        UPDATE processing_jobs SET status = 'failed', failure = :failure, error_message = :message,
            completed_at = max(started_at, :now), lease = NULL
        WHERE id = :job AND status = 'running' AND lease = :lease AND attempt = :attempt
        RETURNING video_id
        """
    case failUnstarted = """
        UPDATE processing_jobs SET status = 'failed', failure = :failure, error_message = :message,
            completed_at = max(queued_at, :now)
        WHERE id = :job AND status = 'pending'
        """
    case release = """
        UPDATE processing_jobs SET status = 'pending', lease = NULL, attempt = attempt - :given_back,
            started_at = CASE WHEN :given_back THEN NULL ELSE started_at END,
            waiting_for = :reason, delay_ms = :delay,
            not_before = strftime('%Y-%m-%dT%H:%M:%fZ', :now, '+' || (:delay / 1000.0) || ' seconds'),
            failure = coalesce(:failure, failure), error_message = coalesce(:message, error_message), deaths = 0
        WHERE id = :job AND status = 'running' AND lease = :lease AND attempt = :attempt
        RETURNING video_id, deaths
        """
    case releaseAfterDeath = """
        UPDATE processing_jobs SET status = 'pending', lease = NULL, deaths = deaths + 1,
            waiting_for = :reason, delay_ms = :delay,
            not_before = strftime('%Y-%m-%dT%H:%M:%fZ', :now, '+' || (:delay / 1000.0) || ' seconds')
        WHERE id = :job AND status = 'running' AND lease = :lease AND attempt = :attempt
        RETURNING video_id, deaths
        """
    case supersede = """
        UPDATE processing_jobs SET status = 'cancelled', completed_at = max(started_at, :now), lease = NULL,
            error_message = :message
        WHERE id = :job AND status = 'running' AND lease = :lease AND attempt = :attempt
        RETURNING video_id
        """
    case cancelLive = """
        UPDATE processing_jobs SET status = 'cancelled', completed_at = max(coalesce(started_at, queued_at), :now),
            lease = NULL, waiting_for = NULL, not_before = NULL, delay_ms = NULL, error_message = :message
        WHERE video_id = :video AND status IN ('pending', 'running')
        RETURNING id
        """
    case interrupted = """
        SELECT j.id, j.attempt, j.lease, j.video_id, v.destination, v.reserved_proxy_path,
            v.published_path, v.published_file,
            CASE WHEN j.intent_lease = j.lease THEN j.intent END AS intent, j.deaths,
            (SELECT o.intent FROM processing_jobs o WHERE o.video_id = v.id AND o.intent IS NOT NULL
                AND o.intent_lease IS NOT j.lease ORDER BY o.sequence DESC LIMIT 1) AS last_intent,
            (SELECT r.file FROM removals r WHERE r.proxy_path = v.reserved_proxy_path
                ORDER BY r.sequence DESC LIMIT 1) AS removed_file
        FROM processing_jobs j JOIN videos v ON v.id = j.video_id
        WHERE j.status = 'running' ORDER BY j.sequence
        """
    case latePublication = """
        SELECT video_id, intent FROM processing_jobs
        WHERE id = :job AND status IN ('cancelled', 'failed') AND intent_lease = :lease AND attempt = :attempt
        """
    case settleIntents = """
        UPDATE processing_jobs SET intent = NULL, intent_lease = NULL WHERE video_id = :video AND intent IS NOT NULL
        """
}
