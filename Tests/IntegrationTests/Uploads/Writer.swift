/// One way to bring an original into a drop folder, and what must come of it: a row of the matrix.
struct Writer: Sendable {
    enum Outcome: Sendable, Equatable {
        /// One job, started after the last byte, and a proxy with so many frames.
        case completed(frames: Int)
        /// No job, ever; shown as incomplete.
        case incomplete
        /// Not even a row: what is there has only a temporary name.
        case unseen
    }

    /// Which of the kernel's times is that of the last byte.
    enum KernelTime: Sendable {
        case modified
        /// For clients that set the modification time themselves; nobody sets the change time (utimensat(2)).
        case changed
        /// Neither, where others change attributes later, or stores through a mapping leave no time: the writer tells.
        case told
    }

    /// Also the name of the directory with its drop folder.
    let name: String
    let clip: UploadClip
    let outcome: Outcome
    let time: KernelTime
    let write: @Sendable (Upload) async throws -> Void

    init(
        _ name: String, _ clip: UploadClip = .indexAtEnd,
        _ outcome: Outcome = .completed(frames: UploadClip.proxyFrames), time: KernelTime = .modified,
        write: @escaping @Sendable (Upload) async throws -> Void
    ) {
        self.name = name
        self.clip = clip
        self.outcome = outcome
        self.time = time
        self.write = write
    }

    /// A writer that is a Python program; see `Upload.python`.
    static func python(
        _ name: String, _ clip: UploadClip = .indexAtEnd,
        _ outcome: Outcome = .completed(frames: UploadClip.proxyFrames), time: KernelTime = .told, script: String
    ) -> Writer {
        Writer(name, clip, outcome, time: time) { upload in try await upload.python(script) }
    }
}
