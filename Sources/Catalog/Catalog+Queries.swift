public import Domain
import GRDB
public import SystemPackage

extension Catalog: VideoStore {
    public func videosWithStaleSidecars(limit: Int) async throws(StoreError) -> [VideoSnapshot] {
        try await read { transaction in
            try transaction.rows(QuerySQL.staleSidecars, ["limit": max(limit, 0)]).map { try $0.snapshot() }
        }
    }

    public func recordSidecarsWritten(_ revisions: [String: Int]) async throws(StoreError) {
        guard !revisions.isEmpty else { return }
        try await write { transaction in
            for (video, revision) in revisions {
                _ = try transaction.run(VideoSQL.sidecarWritten, ["video": video, "revision": revision])
            }
        }
    }

    public func video(at path: FilePath) async throws(StoreError) -> VideoSnapshot? {
        try await read { transaction in
            try transaction.row(QuerySQL.videoByPath, ["path": path.stored])?.snapshot()
        }
    }

    public func video(id: String) async throws(StoreError) -> VideoSnapshot? {
        try await read { transaction in
            try transaction.row(QuerySQL.videoByID, ["video": id])?.snapshot()
        }
    }

    public func videos(matching query: VideoQuery) async throws(StoreError) -> [VideoSnapshot] {
        // The root directory is stored as "/": its range begins at the empty prefix.
        let under = query.under?.stored
        return try await read { transaction in
            try transaction.rows(
                QuerySQL.videos,
                [
                    "status": query.status?.rawValue, "upload_status": query.uploadStatus?.rawValue,
                    "under": under == "/" ? "" : under,
                ]
            ).map { try $0.snapshot() }
        }
    }

    public func tally() async throws(StoreError) -> Tally {
        try await read { transaction in
            Tally(
                uploads: try transaction.tally(QuerySQL.uploadTally),
                videos: try transaction.tally(QuerySQL.videoTally),
                jobs: try transaction.tally(QuerySQL.jobTally),
                failures: try transaction.tally(QuerySQL.failureTally))
        }
    }

    public func now() async throws(StoreError) -> String { try await read { $0.now } }

    /// Rows that contradict each other; empty unless the schema's constraints were bypassed.
    public func contradictions() async throws(StoreError) -> [Contradiction] {
        try await read { transaction in
            try transaction.rows(QuerySQL.contradictions).map { row in
                Contradiction(videoID: row["video_id"], jobID: row["job_id"], problem: row["problem"])
            }
        }
    }

    /// What SQLite finds wrong with the whole file, as sentences for a person; empty for a sound one.
    public func damages() async throws(StoreError) -> [String] {
        try await read { transaction in
            let damages: [String] = try transaction.rows(QuerySQL.wholeIntegrity).map { $0[0] }
            return damages.filter { $0 != "ok" }
        }
    }

    /// Foreign keys that lead nowhere, as sentences for a person.
    public func brokenReferences() async throws(StoreError) -> [String] {
        try await read { transaction in
            try transaction.rows(QuerySQL.foreignKeys).map { row -> String in
                let table: String = row[0]
                let parent: String = row[2]
                return "A row of \(table) refers to a row of \(parent) that does not exist."
            }
        }
    }
}

extension StoreTransaction {
    /// Counts by state.
    fileprivate func tally<State: RawRepresentable<String> & Hashable>(
        _ statement: QuerySQL
    ) throws -> [State: Int] {
        var counts: [State: Int] = [:]
        for row in try rows(statement) {
            let text: String = row[0]
            guard let state = State(rawValue: text) else {
                throw StoreError(.unreadable, "The database holds the unknown state '\(text)'.")
            }
            counts[state] = row[1]
        }
        return counts
    }
}
