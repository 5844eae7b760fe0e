/// What is to be told of jobs that ended.
enum DeliverySQL: String, StatementText {
    case hooks = "SELECT name, event FROM hooks"
    case forgetHooks = "DELETE FROM hooks"
    case addHook = "INSERT INTO hooks (name, event) VALUES (:name, :event)"
    /// Nobody wants them any more.
    case dropUnwanted = """
        DELETE FROM deliveries
        WHERE NOT EXISTS (SELECT 1 FROM hooks h WHERE h.name = deliveries.hook AND h.event = deliveries.event)
        """
    case due = """
        SELECT id, hook, event, job_id, video_id, attempts FROM deliveries
        WHERE not_before IS NULL OR not_before <= :now
            OR (julianday(not_before) - julianday(:now)) * 86400000.0 > delay_ms + 1000
        ORDER BY id LIMIT :limit
        """
    case millisecondsUntilDue = """
        SELECT CAST(min((julianday(not_before) - julianday(:now)) * 86400000.0) + 1 AS INTEGER) FROM deliveries
        WHERE not_before > :now
        """
    case remove = "DELETE FROM deliveries WHERE id = :id"
    case postpone = """
        UPDATE deliveries SET attempts = attempts + 1, delay_ms = :delay,
            not_before = strftime('%Y-%m-%dT%H:%M:%fZ', :now, '+' || (:delay / 1000.0) || ' seconds')
        WHERE id = :id
        """
}
