public import SystemPackage

/// One video's row with its current job's row, as one read transaction saw them. Times are the database's texts.
public struct VideoSnapshot: Sendable, Hashable {
    public var id: String
    public var revision: Int
    public var originalPath: FilePath
    public var destination: FilePath
    public var sizeBytes: Int64
    public var modifiedAt: String
    public var media: MediaDescription?
    public var uploadStatus: UploadStatus
    public var uploadedAt: String?
    public var uploadEvidence: [UploadEvidence]
    public var processingStatus: ProcessingStatus
    public var processingCompletedAt: String?
    public var processingError: Failure?
    /// Path of the proxy that is published and recorded as ours; may be an older one while a new one is made.
    public var proxyPath: FilePath?
    public var presetName: String
    /// Whether a sidecar of ours was written before.
    public var hasSidecar: Bool
    public var createdAt: String
    public var updatedAt: String
    public var job: Job?
    /// Since when the original is known to be deleted; `nil` while it is there, or cannot be told.
    public var originalMissingSince: String?

    public struct Job: Sendable, Hashable {
        public var id: String
        public var status: JobStatus
        public var attempt: Int
        public var queuedAt: String
        public var startedAt: String?
        public var completedAt: String?
        public var waitingFor: WaitReason?
        public var result: ProxyDescription?

        public init(
            id: String, status: JobStatus, attempt: Int, queuedAt: String, startedAt: String?, completedAt: String?,
            waitingFor: WaitReason?, result: ProxyDescription?
        ) {
            self.id = id
            self.status = status
            self.attempt = attempt
            self.queuedAt = queuedAt
            self.startedAt = startedAt
            self.completedAt = completedAt
            self.waitingFor = waitingFor
            self.result = result
        }
    }

    public init(
        id: String, revision: Int, originalPath: FilePath, destination: FilePath, sizeBytes: Int64, modifiedAt: String,
        media: MediaDescription?, uploadStatus: UploadStatus, uploadedAt: String?, uploadEvidence: [UploadEvidence],
        processingStatus: ProcessingStatus, processingCompletedAt: String?, processingError: Failure?,
        proxyPath: FilePath?, presetName: String, hasSidecar: Bool, createdAt: String, updatedAt: String, job: Job?
    ) {
        self.id = id
        self.revision = revision
        self.originalPath = originalPath
        self.destination = destination
        self.sizeBytes = sizeBytes
        self.modifiedAt = modifiedAt
        self.media = media
        self.uploadStatus = uploadStatus
        self.uploadedAt = uploadedAt
        self.uploadEvidence = uploadEvidence
        self.processingStatus = processingStatus
        self.processingCompletedAt = processingCompletedAt
        self.processingError = processingError
        self.proxyPath = proxyPath
        self.presetName = presetName
        self.hasSidecar = hasSidecar
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.job = job
    }

    /// Why nothing happens at the moment; `nil` where something does, or where all is done.
    public var waitingFor: WaitReason? {
        switch (uploadStatus, job?.status) {
        case (.uploading, _), (.incomplete, _): .upload
        case (.uploaded, .pending): job?.waitingFor ?? .worker
        default: nil
        }
    }
}
