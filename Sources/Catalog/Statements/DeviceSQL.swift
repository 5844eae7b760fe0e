/// Device numbers, which change.
enum DeviceSQL: String, StatementText {
    case landmark = "SELECT device FROM landmarks WHERE path = :path AND inode = :inode AND born_ns = :born"
    case mark = """
        INSERT INTO landmarks (path, inode, born_ns, device) VALUES (:path, :inode, :born, :device)
        ON CONFLICT (path, inode, born_ns) DO UPDATE SET device = :device
        """
    // '0' is the character after '/': the range holds exactly what begins with the directory and a slash.
    case renumber = """
        UPDATE videos SET original_device = :present
        WHERE original_path >= :under || '/' AND original_path < :under || '0' AND original_device = :former
        """
    case renumberRemovals = """
        UPDATE removals SET original_device = :present
        WHERE original_path >= :under || '/' AND original_path < :under || '0' AND original_device = :former
        """
}
