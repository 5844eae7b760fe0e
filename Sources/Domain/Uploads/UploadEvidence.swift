/// One fact that speaks for an upload being complete (`upload_evidence` in the sidecar).
public enum UploadEvidence: String, Sendable, Codable, CaseIterable {
    /// The kernel granted a read lease: no writer has the file open.
    case noWriter = "no_writer"
    /// Size and modification time did not move for the settle window.
    case quiet
    /// The container's structure is whole.
    case containerComplete = "container_complete"
    /// The uploader said so.
    case notified
}
