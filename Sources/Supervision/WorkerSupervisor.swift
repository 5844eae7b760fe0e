public import Domain
public import Logging
public import SystemPackage
public import WorkerProtocol

/// Runs one worker process for each request and turns whatever becomes of it into an answer or a `Failure`.
///
/// The worker gets descriptors and no names. It is never believed beyond its bounds (`Testimony`), and one that makes no
/// progress, takes too long or lies is ended.
public struct WorkerSupervisor: Workers {
    let executable: FilePath
    let sandbox: SandboxPolicy
    let limits: WorkerLimits
    let patience: Duration
    let logger: Logger
    private let throttle: StartThrottle
    private let claims = FullDiskClaims()
    private let processors = ProcessorShares()
    private let spares: SpareWorkers?

    /// - Parameters:
    ///   - executable: path of `understudy-worker`.
    ///   - limits: for an empty original; a larger one gets more of some (`WorkerLimits.scaled`).
    ///   - patience: how long a worker may make no progress before it is ended (`worker_timeout`).
    ///   - spares: workers that wait, started, while `keepSpares` runs, and bear one for each request, as many of them ahead.
    public init(
        executable: FilePath, sandbox: SandboxPolicy = .required, limits: WorkerLimits = WorkerLimits(),
        patience: Duration, spares: Int = 0, logger: Logger
    ) {
        self.executable = executable
        self.sandbox = sandbox
        self.limits = limits
        self.patience = patience
        self.logger = logger
        throttle = StartThrottle()
        self.spares = spares > 0 ? SpareWorkers(executable: executable, count: spares, throttle: throttle) : nil
    }

    /// Keeps the spare workers until `stopSpares`; returns at once where none are wanted.
    public func keepSpares() async { await spares?.run() }

    /// Ends the spare workers. No request may run any more.
    public func stopSpares() { spares?.stop() }

    public func transcode(
        _ original: FileDescriptor, named name: String, into output: FileDescriptor, preset: Preset,
        onEvent: @escaping @Sendable (TranscodeEvent) -> Void
    ) async throws(Failure) -> TranscodeReport {
        let answer: WorkerMessage
        let task = WorkerRequest.Task.transcode(preset: preset, decodeThreads: processors.begin())
        defer { processors.end() }
        do throws(Failure) {
            answer = try await converse(task, about: name, descriptors: [original, output]) { message in
                switch message {
                case .media(let media): onEvent(.media(media))
                case .progress(let progress): onEvent(.progress(progress))
                case .sealed, .transcoded, .verified, .probed, .inspected, .failed: break
                }
            }
        } catch {
            throw error.code == .diskFull ? claims.examine(error, about: name, at: output) : error
        }
        guard case .transcoded(let report) = answer else { throw unexpected(about: name) }
        return report
    }

    public func verify(
        _ proxy: FileDescriptor, named name: String, against report: TranscodeReport
    ) async throws(Failure) -> ProxyDescription {
        let answer = try await converse(.verify(report: report), about: name, descriptors: [proxy])
        guard case .verified(let description) = answer, description.sizeBytes == FileSize.of(proxy) else {
            throw unexpected(about: name)
        }
        return description
    }

    public func probe(_ file: FileDescriptor, named name: String) async throws(Failure) -> MediaDescription {
        let answer = try await converse(.probe, about: name, descriptors: [file])
        guard case .probed(let media) = answer else { throw unexpected(about: name) }
        return media
    }

    /// Has a worker seal itself and say how, without any file.
    public func inspectSeal() async throws(Failure) -> SealReport {
        let ending = await ending(of: WorkerRequest(.inspect, limits: limits, sandbox: sandbox), []) { _ in }
        guard case .answered(.inspected, let report) = ending else {
            throw ending.failure(about: "check", worker: executable)
        }
        return report
    }

    private func converse(
        _ task: WorkerRequest.Task, about name: String, descriptors: [FileDescriptor],
        onEvent: @escaping @Sendable (WorkerMessage) -> Void = { _ in }
    ) async throws(Failure) -> WorkerMessage {
        let size = descriptors.first.flatMap { FileSize.of($0) } ?? 0
        let request = WorkerRequest(task, limits: limits.scaled(toOriginalBytes: size), sandbox: sandbox)
        let ending = await ending(of: request, descriptors, onEvent)
        if case .answered(let message, _) = ending {
            guard case .failed(let failure) = message else { return message }
            throw Failure(failure.code, "\(name): \(failure.message)", detail: failure.detail)
        }
        let failure = ending.failure(about: name, worker: executable)
        logger.debug("worker ended without an answer", metadata: ["reason": "\(failure.message)"])
        throw failure
    }

    /// Converses with a worker that a spare one bears, where one waits, else with a fresh one.
    private func ending(
        of request: WorkerRequest, _ descriptors: [FileDescriptor],
        _ onEvent: @escaping @Sendable (WorkerMessage) -> Void
    ) async -> WorkerEnding {
        let conversation = WorkerConversation(
            request: request, descriptors: descriptors, patience: patience, onEvent: onEvent)
        if let spare = spares?.take() {
            let start = ContinuousClock.now
            let ending =
                spare.isKept
                ? await conversation.run(with: spare.process)
                : await kept(spare.process) { await conversation.run(with: spare.process) }
            // Not born, or dead before it had seen the request; a fresh one gets it.
            switch ending {
            case .notStarted, .killed(_, hadBegun: false, _): break
            default: return noted(ending, start)
            }
        }
        do { try await Task.sleep(for: throttle.delay) } catch { return .cancelled }
        let start = ContinuousClock.now
        do {
            let process = try WorkerProcess(executable: executable)
            return noted(await kept(process) { await conversation.run(with: process) }, start)
        } catch {
            return .notStarted("\(error)")
        }
    }

    private func kept(_ process: WorkerProcess, _ work: () async -> WorkerEnding) async -> WorkerEnding {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await process.keep() }
            return await work()
        }
    }

    private func noted(_ ending: WorkerEnding, _ start: ContinuousClock.Instant) -> WorkerEnding {
        switch ending {
        case .answered: throttle.noteAnswer()
        case .notStarted, .notSealed, .died, .killed, .lied:
            if .now - start < StartThrottle.early { throttle.noteEarlyDeath() }
        case .silent, .late, .cancelled: break
        }
        switch ending {
        case .died, .killed, .lied: spares?.renew()
        case .answered, .notStarted, .notSealed, .silent, .late, .cancelled: break
        }
        return ending
    }

    private func unexpected(about name: String) -> Failure {
        WorkerEnding.lied("its answer is of the wrong kind", lines: "").failure(about: name, worker: executable)
    }
}
