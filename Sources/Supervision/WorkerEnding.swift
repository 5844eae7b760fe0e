import Domain
import SystemPackage
import WorkerProtocol

/// How a conversation with a worker ended.
enum WorkerEnding: Sendable {
    /// The outcome that the worker sent: a result or a failure.
    case answered(WorkerMessage)
    /// The process could not be started.
    case notStarted(String)
    /// The process ended without an outcome; `reason` says how, `lines` is the end of its standard error.
    case died(reason: String, lines: String)
    /// It said nothing for the given time and was ended.
    case silent(Duration, lines: String)
    /// The caller's task was cancelled and the worker ended.
    case cancelled

    /// What it means for the job, for every ending but an answer.
    func failure(about name: String, worker: FilePath) -> Failure {
        switch self {
        case .answered(let message):
            Failure(.workerCrashed, "\(name): the worker's answer was not expected.", detail: "\(message)")
        case .notStarted(let why):
            Failure(
                .workerUnavailable,
                "The worker \(PathText.encode(worker.bytes)) cannot be started (\(why)); reinstall understudy.")
        case .died(let reason, let lines):
            Failure(.workerCrashed, "\(name): the worker \(reason) while it worked on this file.", detail: lines)
        case .silent(let patience, let lines):
            Failure(
                .workerTimeout,
                "\(name): the worker made no progress for \(patience.components.seconds) s and was ended.",
                detail: lines)
        case .cancelled:
            Failure(.cancelled, "\(name): the job was stopped.")
        }
    }
}
