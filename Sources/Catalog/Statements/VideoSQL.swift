/// The video's side of what happens to its job. The schema demands that both rows change in one transaction.
enum VideoSQL: StatementText {
    case touch, setMedia, sameMedia, markQueued, markCompleted, markFailed, markReopened, publishedLate, markLost
    case sidecarWritten

    var sql: String {
        switch self {
        case .touch:
            "UPDATE videos SET \(countingTheChange) WHERE id = :video"
        case .setMedia:
            "UPDATE videos SET media = :media, \(countingTheChange) WHERE id = :video"
        case .sameMedia:
            "SELECT media IS :media FROM videos WHERE id = :video"
        case .markQueued:
            """
            UPDATE videos SET processing_status = 'processing', processing_job_id = :job, preset_name = :preset,
                processing_error = NULL, processing_completed_at = NULL, \(countingTheChange)
            WHERE id = :video
            """
        case .markCompleted:
            """
            UPDATE videos SET processing_status = 'completed', processing_completed_at = :completed_at,
                proxy_path = reserved_proxy_path, published_path = reserved_proxy_path, published_file = :file,
                replaced_fingerprint = NULL, replaced_media = NULL, \(countingTheChange)
            WHERE id = :video AND processing_job_id = :job
            """
        case .markFailed:
            """
            UPDATE videos SET processing_status = 'failed', processing_error = :failure, \(countingTheChange)
            WHERE id = :video AND processing_job_id = :job
            """
        case .markReopened:
            """
            UPDATE videos SET upload_status = 'uploading', uploaded_at = NULL, upload_evidence = '[]', media = NULL,
                processing_status = 'pending', processing_job_id = NULL, content_fingerprint = NULL,
                \(countingTheChange)
            WHERE id = :video AND processing_job_id = :job
            """
        case .publishedLate:
            """
            UPDATE videos SET proxy_path = reserved_proxy_path, published_path = reserved_proxy_path,
                published_file = :file, replaced_fingerprint = NULL, replaced_media = NULL, \(countingTheChange)
            WHERE id = :video AND processing_status <> 'completed'
            """
        case .markLost:
            """
            UPDATE videos SET proxy_path = NULL, processing_status = 'processing', processing_job_id = :job,
                preset_name = :preset, processing_completed_at = NULL, \(countingTheChange)
            WHERE id = :video AND processing_status = 'completed'
            """
        case .sidecarWritten:
            """
            UPDATE videos SET sidecar_revision = :revision
            WHERE id = :video AND sidecar_revision < :revision AND :revision BETWEEN moved_revision AND revision
            """
        }
    }
}
