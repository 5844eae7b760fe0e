import Domain
import GRDB
import SystemPackage

/// What the database knows of an original that is seen again.
struct KnownOriginal {
    let id: String
    let location: OriginalLocation
    let destination: FilePath
    let identity: FileIdentity
    let presetName: String
    let uploadStatus: UploadStatus
    let processingStatus: ProcessingStatus
    let processingError: Failure?
    /// Of the current job; `nil` where there is none.
    let jobStatus: JobStatus?
    /// The published proxy.
    let proxyPath: FilePath?
    /// The name that is reserved for the proxy in `destination`.
    let proxyName: FileName
    let fingerprint: ContentFingerprint?
    /// Of the content that the published proxy was made of, while a newer one is uploaded.
    let replacedFingerprint: ContentFingerprint?
    let isMissing: Bool
    /// Whether a proxy was ever published.
    let wasPublished: Bool
    let jobID: String?

    /// - Returns: `nil` where the path has no row.
    init?(at path: FilePath, in transaction: StoreTransaction) throws {
        guard let row = try transaction.row(UploadSQL.find, ["path": path.stored]) else { return nil }
        id = row["id"]
        location = row.location
        destination = row.path("destination")
        identity = row.identity
        presetName = row["preset_name"]
        uploadStatus = try row.state("upload_status")
        processingStatus = try row.state("processing_status")
        processingError = try row.json("processing_error", as: FailureRecord.self)?.failure
        let jobText: String? = row["job_status"]
        jobStatus = jobText == nil ? nil : try row.state("job_status")
        proxyPath = row.pathIfAny("proxy_path")
        proxyName = row.path("reserved_proxy_path").fileName ?? FileName("")
        fingerprint = row.fingerprint
        let replaced: String? = row["replaced_fingerprint"]
        replacedFingerprint = replaced.map { ContentFingerprint(text: $0) }
        let missingSince: String? = row["original_missing_since"]
        isMissing = missingSince != nil
        let published: String? = row["published_path"]
        wasPublished = published != nil
        jobID = row["job_id"]
    }

    /// Whether the content is the same, wherever the kernel counts the file system today: device numbers of network
    /// and btrfs mounts are given anew at each mount (stat(2) promises uniqueness, not permanence), and a reboot must
    /// not make every original a replaced one. The path is the same already.
    func isSameContent(as seen: FileIdentity) -> Bool {
        var renumbered = seen
        renumbered.device = identity.device
        return identity.hasSameContent(as: renumbered)
    }

    /// Whether there is no proxy because the original was not there.
    var hasFailedByLoss: Bool { uploadStatus == .uploaded && processingError?.code == .originalMissing }

    /// Whether it is the same file on a file system that the kernel counts otherwise than before.
    func isRenumbered(_ seen: FileIdentity) -> Bool {
        identity.device != seen.device && isSameContent(as: seen)
    }
}
