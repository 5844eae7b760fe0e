/// Why a video makes no progress at the moment (`waiting_for` in the sidecar).
public enum WaitReason: String, Sendable, Codable, CaseIterable {
    /// The upload is not proved complete.
    case upload
    /// The destination's file system has too little room; resumes by itself.
    case diskSpace = "disk_space"
    /// The original's or the destination's file system is not there; resumes by itself.
    case mount
    /// A failed attempt backs off before the next one.
    case retry
    /// Outside the configured hours.
    case schedule
    /// A person paused the queue.
    case paused
    /// All workers are busy.
    case worker
}
