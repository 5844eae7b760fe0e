extension Schema {
    /// Version 5: files of ours that stay behind when their row goes.
    static let removals = """
        -- Written in the transaction that forgets a video, gone when the files are: no row claims a proxy while its file is
        -- being removed, and after a crash in between it is known what is left to do. Bound to no row.
        CREATE TABLE removals (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            video_id TEXT NOT NULL,
            -- Where the original was: while its file system is not mounted, nothing is known of the files beside it.
            original_path TEXT NOT NULL,
            root TEXT NOT NULL,
            drop_folder TEXT NOT NULL,
            original_device INTEGER NOT NULL,
            sidecar_path TEXT NOT NULL,
            proxy_path TEXT,
            -- Which file lies there: only that one is touched.
            file TEXT,
            CONSTRAINT proxy_has_its_file CHECK ((proxy_path IS NULL) = (file IS NULL)),
            CONSTRAINT file_is_json CHECK (file IS NULL OR file GLOB '{*}')
        ) STRICT;
        CREATE INDEX removals_by_proxy ON removals (proxy_path) WHERE proxy_path IS NOT NULL;
        """
}
