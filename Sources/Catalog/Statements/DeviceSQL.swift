/// Device numbers that have changed.
enum DeviceSQL: String, StatementText {
    case note = """
        INSERT INTO device_changes (root, former, present) VALUES (:root, :former, :present)
        ON CONFLICT (root, former, present) DO NOTHING
        """
    case landmark = "SELECT device FROM landmarks WHERE path = :path AND inode = :inode AND born_ns = :born"
    case mark = """
        INSERT INTO landmarks (path, inode, born_ns, device) VALUES (:path, :inode, :born, :device)
        ON CONFLICT (path, inode, born_ns) DO UPDATE SET device = :device
        """
    /// Those that mean one file system: where a number was also given to another one, nobody can tell whose it was.
    case changes = """
        SELECT former, present FROM device_changes
        WHERE root = :root AND former NOT IN (SELECT present FROM device_changes WHERE root = :root)
        GROUP BY former HAVING count(*) = 1
        """
    case originals = "SELECT id FROM videos WHERE root = :root AND original_device = :former"
    case renumber = """
        UPDATE videos SET original_device = :present, revision = revision + 1, updated_at = max(updated_at, :now),
            change_sequence = (SELECT max(change_sequence) + 1 FROM videos)
        WHERE id = :video
        """
    case renumberRemovals =
        "UPDATE removals SET original_device = :present WHERE root = :root AND original_device = :former"
    case conclude = "DELETE FROM device_changes WHERE root = :root"
}
