import Domain
import GRDB
import SystemPackage

extension FilePath {
    /// The path as it stands in the database.
    var stored: String { PathText.encode(bytes) }

    init(stored text: String) { self.init(bytes: PathText.decode(text)) }
}

extension Row {
    func path(_ column: String) -> FilePath { FilePath(stored: self[column]) }

    func pathIfAny(_ column: String) -> FilePath? {
        let text: String? = self[column]
        return text.map { FilePath(stored: $0) }
    }

    /// A state, by the text that stands for it.
    func state<State: RawRepresentable<String>>(_ column: String) throws -> State {
        let text: String = self[column]
        guard let state = State(rawValue: text) else {
            throw StoreError(.unreadable, "The database's column \(column) holds the unknown state '\(text)'.")
        }
        return state
    }

    func json<Value: Decodable>(_ column: String, as type: Value.Type) throws -> Value? {
        let text: String? = self[column]
        return try text.map { try StoreJSON.decode(type, $0, column: column) }
    }

    var identity: FileIdentity {
        FileIdentity(
            device: UInt64(bitPattern: self["original_device"]), inode: UInt64(bitPattern: self["original_inode"]),
            sizeBytes: self["file_size_bytes"], modifiedNanoseconds: self["original_mtime_ns"],
            changedNanoseconds: self["original_ctime_ns"])
    }

    var fingerprint: ContentFingerprint? {
        let text: String? = self["content_fingerprint"]
        return text.map { ContentFingerprint(text: $0) }
    }

    var location: OriginalLocation {
        OriginalLocation(root: path("root"), dropFolder: path("drop_folder"), path: path("original_path"))
    }

    /// The row of `QuerySQL.snapshot`.
    func snapshot() throws -> VideoSnapshot {
        let sidecarRevision: Int = self["sidecar_revision"]
        var snapshot = VideoSnapshot(
            id: self["id"], revision: self["revision"], originalPath: path("original_path"),
            destination: path("destination"), sizeBytes: self["file_size_bytes"], modifiedAt: self["modified_at"],
            media: try json("media", as: MediaDescription.self), uploadStatus: try state("upload_status"),
            uploadedAt: self["uploaded_at"],
            uploadEvidence: try json("upload_evidence", as: [UploadEvidence].self) ?? [],
            processingStatus: try state("processing_status"), processingCompletedAt: self["processing_completed_at"],
            processingError: try json("processing_error", as: FailureRecord.self)?.failure,
            proxyPath: pathIfAny("proxy_path"), presetName: self["preset_name"], hasSidecar: sidecarRevision > 0,
            createdAt: self["created_at"], updatedAt: self["updated_at"], job: try job())
        snapshot.originalMissingSince = self["original_missing_since"]
        return snapshot
    }

    private func job() throws -> VideoSnapshot.Job? {
        let id: String? = self["job_id"]
        guard let id else { return nil }
        let waitingFor: String? = self["waiting_for"]
        return VideoSnapshot.Job(
            id: id, status: try state("job_status"), attempt: self["attempt"], queuedAt: self["queued_at"],
            startedAt: self["started_at"], completedAt: self["completed_at"],
            waitingFor: waitingFor == nil ? nil : try state("waiting_for"),
            result: try json("result_data", as: ProxyDescription.self))
    }
}
