/// What is known of originals and their uploads.
enum UploadSQL: StatementText {
    case find, insert, nameTaken, follow, relocate, replace, markUploaded, markIncomplete, forget

    var sql: String {
        switch self {
        case .find:
            """
            SELECT v.id, v.original_path, v.root, v.drop_folder, v.destination, v.preset_name, v.reserved_proxy_path,
                v.proxy_path, v.upload_status, v.processing_status, v.processing_error, v.file_size_bytes,
                v.original_device, v.original_inode, v.original_mtime_ns, v.original_ctime_ns, v.content_fingerprint,
                v.replaced_fingerprint, v.original_missing_since, v.published_path, j.id AS job_id, j.status AS job_status
            FROM videos v LEFT JOIN processing_jobs j ON j.id = v.processing_job_id
            WHERE v.original_path = :path
            """
        case .insert:
            """
            INSERT INTO videos (original_path, root, drop_folder, destination, sidecar_key, reserved_proxy_path,
                reserved_proxy_key, file_size_bytes, original_device, original_inode, original_mtime_ns,
                original_ctime_ns, preset_name, change_sequence, created_at, updated_at)
            VALUES (:path, :root, :drop_folder, :destination, :sidecar_key, :proxy_path, :proxy_key, :size, :device,
                :inode, :mtime, :ctime, :preset, (SELECT coalesce(max(change_sequence), 0) + 1 FROM videos), :now, :now)
            """
        case .nameTaken:
            """
            SELECT EXISTS (SELECT 1 FROM videos WHERE reserved_proxy_key = :key AND original_path <> :path)
                OR EXISTS (SELECT 1 FROM videos WHERE sidecar_key = :key AND original_path <> :path)
            """
        case .follow:
            """
            UPDATE videos SET file_size_bytes = :size, original_device = :device, original_inode = :inode,
                original_mtime_ns = :mtime, original_ctime_ns = :ctime, preset_name = :preset,
                upload_status = :status, original_missing_since = NULL, \(countingTheChange)
            WHERE id = :video AND upload_status <> 'uploaded'
            """
        case .relocate:
            """
            UPDATE videos SET root = :root, drop_folder = :drop_folder, destination = :destination,
                sidecar_key = :sidecar_key, reserved_proxy_path = :proxy_path, reserved_proxy_key = :proxy_key,
                sidecar_revision = CASE WHEN destination = :destination THEN sidecar_revision ELSE 0 END,
                moved_revision = CASE WHEN destination = :destination THEN moved_revision ELSE revision + 1 END,
                \(countingTheChange)
            WHERE id = :video
            """
        case .replace:
            """
            UPDATE videos SET file_size_bytes = :size, original_device = :device, original_inode = :inode,
                original_mtime_ns = :mtime, original_ctime_ns = :ctime, media = NULL, preset_name = :preset,
                upload_status = 'uploading', uploaded_at = NULL, upload_evidence = '[]',
                processing_status = 'pending', processing_job_id = NULL, processing_completed_at = NULL,
                processing_error = NULL, content_fingerprint = NULL, original_missing_since = NULL,
                replaced_fingerprint = CASE processing_status WHEN 'completed' THEN content_fingerprint
                    ELSE replaced_fingerprint END,
                replaced_media = CASE processing_status WHEN 'completed' THEN media ELSE replaced_media END,
                \(countingTheChange)
            WHERE id = :video AND upload_status = 'uploaded'
            """
        case .markUploaded:
            """
            UPDATE videos SET file_size_bytes = :size, original_device = :device, original_inode = :inode,
                original_mtime_ns = :mtime, original_ctime_ns = :ctime, media = NULL, preset_name = :preset,
                upload_status = 'uploaded', uploaded_at = max(created_at, :now), upload_evidence = :evidence,
                processing_status = 'processing', processing_job_id = :job, processing_error = NULL,
                content_fingerprint = :fingerprint, original_missing_since = NULL, \(countingTheChange)
            WHERE id = :video AND upload_status <> 'uploaded'
            """
        case .markIncomplete:
            """
            UPDATE videos SET file_size_bytes = :size, original_device = :device, original_inode = :inode,
                original_mtime_ns = :mtime, original_ctime_ns = :ctime, upload_status = 'incomplete',
                \(countingTheChange)
            WHERE id = :video AND upload_status <> 'uploaded'
            """
        case .forget:
            "DELETE FROM videos WHERE id = :video AND upload_status <> 'uploaded' AND published_path IS NULL"
        }
    }
}
