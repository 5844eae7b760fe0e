/// Files whose rows are gone.
enum RemovalSQL: String, StatementText {
    case leave = """
        INSERT INTO removals
            (video_id, original_path, root, drop_folder, original_device, sidecar_path, proxy_path, file)
        SELECT id, original_path, root, drop_folder, original_device, :sidecar, published_path, published_file
        FROM videos WHERE id = :video
        """
    case intents = "SELECT intent FROM processing_jobs WHERE video_id = :video AND intent IS NOT NULL"
    case leaveIntended = """
        INSERT INTO removals
            (video_id, original_path, root, drop_folder, original_device, sidecar_path, proxy_path, file)
        SELECT id, original_path, root, drop_folder, original_device, :sidecar, reserved_proxy_path, :file
        FROM videos v WHERE id = :video AND NOT EXISTS
            (SELECT 1 FROM removals r WHERE r.video_id = :video AND r.proxy_path = v.reserved_proxy_path AND r.file = :file)
        """
    case leaveMoved = """
        INSERT INTO removals
            (video_id, original_path, root, drop_folder, original_device, sidecar_path, proxy_path, file)
        SELECT id, original_path, root, drop_folder, original_device, :sidecar, reserved_proxy_path, published_file
        FROM videos WHERE id = :video AND published_path <> reserved_proxy_path
        """
    case leaveRelocated = """
        INSERT INTO removals
            (video_id, original_path, root, drop_folder, original_device, sidecar_path, proxy_path, file)
        SELECT v.id, v.original_path, v.root, v.drop_folder, v.original_device,
            CASE r.kind WHEN 'sidecar' THEN r.from_path ELSE :sidecar END,
            CASE r.kind WHEN 'proxy' THEN r.from_path END, r.file
        FROM relocations r JOIN videos v ON v.id = r.video_id WHERE r.video_id = :video
        """
    case removals = """
        SELECT sequence, video_id, original_path, root, drop_folder, original_device, sidecar_path, proxy_path, file
        FROM removals WHERE root = :root AND sequence > :last ORDER BY sequence LIMIT 256
        """
    case conclude = "DELETE FROM removals WHERE sequence = :removal"
}
