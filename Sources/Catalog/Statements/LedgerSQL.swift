/// How rows follow their originals.
enum LedgerSQL: String, StatementText {
    case twins = """
        SELECT id, original_path, root, drop_folder, content_fingerprint, file_size_bytes, original_device,
            original_inode, original_mtime_ns, original_ctime_ns
        FROM videos
        WHERE original_inode = :inode AND original_path <> :path AND CASE
            WHEN upload_status = 'uploaded' THEN file_size_bytes = :size
                AND (original_device = :device OR content_fingerprint IS NOT NULL)
            ELSE original_device = :device AND published_path IS NULL END
        LIMIT 8
        """
    case refresh = """
        UPDATE videos SET file_size_bytes = :size, original_device = :device, original_inode = :inode,
            original_mtime_ns = :mtime, original_ctime_ns = :ctime, original_missing_since = NULL,
            revision = revision + 1, updated_at = max(updated_at, :now),
            change_sequence = (SELECT max(change_sequence) + 1 FROM videos)
        WHERE id = :video
        """
    /// The job that made the published proxy, where it would be asked for in the same way today.
    case formerJob = """
        SELECT j.id, j.completed_at, j.parameters IS :parameters AS same
        FROM processing_jobs j JOIN videos v ON v.id = j.video_id
        WHERE j.video_id = :video AND j.status = 'completed' AND v.proxy_path IS NOT NULL
            AND v.replaced_fingerprint IS :fingerprint
        ORDER BY j.sequence DESC LIMIT 1
        """
    /// The first half of a return to `completed`; `VideoSQL` and the triggers know no shorter way.
    case takeUpFormerJob = """
        UPDATE videos SET file_size_bytes = :size, original_device = :device, original_inode = :inode,
            original_mtime_ns = :mtime, original_ctime_ns = :ctime, media = replaced_media, preset_name = :preset,
            upload_status = 'uploaded', uploaded_at = max(created_at, :now), upload_evidence = :evidence,
            processing_status = 'processing', processing_job_id = :job, processing_error = NULL,
            content_fingerprint = :fingerprint, original_missing_since = NULL,
            replaced_fingerprint = NULL, replaced_media = NULL, revision = revision + 1,
            updated_at = max(updated_at, :now), change_sequence = (SELECT max(change_sequence) + 1 FROM videos)
        WHERE id = :video AND upload_status <> 'uploaded'
        """
    case completeFormerJob = """
        UPDATE videos SET processing_status = 'completed', processing_completed_at = :completed_at,
            revision = revision + 1, updated_at = max(updated_at, :now),
            change_sequence = (SELECT max(change_sequence) + 1 FROM videos)
        WHERE id = :video AND processing_job_id = :job
        """
    case place = """
        SELECT v.id, v.original_path, v.destination, v.reserved_proxy_path, v.published_path, v.published_file,
            v.upload_status, j.id AS job_id, j.status AS job_status
        FROM videos v LEFT JOIN processing_jobs j ON j.id = v.processing_job_id
        WHERE v.id = :video
        """
    case move = """
        UPDATE videos SET original_path = :path, root = :root, drop_folder = :drop_folder, destination = :destination,
            sidecar_key = :sidecar_key, reserved_proxy_path = :proxy_path, reserved_proxy_key = :proxy_key,
            preset_name = :preset, file_size_bytes = :size, original_device = :device, original_inode = :inode,
            original_mtime_ns = :mtime, original_ctime_ns = :ctime, original_missing_since = NULL,
            sidecar_revision = 0, moved_revision = revision + 1, revision = revision + 1, updated_at = max(updated_at, :now),
            change_sequence = (SELECT max(change_sequence) + 1 FROM videos)
        WHERE id = :video
        """
    case leave = """
        INSERT INTO relocations (video_id, kind, from_path, file) VALUES (:video, :kind, :from, :file)
        ON CONFLICT (video_id, kind, from_path) DO NOTHING
        """
    case relocations = """
        SELECT r.sequence, r.video_id, r.kind, r.from_path, r.file, v.original_path, v.root, v.drop_folder, v.original_device,
            v.destination, v.reserved_proxy_path, v.published_path,
            r.kind = 'proxy' OR v.sidecar_revision >= v.moved_revision AS ready
        FROM relocations r JOIN videos v ON v.id = r.video_id
        ORDER BY ready DESC, r.sequence LIMIT 256
        """
    case forgetRelocation = "DELETE FROM relocations WHERE sequence = :relocation"
    case proxyMoved = """
        UPDATE videos SET proxy_path = CASE WHEN proxy_path IS NULL THEN NULL ELSE reserved_proxy_path END,
            published_path = reserved_proxy_path, revision = revision + 1, updated_at = max(updated_at, :now),
            change_sequence = (SELECT max(change_sequence) + 1 FROM videos)
        WHERE id = :video AND published_path = :from
        """
    case rename = """
        UPDATE videos SET reserved_proxy_path = :proxy_path, reserved_proxy_key = :proxy_key, revision = revision + 1, updated_at = max(updated_at, :now),
            change_sequence = (SELECT max(change_sequence) + 1 FROM videos)
        WHERE id = :video
        """
    // '0' is the character after '/': the range holds exactly what begins with the directory and a slash.
    case originals = """
        SELECT id, original_path, root, drop_folder, original_device, original_missing_since FROM videos
        WHERE (original_path = :path OR (original_path >= :under || '/' AND original_path < :under || '0'))
            AND original_path > :last
        ORDER BY original_path LIMIT :limit
        """
    case losses = """
        SELECT count(*) FILTER (WHERE original_missing_since IS NULL) AS present,
            count(*) FILTER (WHERE original_missing_since
                >= strftime('%Y-%m-%dT%H:%M:%fZ', :now, '-' || :seconds || ' seconds')) AS missing
        FROM videos WHERE root = :root
        """
    case markMissing = """
        UPDATE videos SET original_missing_since = max(created_at, :now), revision = revision + 1, updated_at = max(updated_at, :now),
            change_sequence = (SELECT max(change_sequence) + 1 FROM videos)
        WHERE id = :video AND original_missing_since IS NULL
        """
    case missing = """
        SELECT id, original_path, root, drop_folder, original_device FROM videos
        WHERE root = :root AND original_missing_since
            <= strftime('%Y-%m-%dT%H:%M:%fZ', :now, '-' || (:milliseconds / 1000.0) || ' seconds')
        ORDER BY original_missing_since LIMIT :limit
        """
    case forgetMissing = """
        DELETE FROM videos WHERE id = :video AND original_missing_since IS NOT NULL AND NOT EXISTS
            (SELECT 1 FROM processing_jobs WHERE video_id = :video AND status IN ('pending', 'running'))
        """
}

/// The history.
enum HistorySQL: String, StatementText {
    case noteVideo = """
        INSERT INTO events (at, kind, video_id, original_path, data)
        SELECT :now, :kind, id, original_path, :data FROM videos WHERE id = :video
        """
    case notePath = """
        INSERT INTO events (at, kind, video_id, original_path, data)
        VALUES (:now, :kind, (SELECT id FROM videos WHERE original_path = :path), :path, :data)
        """
    case history = """
        SELECT at, kind, video_id, original_path, data FROM events
        WHERE original_path = :path OR video_id = (SELECT id FROM videos WHERE original_path = :path)
        ORDER BY sequence
        """
    case prune = """
        DELETE FROM events WHERE sequence IN (
            SELECT sequence FROM events
            WHERE at < strftime('%Y-%m-%dT%H:%M:%fZ', :now, '-' || :seconds || ' seconds')
                OR sequence <= (SELECT max(sequence) FROM events) - :count
            ORDER BY sequence LIMIT :batch)
        """
}
