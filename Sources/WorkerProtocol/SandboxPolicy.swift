/// What is done where the kernel lacks a part of the worker's seal (`daemon.sandbox` in the configuration).
public enum SandboxPolicy: String, Sendable, Hashable, Codable, CaseIterable {
    /// No file is opened without the whole seal.
    case required
    /// What there is, is used; `check` and the log name what is missing.
    case bestEffort = "best-effort"
    /// No seal: for measurements, and to find out whether the seal is to blame.
    case off
}
