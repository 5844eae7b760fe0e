/// Keeping the database small.
enum UpkeepSQL: String, StatementText {
    /// Whether the tables are there.
    case isCatalog = """
        SELECT count(*) = 2 FROM sqlite_master WHERE type = 'table' AND name IN ('videos', 'processing_jobs')
        """
    /// Ended before a time, not the present job of the video, not the last that made its proxy, and with no file that
    /// may still lie at the proxy's place.
    case oldJobs = """
        SELECT sequence FROM processing_jobs AS old
        WHERE completed_at < strftime('%Y-%m-%dT%H:%M:%fZ', :now, '-' || :seconds || ' seconds') AND intent IS NULL
            AND NOT EXISTS (SELECT 1 FROM videos v WHERE v.processing_job_id = old.id)
            AND (status <> 'completed' OR EXISTS (SELECT 1 FROM processing_jobs newer
                WHERE newer.video_id = old.video_id AND newer.status = 'completed' AND newer.sequence > old.sequence))
        LIMIT :batch
        """
    case pruneJobs = """
        DELETE FROM processing_jobs WHERE sequence IN (
            SELECT sequence FROM processing_jobs AS old
            WHERE completed_at < strftime('%Y-%m-%dT%H:%M:%fZ', :now, '-' || :seconds || ' seconds') AND intent IS NULL
                AND NOT EXISTS (SELECT 1 FROM videos v WHERE v.processing_job_id = old.id)
                AND (status <> 'completed' OR EXISTS (SELECT 1 FROM processing_jobs newer
                    WHERE newer.video_id = old.video_id AND newer.status = 'completed'
                        AND newer.sequence > old.sequence))
            LIMIT :batch)
        """
}
