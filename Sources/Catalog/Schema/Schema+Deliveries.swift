extension Schema {
    /// Version 4: what is to be told of jobs that ended.
    static let deliveries = """
        -- Who wants to be told of what: the configuration's word, replaced at each start and reload.
        CREATE TABLE hooks (
            name TEXT NOT NULL,
            event TEXT NOT NULL CONSTRAINT event_is_an_end CHECK (event IN ('completed', 'failed')),
            PRIMARY KEY (name, event)
        ) STRICT;
        -- What was not delivered yet: made in the transaction that ends the job, removed when it was taken or given up.
        CREATE TABLE deliveries (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            hook TEXT NOT NULL,
            event TEXT NOT NULL,
            job_id TEXT NOT NULL REFERENCES processing_jobs (id) ON DELETE CASCADE,
            video_id TEXT NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0 CONSTRAINT attempts_are_possible CHECK (attempts >= 0),
            -- Not to be tried before this time, which is delay_ms after the last try; as for jobs, a clock that was
            -- stepped back is not waited for.
            not_before TEXT,
            delay_ms INTEGER,
            CONSTRAINT pause_has_its_length CHECK ((not_before IS NULL) = (delay_ms IS NULL))
        ) STRICT;
        CREATE INDEX deliveries_by_job ON deliveries (job_id);
        CREATE TRIGGER ended_job_is_told AFTER UPDATE OF status ON processing_jobs
        WHEN NEW.status IN ('completed', 'failed') AND OLD.status <> NEW.status
        BEGIN
            INSERT INTO deliveries (hook, event, job_id, video_id)
            SELECT name, event, NEW.id, NEW.video_id FROM hooks WHERE event = NEW.status;
        END;
        """
}
