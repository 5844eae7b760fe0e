extension Schema {
    /// Version 3: fair turns of the drop folders, and hours.
    static let fairQueue = """
        -- The drop folder of the video, for turns: a copy that the queue's index needs. No status.
        ALTER TABLE processing_jobs ADD COLUMN lane TEXT NOT NULL DEFAULT '';
        UPDATE processing_jobs SET lane = (SELECT drop_folder FROM videos WHERE id = video_id);
        CREATE INDEX processing_jobs_by_lane ON processing_jobs (lane, sequence) WHERE status = 'pending';
        CREATE TRIGGER queued_job_follows_its_video AFTER UPDATE OF drop_folder ON videos
        WHEN OLD.drop_folder <> NEW.drop_folder
        BEGIN
            UPDATE processing_jobs SET lane = NEW.drop_folder
            WHERE video_id = NEW.id AND status IN ('pending', 'running');
        END;

        -- Since when the hours of the configuration hold the queue back; NULL within them.
        ALTER TABLE queue_control ADD COLUMN closed_at TEXT;
        """
}
