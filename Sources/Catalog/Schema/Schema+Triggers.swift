extension Schema {
    /// Legal changes of the two statuses: the same tables as `JobStatus.mayBecome` and `ProcessingStatus.mayBecome`.
    static let statusTriggers = """
        CREATE TRIGGER job_changes_status_legally BEFORE UPDATE OF status ON processing_jobs
        WHEN OLD.status <> NEW.status AND (OLD.status, NEW.status) NOT IN (VALUES
            ('pending', 'running'), ('pending', 'cancelled'), ('pending', 'failed'),
            ('running', 'pending'), ('running', 'completed'), ('running', 'failed'), ('running', 'cancelled'))
        BEGIN SELECT RAISE(ABORT, 'processing_jobs.status: illegal change'); END;

        CREATE TRIGGER video_changes_status_legally BEFORE UPDATE OF processing_status ON videos
        WHEN OLD.processing_status <> NEW.processing_status
            AND (OLD.processing_status, NEW.processing_status) NOT IN (VALUES
            ('pending', 'processing'),
            ('processing', 'completed'), ('processing', 'failed'), ('processing', 'pending'),
            ('completed', 'pending'), ('completed', 'processing'),
            ('failed', 'pending'), ('failed', 'processing'))
        BEGIN SELECT RAISE(ABORT, 'videos.processing_status: illegal change'); END;

        -- A job begins queued, a video as a new upload: no row starts in the middle of its life.
        CREATE TRIGGER job_begins_pending BEFORE INSERT ON processing_jobs
        WHEN NEW.status <> 'pending' OR NEW.attempt <> 0 OR NEW.started_at IS NOT NULL
        BEGIN SELECT RAISE(ABORT, 'processing_jobs: a job begins as pending'); END;

        CREATE TRIGGER video_begins_uploading BEFORE INSERT ON videos
        WHEN NEW.upload_status <> 'uploading' OR NEW.processing_status <> 'pending' OR NEW.revision <> 1
        BEGIN SELECT RAISE(ABORT, 'videos: a video begins as uploading and pending'); END;

        -- Nothing is made of an original that is not complete.
        CREATE TRIGGER only_uploaded_originals_run BEFORE UPDATE OF status ON processing_jobs
        WHEN NEW.status = 'running'
            AND NOT EXISTS (SELECT 1 FROM videos WHERE id = NEW.video_id AND upload_status = 'uploaded')
        BEGIN SELECT RAISE(ABORT, 'processing_jobs: the upload is not complete'); END;
        """

    /// What may never be rewritten, and that each change is counted.
    static let historyTriggers = """
        -- Readers of sidecars tell old from new by the revision. Only the note of a written sidecar does not count.
        CREATE TRIGGER video_counts_its_changes BEFORE UPDATE OF
            sequence, id, original_path, root, drop_folder, destination, sidecar_key, reserved_proxy_path,
            reserved_proxy_key, proxy_path, published_path, published_file, file_size_bytes, original_device,
            original_inode, original_mtime_ns, original_ctime_ns, media, preset_name, upload_status, uploaded_at,
            upload_evidence, processing_status, processing_job_id, processing_completed_at, processing_error,
            revision, change_sequence, created_at, updated_at
        ON videos WHEN NEW.revision <> OLD.revision + 1
        BEGIN SELECT RAISE(ABORT, 'videos.revision: must grow by one'); END;

        CREATE TRIGGER video_keeps_its_name BEFORE UPDATE OF sequence, id, original_path, created_at ON videos
        WHEN OLD.sequence <> NEW.sequence OR OLD.id <> NEW.id OR OLD.original_path <> NEW.original_path
            OR OLD.created_at <> NEW.created_at
        BEGIN SELECT RAISE(ABORT, 'videos: the name of a video never changes'); END;

        -- What was asked for is fixed when the job is queued.
        CREATE TRIGGER job_keeps_its_order BEFORE UPDATE OF sequence, id, video_id, job_type, parameters, queued_at
        ON processing_jobs
        WHEN OLD.sequence <> NEW.sequence OR OLD.id <> NEW.id OR OLD.video_id <> NEW.video_id
            OR OLD.job_type <> NEW.job_type OR OLD.parameters <> NEW.parameters OR OLD.queued_at <> NEW.queued_at
        BEGIN SELECT RAISE(ABORT, 'processing_jobs: what was asked for never changes'); END;

        -- A job goes only together with its video (by the foreign key's cascade).
        CREATE TRIGGER job_stays_under_its_video BEFORE DELETE ON processing_jobs
        WHEN EXISTS (SELECT 1 FROM videos WHERE id = OLD.video_id)
        BEGIN SELECT RAISE(ABORT, 'processing_jobs: a job is kept as long as its video'); END;
        """
}
