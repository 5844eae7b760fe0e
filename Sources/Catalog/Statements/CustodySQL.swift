/// Holding rows against what lies on disk.
enum CustodySQL: StatementText {
    case records, recordByID, completedProxies, completedBelow, completedByID, proxyFound, runningJobs, everKnown
    case roots, nextToRead, proxyRead

    private static let proxy = """
        SELECT id, original_path, proxy_path, published_file, original_missing_since FROM videos
        WHERE processing_status = 'completed'
            -- A proxy that follows its original is at its old place, or at its new one.
            AND NOT EXISTS (SELECT 1 FROM relocations r WHERE r.video_id = videos.id AND r.kind = 'proxy')
        """

    var sql: String {
        switch self {
        case .records:
            "\(QuerySQL.record) WHERE v.original_path > :last ORDER BY v.original_path LIMIT :limit"
        case .recordByID: "\(QuerySQL.record) WHERE v.id = :video"
        case .completedProxies: "\(CustodySQL.proxy) AND id > :last ORDER BY id LIMIT :limit"
        case .completedBelow:
            // '0' is the character after '/': the range holds exactly what begins with the directory and a slash.
            """
            \(CustodySQL.proxy)
                AND (proxy_path = :path OR (proxy_path >= :path || '/' AND proxy_path < :path || '0'))
            """
        case .completedByID: "\(CustodySQL.proxy) AND id = :video"
        case .proxyFound:
            """
            UPDATE videos SET published_file = :file, \(countingTheChange)
            WHERE id = :video AND published_file = :known
            """
        case .runningJobs: "SELECT id, video_id, attempt FROM processing_jobs WHERE status = 'running'"
        case .nextToRead:
            """
            \(CustodySQL.proxy) AND coalesce(proxy_read_at, processing_completed_at)
                <= strftime('%Y-%m-%dT%H:%M:%fZ', :now, '-' || :seconds || ' seconds')
            ORDER BY coalesce(proxy_read_at, processing_completed_at) LIMIT 1
            """
        case .proxyRead: "UPDATE videos SET proxy_read_at = :now WHERE id = :video"
        case .roots: "SELECT DISTINCT root FROM videos ORDER BY root"
        case .everKnown:
            """
            SELECT EXISTS (SELECT 1 FROM videos WHERE id = :video) OR EXISTS (SELECT 1 FROM events WHERE video_id = :video)
            """
        }
    }
}
