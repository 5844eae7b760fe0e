extension Schema {
    /// Every contradiction between or within rows, found without the help of the constraints that prevent them.
    static let contradictionsView = """
        CREATE VIEW contradictions (video_id, job_id, problem) AS
        SELECT v.id, v.processing_job_id, 'the video''s job does not exist or is another video''s'
            FROM videos v LEFT JOIN processing_jobs j ON j.id = v.processing_job_id AND j.video_id = v.id
            WHERE v.processing_job_id IS NOT NULL AND j.id IS NULL
        UNION ALL SELECT v.id, j.id, 'the video is ' || v.processing_status || ' but its job is ' || j.status
            FROM videos v JOIN processing_jobs j ON j.id = v.processing_job_id
            WHERE v.processing_status IS NOT CASE WHEN j.status IN ('pending', 'running') THEN 'processing'
                WHEN j.status = 'completed' THEN 'completed' WHEN j.status IN ('failed', 'cancelled') THEN 'failed' END
        UNION ALL SELECT v.id, NULL, 'the video is ' || v.processing_status || ' without a job'
            FROM videos v WHERE v.processing_job_id IS NULL AND v.processing_status <> 'pending'
        UNION ALL SELECT v.id, j.id, 'the job is ' || j.status || ' but is not its video''s current job'
            FROM processing_jobs j JOIN videos v ON v.id = j.video_id
            WHERE j.status IN ('pending', 'running') AND v.processing_job_id IS NOT j.id
        UNION ALL SELECT j.video_id, j.id, 'the job''s video does not exist'
            FROM processing_jobs j LEFT JOIN videos v ON v.id = j.video_id WHERE v.id IS NULL
        UNION ALL SELECT j.video_id, NULL, count(*) || ' jobs of one video are queued or run'
            FROM processing_jobs j WHERE j.status IN ('pending', 'running') GROUP BY j.video_id HAVING count(*) > 1
        UNION ALL SELECT v.id, v.processing_job_id, 'unknown state'
            FROM videos v WHERE v.upload_status NOT IN ('uploading', 'uploaded', 'incomplete')
                OR v.processing_status NOT IN ('pending', 'processing', 'completed', 'failed')
        UNION ALL SELECT j.video_id, j.id, 'unknown state'
            FROM processing_jobs j WHERE j.status NOT IN ('pending', 'running', 'completed', 'failed', 'cancelled')
        UNION ALL SELECT v.id, v.processing_job_id, 'the upload is complete but no job was queued'
            FROM videos v WHERE v.upload_status = 'uploaded' AND v.processing_status = 'pending'
        UNION ALL SELECT v.id, v.processing_job_id, 'the video is ' || v.processing_status || ' but not uploaded'
            FROM videos v WHERE v.upload_status <> 'uploaded' AND v.processing_status IN ('processing', 'completed')
        UNION ALL SELECT v.id, v.processing_job_id, 'upload_status and uploaded_at disagree'
            FROM videos v WHERE (v.upload_status = 'uploaded') <> (v.uploaded_at IS NOT NULL)
        UNION ALL SELECT v.id, v.processing_job_id, 'completed without a proxy'
            FROM videos v WHERE v.processing_status = 'completed' AND v.proxy_path IS NULL
        UNION ALL SELECT v.id, v.processing_job_id, 'processing_status and processing_completed_at disagree'
            FROM videos v WHERE (v.processing_status = 'completed') <> (v.processing_completed_at IS NOT NULL)
        UNION ALL SELECT v.id, v.processing_job_id, 'processing_status and processing_error disagree'
            FROM videos v WHERE (v.processing_status = 'failed') <> (v.processing_error IS NOT NULL)
        UNION ALL SELECT v.id, v.processing_job_id, 'a proxy that was never published'
            FROM videos v WHERE v.proxy_path IS NOT NULL AND v.proxy_path IS NOT v.published_path
        UNION ALL SELECT v.id, v.processing_job_id, 'the sidecar is ahead of the row'
            FROM videos v WHERE v.sidecar_revision > v.revision
        UNION ALL SELECT j.video_id, j.id, 'status and lease disagree'
            FROM processing_jobs j WHERE (j.status = 'running') <> (j.lease IS NOT NULL)
        UNION ALL SELECT j.video_id, j.id, 'status and completed_at disagree'
            FROM processing_jobs j
            WHERE (j.status IN ('completed', 'failed', 'cancelled')) <> (j.completed_at IS NOT NULL)
        UNION ALL SELECT j.video_id, j.id, 'completed without result_data'
            FROM processing_jobs j WHERE j.status = 'completed' AND j.result_data IS NULL
        UNION ALL SELECT j.video_id, j.id, 'failed without error_message'
            FROM processing_jobs j WHERE j.status = 'failed' AND j.error_message IS NULL
        UNION ALL SELECT j.video_id, j.id, 'times out of order'
            FROM processing_jobs j WHERE j.queued_at > coalesce(j.started_at, j.queued_at)
                OR coalesce(j.started_at, j.queued_at) > coalesce(j.completed_at, j.started_at, j.queued_at);
        """
}
