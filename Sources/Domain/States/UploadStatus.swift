/// How far the upload of an original has come (`videos.upload_status`).
public enum UploadStatus: String, Sendable, Codable, CaseIterable {
    /// Seen, not yet proved complete. Entered by the first sighting and by any change of the original.
    /// A crash here loses nothing: the next scan sees the file again.
    case uploading
    /// Complete; the evidence is recorded. Entered in the transaction that queues the job.
    case uploaded
    /// No growth for the stall timeout while the container says that it is cut short. Left by growth.
    case incomplete
}
