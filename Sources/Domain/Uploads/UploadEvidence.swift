/// One fact that speaks for an upload being complete, or against taking it for more than it is (`upload_evidence` in
/// the sidecar). Raw values are public: they are never renamed.
public enum UploadEvidence: String, Sendable, Codable, CaseIterable {
    /// The kernel granted a read lease: no writer has the file open.
    case noWriter = "no_writer"
    /// Size and modification time did not move for the time that the rule asks for.
    case quiet
    /// The container's structure is whole.
    case containerComplete = "container_complete"
    /// The uploader said so.
    case notified
    /// Every part of the file was written.
    case noHoles = "no_holes"
    /// A warning: parts of the file were never written, and were not for 30 seconds: a sparse copy, or an upload that
    /// was given up after its size was set.
    case hasHoles = "has_holes"
    /// The kernel's NFS server runs, whose clients' writers a lease does not show, and the file was quiet for 3 seconds.
    case nfsServerQuiet = "nfs_server_quiet"
    /// The kernel cannot be asked about writers here; looks at the ends of the rule's time were equal.
    case equalSamples = "equal_samples"
}
