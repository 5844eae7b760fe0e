extension Schema {
    /// Version 4: jobs over which the daemon dies again and again.
    static let deaths = """
        -- How often in a row the daemon died while this job ran. Reset by every other end of an attempt.
        ALTER TABLE processing_jobs ADD COLUMN deaths INTEGER NOT NULL DEFAULT 0
            CONSTRAINT deaths_are_counted CHECK (deaths >= 0);
        """
}
