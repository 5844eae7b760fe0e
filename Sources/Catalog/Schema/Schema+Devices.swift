extension Schema {
    /// Version 6: file systems that the kernel counts anew.
    static let devices = """
        -- Directories by which a file system is known again: network, btrfs and loop mounts get a new number each time.
        -- More than one for a path: a mount hides a directory.
        CREATE TABLE landmarks (
            path TEXT NOT NULL,
            inode INTEGER NOT NULL,
            born_ns INTEGER NOT NULL,
            device INTEGER NOT NULL,
            PRIMARY KEY (path, inode, born_ns)
        ) STRICT, WITHOUT ROWID;

        -- A new number is no news of the video: it does not count, and no sidecar is written for it.
        DROP TRIGGER video_counts_its_changes;
        CREATE TRIGGER video_counts_its_changes BEFORE UPDATE OF
            sequence, id, original_path, root, drop_folder, destination, sidecar_key, reserved_proxy_path,
            reserved_proxy_key, proxy_path, published_path, published_file, file_size_bytes,
            original_inode, original_mtime_ns, original_ctime_ns, media, preset_name, upload_status, uploaded_at,
            upload_evidence, processing_status, processing_job_id, processing_completed_at, processing_error,
            revision, change_sequence, created_at, updated_at, content_fingerprint, original_missing_since,
            moved_revision, replaced_fingerprint, replaced_media
        ON videos WHEN NEW.revision <> OLD.revision + 1
        BEGIN SELECT RAISE(ABORT, 'videos.revision: must grow by one'); END;
        """
}
