/// The result of looking at a candidate.
public enum UploadProbeOutcome: Sendable, Hashable {
    case observed(UploadObservation)
    /// The path no longer names a file.
    case gone
    /// Not a regular file (or a symbolic link): never an input.
    case notRegular
    /// The file cannot be opened; the message names why.
    case unreadable(Failure)
}
