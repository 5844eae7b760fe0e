public import Domain
import GRDB
public import SystemPackage

extension Catalog: CustodyStore {
    public func completedProxies(after last: String?, limit: Int) async throws(StoreError) -> [PublishedProxy] {
        try await read { transaction in
            try transaction.rows(CustodySQL.completedProxies, ["last": last ?? "", "limit": limit])
                .map { try $0.publishedProxy() }
        }
    }

    public func completedProxies(atOrBelow path: FilePath) async throws(StoreError) -> [PublishedProxy] {
        try await read { transaction in
            try transaction.rows(CustodySQL.completedBelow, ["path": path.stored]).map { try $0.publishedProxy() }
        }
    }

    public func completedProxy(ofVideo id: String) async throws(StoreError) -> PublishedProxy? {
        try await read { transaction in
            try transaction.row(CustodySQL.completedByID, ["video": id])?.publishedProxy()
        }
    }

    public func recordProxyFound(
        _ proxy: PublishedProxy, as file: PublishedFile
    ) async throws(StoreError) -> Bool {
        try await write { transaction in
            guard try Catalog.record(file, insteadOf: proxy, in: transaction) else { return false }
            try transaction.note(.unchanged, proxy.videoID, ["evidence": "same_proxy_hash"])
            return true
        }
    }

    public func recordProxyLost(
        _ proxy: PublishedProxy, altered: PublishedFile?, reason: String, preset: Preset
    ) async throws(StoreError) -> Bool {
        try await write { transaction in
            let there = try transaction.row(CustodySQL.completedByID, ["video": proxy.videoID])?.publishedProxy()
            guard there?.file == proxy.file, there?.path == proxy.path else { return false }
            if let altered { _ = try Catalog.record(altered, insteadOf: proxy, in: transaction) }
            let job = try transaction.queueJob(for: proxy.videoID, preset: preset)
            try transaction.runOnce(
                VideoSQL.markLost, ["video": proxy.videoID, "job": job, "preset": preset.name])
            try transaction.note(.proxyLost, proxy.videoID, ["job": job, "reason": reason])
            return true
        }
    }

    public func nextToRead(every interval: Duration) async throws(StoreError) -> PublishedProxy? {
        let seconds = interval.components.seconds
        let next = try await read { transaction in
            try transaction.row(CustodySQL.nextToRead, ["seconds": seconds])?.publishedProxy()
        }
        guard let next else { return nil }
        // Before it is read: one that cannot be read must not stand before all others for ever.
        try await write { transaction in try transaction.runOnce(CustodySQL.proxyRead, ["video": next.videoID]) }
        return next
    }

    private static func record(
        _ file: PublishedFile, insteadOf proxy: PublishedProxy, in transaction: StoreTransaction
    ) throws -> Bool {
        try transaction.run(
            CustodySQL.proxyFound,
            [
                "video": proxy.videoID, "file": try StoreJSON.encode(file),
                "known": try StoreJSON.encode(proxy.file),
            ]) == 1
    }
}

// For `doctor`.
extension Catalog {
    /// Rows with what is recorded of their files, in the order of their paths, after `last`.
    public func records(after last: FilePath?, limit: Int) async throws(StoreError) -> [VideoRecord] {
        try await read { transaction in
            try transaction.rows(CustodySQL.records, ["last": last?.stored ?? "", "limit": limit])
                .map { try $0.videoRecord() }
        }
    }

    /// The watch roots of all rows.
    public func roots() async throws(StoreError) -> [FilePath] {
        try await read { transaction in try transaction.rows(CustodySQL.roots).map { $0.path("root") } }
    }

    public func record(ofVideo id: String) async throws(StoreError) -> VideoRecord? {
        try await read { transaction in
            try transaction.row(CustodySQL.recordByID, ["video": id])?.videoRecord()
        }
    }

    /// The attempts of running jobs, by job id.
    public func runningJobs() async throws(StoreError) -> [String: (videoID: String, attempt: Int)] {
        try await read { transaction in
            var jobs: [String: (videoID: String, attempt: Int)] = [:]
            for row in try transaction.rows(CustodySQL.runningJobs) {
                jobs[row["id"]] = (row["video_id"], row["attempt"])
            }
            return jobs
        }
    }

    /// Whether this database has, or had, a video: its history outlives the row.
    public func everKnew(videoID: String) async throws(StoreError) -> Bool {
        try await read { transaction in
            try transaction.row(CustodySQL.everKnown, ["video": videoID])?[0] ?? false
        }
    }

    /// Counts a change of a row, so that its sidecar is written anew; past a revision that a reader may have seen.
    /// - Returns: whether there is such a row.
    public func renewSidecar(ofVideo id: String, past revision: Int) async throws(StoreError) -> Bool {
        try await write { transaction in
            guard let known = try transaction.row(CustodySQL.recordByID, ["video": id])?.videoRecord() else {
                return false
            }
            // One by one, as the schema demands. A claim beyond this is nobody's revision.
            let steps = revision - known.video.revision < 10_000 ? max(1, revision - known.video.revision + 1) : 1
            for _ in 0..<steps { try transaction.runOnce(VideoSQL.touch, ["video": id]) }
            return true
        }
    }
}

extension Row {
    /// The row of `CustodySQL`'s proxies.
    fileprivate func publishedProxy() throws -> PublishedProxy {
        guard let file = try json("published_file", as: PublishedFile.self), let path = pathIfAny("proxy_path") else {
            throw StoreError(.unreadable, "A completed video has no published file.")
        }
        let missingSince: String? = self["original_missing_since"]
        return PublishedProxy(
            videoID: self["id"], originalPath: self.path("original_path"), path: path, file: file,
            isOriginalMissing: missingSince != nil)
    }

    /// The row of `QuerySQL.record`.
    fileprivate func videoRecord() throws -> VideoRecord {
        let video = try snapshot()
        var published: PublishedProxy?
        if let path = pathIfAny("published_path"), let file = try json("published_file", as: PublishedFile.self) {
            published = PublishedProxy(videoID: video.id, originalPath: video.originalPath, path: path, file: file)
        }
        return VideoRecord(
            video: video, location: location, identity: identity, fingerprint: fingerprint, published: published,
            sidecarRevision: self["sidecar_revision"], isMoving: self["is_moving"])
    }
}
