import Domain
import Glibc
import SystemPackage
import WorkerProtocol

/// How a conversation with a worker ended.
enum WorkerEnding: Sendable {
    /// The outcome that the worker sent: a result or a failure.
    case answered(WorkerMessage, SealReport)
    /// The process could not be started, or gave up before it was sealed: no file is to blame.
    case notStarted(String)
    /// The kernel lacks a part of the seal, which the worker's last lines name.
    case notSealed(String)
    /// The process ended without an outcome; the reason says how, then the end of its standard error.
    case died(String, String)
    /// A signal ended it, after its seal or before it had seen any file.
    case killed(Int32, hadBegun: Bool, lines: String)
    /// It said what cannot be, and was ended.
    case lied(String, lines: String)
    /// It made no progress for the given time and was ended.
    case silent(Duration, lines: String)
    /// It took longer than the given time in all and was ended.
    case late(Duration, lines: String)
    /// The caller's task was cancelled and the worker ended.
    case cancelled

    /// What it means for the job, for every ending but an answer.
    func failure(about name: String, worker: FilePath) -> Failure {
        switch self {
        case .answered:
            Failure(.workerLied, "\(name): the worker's answer was not expected.")
        case .notStarted(let why):
            Failure(
                .workerUnavailable,
                "The worker \(PathText.encode(worker.bytes)) cannot be started (\(PrintableText.escaped(why))); "
                    + "reinstall understudy.")
        case .notSealed(let lines):
            Failure(
                .workerUnavailable,
                "This machine cannot seal the worker (\(PrintableText.escaped(lines))): mend that, or set "
                    + "sandbox = \"best-effort\" in the section [daemon] of the configuration.")
        case .died(let reason, let lines):
            Failure(.workerCrashed, "\(name): the worker \(reason) while it worked on this file.", detail: lines)
        case .killed(let signal, _, let lines): WorkerEnding.failure(name, signal, lines)
        case .lied(let what, let lines):
            Failure(
                .workerLied,
                "\(name): the worker broke the rules of its channel (\(what)) while it worked on this file, and was "
                    + "ended: keep the file for an examination.", detail: lines)
        case .silent(let patience, let lines):
            Failure(
                .workerTimeout,
                "\(name): the worker made no progress for \(patience.components.seconds) s and was ended.",
                detail: lines)
        case .late(let limit, let lines):
            Failure(
                .workerTimeout, "\(name): the worker took longer than \(limit.components.seconds) s and was ended.",
                detail: lines)
        case .cancelled:
            Failure(.cancelled, "\(name): the job was stopped.")
        }
    }

    private static func failure(_ name: String, _ signal: Int32, _ lines: String) -> Failure {
        let signalName = SignalName.of(signal)
        switch signal {
        case SIGSYS:
            return Failure(
                .workerForbiddenCall,
                "\(name): the worker was ended by the kernel (SIGSYS) for a system call that it has no use for: keep "
                    + "the file for an examination.", detail: lines)
        case SIGXCPU:
            return Failure(
                .workerTimeout, "\(name): the worker used up its processor time (SIGXCPU) on this file.", detail: lines)
        case SIGKILL:
            return Failure(
                .workerCrashed,
                "\(name): the worker was killed from outside (SIGKILL), by the kernel for want of memory, or by "
                    + "somebody.", detail: lines)
        // The words of Swift's runtime where an allocation fails (swift_abortAllocationFailure).
        case _ where lines.contains("failed to allocate") || lines.contains("allocate memory"):
            return Failure(
                .workerOutOfMemory, "\(name): the worker ran out of its memory while it worked on this file.",
                detail: lines)
        default:
            return Failure(
                .workerCrashed, "\(name): the worker was ended by \(signalName) while it worked on this file.",
                detail: lines)
        }
    }
}
