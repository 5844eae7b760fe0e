extension Schema {
    /// Version 6: file systems that the kernel counts anew.
    static let deviceChanges = """
        -- Directories by which a file system is known again. More than one for a path: a mount hides a directory.
        CREATE TABLE landmarks (
            path TEXT NOT NULL,
            inode INTEGER NOT NULL,
            born_ns INTEGER NOT NULL,
            device INTEGER NOT NULL,
            PRIMARY KEY (path, inode, born_ns)
        ) STRICT, WITHOUT ROWID;

        -- Landmarks or known originals were seen under another device number than before (network, btrfs and loop mounts
        -- get a new one at each mount). Written with the row of what was seen; gone when the originals that were not seen
        -- have followed.
        CREATE TABLE device_changes (
            root TEXT NOT NULL,
            former INTEGER NOT NULL,
            present INTEGER NOT NULL,
            PRIMARY KEY (root, former, present),
            CONSTRAINT device_is_another CHECK (former <> present)
        ) STRICT, WITHOUT ROWID;
        """
}
