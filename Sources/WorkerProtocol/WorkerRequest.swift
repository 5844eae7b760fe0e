public import Domain

/// What a worker is asked to do, and within which bounds. Sent once, as one message, with the descriptors that the task
/// needs.
public struct WorkerRequest: Sendable, Hashable, Codable {
    public enum Task: Sendable, Hashable, Codable {
        /// Descriptors: the original (read-only), the output (empty, for reading and writing). Decoded with so many
        /// threads.
        case transcode(preset: Preset, decodeThreads: Int)
        /// Descriptor: the finished proxy (read-only).
        case verify(report: TranscodeReport)
        /// Descriptor: any file (read-only).
        case probe
        /// No descriptor: seal and say how.
        case inspect
    }

    public var task: Task
    public var limits: WorkerLimits
    public var sandbox: SandboxPolicy

    public init(_ task: Task, limits: WorkerLimits = WorkerLimits(), sandbox: SandboxPolicy) {
        self.task = task
        self.limits = limits
        self.sandbox = sandbox
    }

    /// How many descriptors come with the request.
    public var descriptorCount: Int {
        switch task {
        case .transcode: 2
        case .verify, .probe: 1
        case .inspect: 0
        }
    }
}
