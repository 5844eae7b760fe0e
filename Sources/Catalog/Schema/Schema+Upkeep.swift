extension Schema {
    /// Version 3: proxies that are looked after, and a history that is pruned.
    static let upkeep = """
        -- When the published proxy was last read in full and held against its hash; NULL where only its making was.
        -- No change of the video: readers of sidecars are not told.
        ALTER TABLE videos ADD COLUMN proxy_read_at TEXT;
        CREATE INDEX videos_by_reading ON videos (coalesce(proxy_read_at, processing_completed_at))
            WHERE processing_status = 'completed';
        -- For events about a path in a mirror.
        CREATE INDEX videos_by_proxy ON videos (proxy_path) WHERE proxy_path IS NOT NULL;

        -- A job goes together with its video; one that ended, and is not the video's present one, when it is old.
        DROP TRIGGER job_stays_under_its_video;
        CREATE TRIGGER job_stays_under_its_video BEFORE DELETE ON processing_jobs
        WHEN EXISTS (SELECT 1 FROM videos WHERE id = OLD.video_id
            AND (processing_job_id = OLD.id OR OLD.status IN ('pending', 'running')))
        BEGIN SELECT RAISE(ABORT, 'processing_jobs: the present job is kept as long as its video'); END;
        CREATE INDEX processing_jobs_by_end ON processing_jobs (completed_at) WHERE completed_at IS NOT NULL;
        """
}
