public import Domain
public import Logging
public import SystemPackage
public import WorkerProtocol

/// Runs one worker process for each request and turns whatever becomes of it into an answer or a `Failure`.
///
/// The worker gets descriptors and no names. It is never believed beyond its bounds: messages are limited in size, an
/// answer of the wrong kind is a crash, and a worker that falls silent is ended.
public struct WorkerSupervisor: Workers {
    let executable: FilePath
    let limits: WorkerLimits
    let patience: Duration
    let logger: Logger

    /// - Parameters:
    ///   - executable: path of `understudy-worker`.
    ///   - patience: how long a worker may stay silent before it is ended (`worker_timeout`).
    public init(executable: FilePath, limits: WorkerLimits = WorkerLimits(), patience: Duration, logger: Logger) {
        self.executable = executable
        self.limits = limits
        self.patience = patience
        self.logger = logger
    }

    public func transcode(
        _ original: FileDescriptor, named name: String, into output: FileDescriptor, preset: Preset,
        onEvent: @escaping @Sendable (TranscodeEvent) -> Void
    ) async throws(Failure) -> TranscodeReport {
        let answer = try await converse(
            .transcode(preset: preset, limits: limits), about: name, descriptors: [original, output]
        ) { message in
            switch message {
            case .media(let media): onEvent(.media(media))
            case .progress(let progress): onEvent(.progress(progress))
            case .transcoded, .verified, .probed, .failed: break
            }
        }
        guard case .transcoded(let report) = answer else { throw unexpected(answer, about: name) }
        return report
    }

    public func verify(
        _ proxy: FileDescriptor, named name: String, against report: TranscodeReport
    ) async throws(Failure) -> ProxyDescription {
        let answer = try await converse(.verify(report: report, limits: limits), about: name, descriptors: [proxy])
        guard case .verified(let description) = answer else { throw unexpected(answer, about: name) }
        return description
    }

    public func probe(_ file: FileDescriptor, named name: String) async throws(Failure) -> MediaDescription {
        let answer = try await converse(.probe(limits: limits), about: name, descriptors: [file])
        guard case .probed(let media) = answer else { throw unexpected(answer, about: name) }
        return media
    }

    private func converse(
        _ request: WorkerRequest, about name: String, descriptors: [FileDescriptor],
        onEvent: @escaping @Sendable (WorkerMessage) -> Void = { _ in }
    ) async throws(Failure) -> WorkerMessage {
        let conversation = WorkerConversation(
            executable: executable, request: request, descriptors: descriptors, patience: patience, onEvent: onEvent)
        let ending = await conversation.run()
        if case .answered(let message) = ending {
            guard case .failed(let failure) = message else { return message }
            throw Failure(failure.code, "\(name): \(failure.message)", detail: failure.detail)
        }
        let failure = ending.failure(about: name, worker: executable)
        logger.debug("worker ended without an answer", metadata: ["reason": "\(failure.message)"])
        throw failure
    }

    private func unexpected(_ answer: WorkerMessage, about name: String) -> Failure {
        Failure(
            .workerCrashed, "\(name): the worker gave an answer of the wrong kind.",
            detail: PrintableText.escaped(String(String(describing: answer).prefix(200))))
    }
}
