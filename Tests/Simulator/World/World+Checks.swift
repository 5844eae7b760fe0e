import Catalog
import Domain
import FoundationEssentials
import GRDB
import SystemPackage

/// A row, as far as it makes a claim about the disk.
struct ClaimedRow {
    let path: FilePath
    let revision: Int
    let upload: UploadStatus
    let processing: ProcessingStatus
    let version: OriginalVersion.Key
    let proxyPath: FilePath?
    /// Where a file of the row may lie: the published place, and the reserved one (a failed publication).
    let places: [FilePath]
    let published: PublishedFile?
    /// Whether it waits for a person to move something away.
    let isOccupied: Bool
}

/// What must hold at every moment.
final class RowChecks {
    private(set) var rows: [String: ClaimedRow] = [:]
    private var lastChange: Int64 = 0
    private var writes = 0

    /// Reads what has changed.
    func refresh(_ database: VirtualDatabase, atMost limit: Int = .max) throws {
        writes += 1
        try database.queue.unsafeRead { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT id, revision, original_path, upload_status, processing_status, original_inode,
                        file_size_bytes, original_mtime_ns, proxy_path, published_path, reserved_proxy_path, published_file,
                        processing_error,
                        change_sequence
                    FROM videos WHERE change_sequence > ? ORDER BY change_sequence
                    """)
            for row in try Row.fetchAll(statement, arguments: [lastChange]) { take(row) }
            let ends = try Row.fetchOne(
                db.cachedStatement(sql: "SELECT count(*), coalesce(max(change_sequence), 0) FROM videos"))
            lastChange = ends?[1] ?? 0  // A row that goes takes its number with it.
            guard ends?[0] != rows.count else { return }
            let ids = try Set(String.fetchAll(db.cachedStatement(sql: "SELECT id FROM videos")))
            rows = rows.filter { ids.contains($0.key) }
        }
    }

    /// Whether it is time for the checks that cost more.
    var isThoroughTime: Bool { writes % 16 == 0 }

    private func take(_ row: Row) {
        let file: String? = row["published_file"]
        let proxy: String? = row["proxy_path"]
        let published: String? = row["published_path"]
        let reserved: String? = row["reserved_proxy_path"]
        let upload: String = row["upload_status"]
        let processing: String = row["processing_status"]
        let inode: Int64 = row["original_inode"]
        let path: String = row["original_path"]
        let error: String? = row["processing_error"]
        rows[row["id"]] = ClaimedRow(
            path: FilePath(path), revision: row["revision"], upload: UploadStatus(rawValue: upload) ?? .uploading,
            processing: ProcessingStatus(rawValue: processing) ?? .pending,
            version: OriginalVersion.Key(
                inode: UInt64(inode), size: row["file_size_bytes"], modified: row["original_mtime_ns"]),
            proxyPath: proxy.map { FilePath($0) },
            places: [proxy, published, reserved].compactMap { $0.map { FilePath($0) } },
            published: file.flatMap { try? JSONDecoder().decode(PublishedFile.self, from: Data($0.utf8)) },
            isOccupied: error?.contains(FailureCode.proxyPathOccupied.rawValue) ?? false)
    }
}

extension World {
    /// After a write: the rows agree with each other, and with the disk.
    func checkRows(after name: StaticString) {
        guard violation == nil else { return }
        do {
            try checks.refresh(database)
            if checks.isThoroughTime { try checkAgreement() }
        } catch {
            violate("\(name): the rows cannot be read: \(error)")
        }
        for (id, row) in checks.rows { check(row, id, after: name) }
    }

    func checkAgreement() throws {
        let problems = try database.queue.unsafeRead { db in
            try String.fetchAll(db.cachedStatement(sql: "SELECT problem FROM contradictions"))
        }
        if let first = problems.first { violate("the rows contradict each other: \(first)") }
    }

    private func check(_ row: ClaimedRow, _ id: String, after name: StaticString) {
        guard row.upload == .uploaded else { return }
        let version = versions[row.version]
        // What was recorded as failed was never taken for complete.
        if row.processing != .failed, version?.isWhole != true {
            violate("\(name): \(row.path) is recorded as uploaded before its last byte")
        }
        guard row.processing == .completed else { return }
        guard let path = row.proxyPath, let published = row.published else {
            return violate("\(name): \(row.path) is completed without a proxy")
        }
        guard !tampered.contains(path) else { return }
        // A move renames the file and then the row, by what is on record as to be done.
        let place = media.entries[path] == nil ? movedTo[path] ?? path : path
        guard let file = media.entries[place] else {
            return violate("\(name): \(row.path) is completed, and \(path) is not there")
        }
        if file.content != published.sha256 { violate("\(name): \(path) is not the file that was verified") }
        if !published.isSameFile(as: file.identity(onDevice: mediaDevice)) {
            violate("\(name): \(path) is another file than the recorded one")
        }
        if !file.isSynced { violate("\(name): \(row.path) is completed before its proxy's content was synced") }
        if place == path, !media.isDurable(path) {
            violate("\(name): \(row.path) is completed before its proxy's name was synced")
        }
        if let version, file.content != "proxy(\(version.content))" {
            violate("\(name): \(row.path) is completed with a proxy of other content: \(file.content)")
        }
    }

    /// A sidecar that is about to be written says what the committed row says, or said.
    func checkSidecar(_ video: VideoSnapshot) {
        guard let row = checks.rows[video.id] else { return }
        if video.revision > row.revision {
            violate("the sidecar of \(row.path) is ahead of its row: \(video.revision) > \(row.revision)")
        }
        let isSame = video.uploadStatus == row.upload && video.processingStatus == row.processing
        if video.revision == row.revision, !isSame {
            violate("the sidecar of \(row.path) says \(video.processingStatus), its row \(row.processing)")
        }
    }

    /// A dead daemon's write may come through after its successor's rescue; it must not change anything.
    func keepLateFailure() {
        guard let token = claims.last else { return }
        claims = []
        let failure = Failure(.workerCrashed, "from a dead daemon")
        keepLateWrite("fail") { (catalog) throws(StoreError) in try await catalog.fail(token, failure: failure) }
    }

    func keepLateWrite(_ name: StaticString, _ verb: @escaping @Sendable (Catalog) async throws(StoreError) -> Bool) {
        guard !isHealed, lateWrites.count < 4 else { return }
        let catalog = database.catalog
        lateWrites.append(
            LateWrite(name: name) {
                // A refusal by the schema is as good as one by the fence.
                (try? await verb(catalog)) ?? false
            })
    }
}
