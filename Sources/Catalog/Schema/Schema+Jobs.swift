extension Schema {
    /// One row for each time a proxy is asked for.
    static let processingJobsTable = """
        CREATE TABLE processing_jobs (
            -- The queue's order: never by time.
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE DEFAULT (lower(
                substr(printf('%012x', strftime('%s', 'now') * 1000 + substr(strftime('%f', 'now'), 4, 3)), 1, 8)
                || '-' ||
                substr(printf('%012x', strftime('%s', 'now') * 1000 + substr(strftime('%f', 'now'), 4, 3)), 9, 4)
                || '-7' || substr(hex(randomblob(2)), 2) || '-'
                || substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2)
                || '-' || hex(randomblob(6)))),
            video_id TEXT NOT NULL
                CONSTRAINT job_goes_with_its_video
                REFERENCES videos (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
            job_type TEXT NOT NULL DEFAULT 'proxy_generation',
            status TEXT NOT NULL DEFAULT 'pending',
            parameters TEXT NOT NULL,
            result_data TEXT,
            error_message TEXT,
            -- What the last attempt ended with, as in videos.processing_error.
            failure TEXT,
            attempt INTEGER NOT NULL DEFAULT 0,
            -- Proves that a write comes from the attempt that claimed the job.
            lease TEXT,
            -- What was about to be published, and by which claim; kept after a failed publication, since a rename may
            -- have happened before the failure.
            intent TEXT,
            intent_lease TEXT,
            waiting_for TEXT,
            -- Not to be claimed before this time, which is delay_ms after the release. Where it is farther away than
            -- that, the clock was stepped back, and the job does not wait for it.
            not_before TEXT,
            delay_ms INTEGER,
            queued_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
            started_at TEXT,
            completed_at TEXT,
            -- The video status that this status implies: not a second truth, the same one in the video's words.
            video_status TEXT NOT NULL GENERATED ALWAYS AS (CASE status
                WHEN 'pending' THEN 'processing' WHEN 'running' THEN 'processing'
                WHEN 'completed' THEN 'completed' ELSE 'failed' END) STORED,
            -- The video, while this job is queued or runs.
            live_video_id TEXT GENERATED ALWAYS AS
                (CASE WHEN status IN ('pending', 'running') THEN video_id END) STORED,

            -- Target of videos.video_agrees_with_its_job.
            UNIQUE (id, video_id, video_status),
            -- A queued or running job is its video's current job at every COMMIT.
            CONSTRAINT live_job_is_the_current_one
                FOREIGN KEY (live_video_id, id) REFERENCES videos (id, processing_job_id)
                DEFERRABLE INITIALLY DEFERRED,
            -- The states, kinds and reasons are those of the contract.
            CONSTRAINT status_is_known
                CHECK (status IN ('pending', 'running', 'completed', 'failed', 'cancelled')),
            CONSTRAINT job_type_is_known CHECK (job_type IN ('proxy_generation')),
            CONSTRAINT waiting_for_is_known
                CHECK (waiting_for IN ('upload', 'disk_space', 'mount', 'retry', 'schedule', 'paused', 'worker')),
            -- Only a queued job waits, and a pause has its length.
            CONSTRAINT only_pending_jobs_wait
                CHECK (status = 'pending' OR (waiting_for IS NULL AND not_before IS NULL)),
            CONSTRAINT pause_has_its_length CHECK ((not_before IS NULL) = (delay_ms IS NULL)),
            -- A running job has exactly one owner.
            CONSTRAINT lease_while_running CHECK ((status = 'running') = (lease IS NOT NULL)),
            -- A claim counts its attempt and has its time.
            CONSTRAINT running_has_an_attempt
                CHECK (status NOT IN ('running', 'completed') OR (attempt >= 1 AND started_at IS NOT NULL)),
            CONSTRAINT attempt_is_possible CHECK (attempt >= 0),
            CONSTRAINT ended_has_its_time
                CHECK ((status IN ('completed', 'failed', 'cancelled')) = (completed_at IS NOT NULL)),
            CONSTRAINT times_are_in_order CHECK (queued_at <= coalesce(started_at, queued_at)
                AND coalesce(started_at, queued_at) <= coalesce(completed_at, started_at, queued_at)),
            -- Success has its result, failure its reason.
            CONSTRAINT completed_has_its_result CHECK ((status = 'completed') = (result_data IS NOT NULL)),
            CONSTRAINT failed_has_its_reason
                CHECK (status <> 'failed' OR (failure IS NOT NULL AND error_message IS NOT NULL)),
            CONSTRAINT intent_has_its_claim CHECK ((intent IS NULL) = (intent_lease IS NULL)),
            -- The shape of JSON; json_valid() is refused in a schema under trusted_schema=0 (SQLite 3.40).
            CONSTRAINT parameters_are_json CHECK (parameters GLOB '{*}'),
            CONSTRAINT result_is_json CHECK (result_data IS NULL OR result_data GLOB '{*}'),
            CONSTRAINT failure_is_json CHECK (failure IS NULL OR failure GLOB '{*}'),
            CONSTRAINT intent_is_json CHECK (intent IS NULL OR intent GLOB '{*}')
        ) STRICT;
        """

    /// Each for a named reader; the foreign keys' child columns too, which SQLite searches at each change of a parent.
    static let indexes = """
        -- At most one job of a video is queued or runs.
        CREATE UNIQUE INDEX one_live_job_per_video ON processing_jobs (video_id) WHERE status IN ('pending', 'running');
        CREATE INDEX processing_jobs_by_video ON processing_jobs (video_id, sequence);
        CREATE INDEX processing_jobs_by_status ON processing_jobs (status, sequence);
        CREATE INDEX processing_jobs_by_live_video ON processing_jobs (live_video_id, id);
        CREATE INDEX videos_by_job ON videos (processing_job_id, id, processing_status);
        CREATE INDEX videos_by_change ON videos (change_sequence);
        CREATE INDEX videos_with_stale_sidecars ON videos (change_sequence) WHERE sidecar_revision < revision;
        CREATE INDEX videos_by_sidecar ON videos (sidecar_key);
        CREATE INDEX videos_by_processing_status ON videos (processing_status, sequence);
        """
}
