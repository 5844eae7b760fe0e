extension Schema {
    /// Version 2: originals that are renamed, deleted or touched; the history; the pause.
    static let lifecycle = """
        -- A sampled hash of the original's content when its upload was complete.
        ALTER TABLE videos ADD COLUMN content_fingerprint TEXT;
        -- The content, and what its container says, that the published proxy was made of, while another upload under
        -- the same name is not processed: should the old content come back, its proxy still stands in for it.
        ALTER TABLE videos ADD COLUMN replaced_fingerprint TEXT;
        ALTER TABLE videos ADD COLUMN replaced_media TEXT
            CONSTRAINT replaced_media_is_json CHECK (replaced_media IS NULL OR replaced_media GLOB '{*}');
        -- Since when the original is known to be deleted; NULL while it is there, or cannot be told.
        ALTER TABLE videos ADD COLUMN original_missing_since TEXT
            CONSTRAINT missing_after_its_creation
            CHECK (original_missing_since IS NULL OR created_at <= original_missing_since);
        -- The revision that gave the row its present place; sidecars of older ones lie elsewhere.
        ALTER TABLE videos ADD COLUMN moved_revision INTEGER NOT NULL DEFAULT 0
            CONSTRAINT move_is_not_ahead CHECK (moved_revision BETWEEN 0 AND revision);

        DROP TRIGGER video_counts_its_changes;
        CREATE TRIGGER video_counts_its_changes BEFORE UPDATE OF
            sequence, id, original_path, root, drop_folder, destination, sidecar_key, reserved_proxy_path,
            reserved_proxy_key, proxy_path, published_path, published_file, file_size_bytes, original_device,
            original_inode, original_mtime_ns, original_ctime_ns, media, preset_name, upload_status, uploaded_at,
            upload_evidence, processing_status, processing_job_id, processing_completed_at, processing_error,
            revision, change_sequence, created_at, updated_at, content_fingerprint, original_missing_since,
            moved_revision, replaced_fingerprint, replaced_media
        ON videos WHEN NEW.revision <> OLD.revision + 1
        BEGIN SELECT RAISE(ABORT, 'videos.revision: must grow by one'); END;

        -- The path changes only in a move, which says so.
        DROP TRIGGER video_keeps_its_name;
        CREATE TRIGGER video_keeps_its_name BEFORE UPDATE OF sequence, id, original_path, created_at ON videos
        WHEN OLD.sequence <> NEW.sequence OR OLD.id <> NEW.id OR OLD.created_at <> NEW.created_at
            OR (OLD.original_path <> NEW.original_path AND NEW.moved_revision <> NEW.revision)
        BEGIN SELECT RAISE(ABORT, 'videos: the name of a video changes only in a move'); END;

        -- For knowing an original again under another name.
        CREATE INDEX videos_by_inode ON videos (original_inode);
        CREATE INDEX videos_missing ON videos (root, original_missing_since) WHERE original_missing_since IS NOT NULL;

        -- Files of ours at a former place, to be moved or removed: written with the move of the row, gone when done.
        CREATE TABLE relocations (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            video_id TEXT NOT NULL
                CONSTRAINT relocation_goes_with_its_video
                REFERENCES videos (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
            kind TEXT NOT NULL,
            from_path TEXT NOT NULL,
            -- Which file lies there: only that one is touched.
            file TEXT,
            CONSTRAINT kind_is_known CHECK (kind IN ('proxy', 'sidecar')),
            CONSTRAINT proxy_has_its_file CHECK ((kind = 'proxy') = (file IS NOT NULL)),
            CONSTRAINT file_is_json CHECK (file IS NULL OR file GLOB '{*}'),
            UNIQUE (video_id, kind, from_path)
        ) STRICT;

        -- The history, one row for each decision. Bound to no row: it outlives its video.
        CREATE TABLE events (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
            kind TEXT NOT NULL,
            video_id TEXT,
            original_path TEXT NOT NULL,
            data TEXT NOT NULL DEFAULT '{}',
            CONSTRAINT data_is_json CHECK (data GLOB '{*}')
        ) STRICT;
        CREATE INDEX events_by_video ON events (video_id, sequence);
        CREATE INDEX events_by_path ON events (original_path, sequence);
        CREATE INDEX events_by_time ON events (at);

        -- What a person said of the queue as a whole: one row.
        CREATE TABLE queue_control (
            id INTEGER PRIMARY KEY CONSTRAINT one_row CHECK (id = 1),
            paused_at TEXT
        ) STRICT;
        INSERT INTO queue_control (id) VALUES (1);
        """
}
