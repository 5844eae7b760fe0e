extension Schema {
    // Version 7 UUIDs (RFC 9562, 5.7) from the database's clock: 48 bits of Unix milliseconds, then random bits.
    // `strftime('now')` is the same instant throughout one statement (sqlite.org/lang_datefunc.html, section 2).

    /// One row for each original.
    static let videosTable = """
        CREATE TABLE videos (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE DEFAULT (lower(
                substr(printf('%012x', strftime('%s', 'now') * 1000 + substr(strftime('%f', 'now'), 4, 3)), 1, 8)
                || '-' ||
                substr(printf('%012x', strftime('%s', 'now') * 1000 + substr(strftime('%f', 'now'), 4, 3)), 9, 4)
                || '-7' || substr(hex(randomblob(2)), 2) || '-'
                || substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2)
                || '-' || hex(randomblob(6)))),
            original_path TEXT NOT NULL UNIQUE,
            root TEXT NOT NULL,
            drop_folder TEXT NOT NULL,
            destination TEXT NOT NULL,
            -- Where the sidecar lies, for comparing without case.
            sidecar_key TEXT NOT NULL,
            -- The proxy's final path, kept for this row from its creation on, and the same for comparing without case.
            reserved_proxy_path TEXT NOT NULL,
            reserved_proxy_key TEXT NOT NULL UNIQUE,
            -- A published proxy of ours that exists.
            proxy_path TEXT,
            -- What was last published, and where: the only file that a new proxy may replace. Outlives proxy_path.
            published_path TEXT,
            published_file TEXT,
            file_size_bytes INTEGER NOT NULL,
            -- The bit patterns of unsigned numbers.
            original_device INTEGER NOT NULL,
            original_inode INTEGER NOT NULL,
            original_mtime_ns INTEGER NOT NULL,
            original_ctime_ns INTEGER NOT NULL,
            media TEXT,
            preset_name TEXT NOT NULL,
            upload_status TEXT NOT NULL DEFAULT 'uploading',
            uploaded_at TEXT,
            upload_evidence TEXT NOT NULL DEFAULT '[]',
            processing_status TEXT NOT NULL DEFAULT 'pending',
            processing_job_id TEXT,
            processing_completed_at TEXT,
            processing_error TEXT,
            revision INTEGER NOT NULL DEFAULT 1,
            -- The newest revision that a sidecar was written for; 0 where none was.
            sidecar_revision INTEGER NOT NULL DEFAULT 0,
            -- Grows with each change of any row: the order of changes, whatever the clock does.
            change_sequence INTEGER NOT NULL DEFAULT 0,
            created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
            updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),

            -- Target of the deferred foreign key by which a live job must be its video's current job.
            UNIQUE (id, processing_job_id),
            -- The two rows agree at every COMMIT: the job exists, is this video's, and its status implies this one.
            CONSTRAINT video_agrees_with_its_job
                FOREIGN KEY (processing_job_id, id, processing_status)
                REFERENCES processing_jobs (id, video_id, video_status) DEFERRABLE INITIALLY DEFERRED,
            -- The states are those of the contract.
            CONSTRAINT upload_status_is_known CHECK (upload_status IN ('uploading', 'uploaded', 'incomplete')),
            CONSTRAINT processing_status_is_known
                CHECK (processing_status IN ('pending', 'processing', 'completed', 'failed')),
            -- A video without a job waits for one; with a job it has that job's status.
            CONSTRAINT pending_means_no_job CHECK ((processing_status = 'pending') = (processing_job_id IS NULL)),
            -- A complete upload has its job in the same transaction, and the time is on record.
            CONSTRAINT uploaded_has_a_job CHECK (upload_status <> 'uploaded' OR processing_status <> 'pending'),
            CONSTRAINT uploaded_has_its_time CHECK ((upload_status = 'uploaded') = (uploaded_at IS NOT NULL)),
            -- Completed means: a verified proxy lies there, and we know since when.
            CONSTRAINT completed_has_a_proxy
                CHECK (processing_status <> 'completed' OR (proxy_path IS NOT NULL AND upload_status = 'uploaded')),
            CONSTRAINT completed_has_its_time
                CHECK ((processing_status = 'completed') = (processing_completed_at IS NOT NULL)),
            -- An error is shown exactly while the video has failed.
            CONSTRAINT failed_has_its_error CHECK ((processing_status = 'failed') = (processing_error IS NOT NULL)),
            -- The shape of JSON; json_valid() is refused in a schema under trusted_schema=0 (SQLite 3.40).
            CONSTRAINT error_is_json CHECK (processing_error IS NULL OR processing_error GLOB '{*}'),
            -- Only what we published is called our proxy.
            CONSTRAINT proxy_was_published CHECK (proxy_path IS NULL OR proxy_path IS published_path),
            CONSTRAINT published_is_whole CHECK ((published_path IS NULL) = (published_file IS NULL)),
            CONSTRAINT published_is_json CHECK (published_file IS NULL OR published_file GLOB '{*}'),
            CONSTRAINT media_is_json CHECK (media IS NULL OR media GLOB '{*}'),
            CONSTRAINT evidence_is_json CHECK (upload_evidence GLOB '[[]*]'),
            CONSTRAINT size_is_possible CHECK (file_size_bytes >= 0),
            -- A sidecar is never ahead of its row.
            CONSTRAINT sidecar_is_not_ahead CHECK (sidecar_revision BETWEEN 0 AND revision),
            -- Times are clamped: the clock may step back, the record may not.
            CONSTRAINT times_are_in_order CHECK (created_at <= updated_at
                AND created_at <= coalesce(uploaded_at, created_at)
                AND created_at <= coalesce(processing_completed_at, created_at))
        ) STRICT;
        """
}
