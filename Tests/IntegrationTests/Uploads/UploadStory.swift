import Foundation
import SystemPackage
import TestSupport

/// What the database says of one original.
struct UploadStory: Sendable, Decodable {
    struct Job: Sendable, Decodable {
        let status: String
        let attempt: Int
        let queuedMilliseconds: Int64
        let startedMilliseconds: Int64
    }

    let path: String
    let uploadStatus: String
    let evidence: String
    let jobs: [Job]

    /// Of every original in a directory, by path.
    static func all(below directory: FilePath, _ fixture: DaemonFixture) async throws -> [UploadStory] {
        // SQLite 3.40 has no sub-second Unix time: the milliseconds are the text's (sqlite.org/lang_datefunc.html).
        func milliseconds(_ column: String) -> String {
            "coalesce(strftime('%s', \(column)) * 1000 + substr(\(column), -4, 3), 0)"
        }
        let text = try await fixture.query(
            """
            SELECT coalesce(json_group_array(json_object(
                'path', original_path, 'uploadStatus', upload_status, 'evidence', upload_evidence,
                'jobs', (SELECT json_group_array(json_object('status', status, 'attempt', attempt,
                    'queuedMilliseconds', \(milliseconds("queued_at")), 'startedMilliseconds', \(milliseconds("started_at"))))
                    FROM processing_jobs WHERE video_id = v.id))), '[]')
            FROM (SELECT * FROM videos WHERE original_path GLOB '\(directory)/*' ORDER BY original_path) v
            """)
        return try JSONDecoder().decode([UploadStory].self, from: Data(text.utf8))
    }
}
