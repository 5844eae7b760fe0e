import Domain
import WorkerProtocol

/// Listens to one worker, and believes nothing that cannot be: after its seal it may be in an attacker's hands. Pure.
struct Testimony {
    /// What is done about a message.
    enum Verdict: Sendable, Equatable {
        /// Handed on.
        case event(WorkerMessage)
        /// True, and no progress.
        case nothing
        case outcome(WorkerMessage)
        case lie(String)
    }

    private let task: WorkerRequest.Task
    private let limits: WorkerLimits
    private(set) var sealReport: SealReport?
    private let sandbox: SandboxPolicy
    private var hasMedia = false
    private var frames = 0
    /// A transcode may begin anew where it must encode what it tried to copy, and where it must decode what it had left
    /// out.
    private var newBeginnings = 0
    private var messages = 0

    /// Messages beyond those that the time explains: a worker reports five times in a second.
    private static let spareMessages = 100
    private static let messagesPerSecond = 20

    init(_ request: WorkerRequest) {
        task = request.task
        limits = request.limits
        sandbox = request.sandbox
    }

    /// - Parameter elapsed: time since the request.
    mutating func hear(_ message: WorkerMessage, elapsed: Duration) -> Verdict {
        messages += 1
        guard messages <= Testimony.spareMessages + Testimony.messagesPerSecond * Int(elapsed.components.seconds) else {
            return .lie("it sent too many messages")
        }
        if case .sealed(let report) = message {
            guard sealReport == nil else { return .lie("it said twice that it is sealed") }
            sealReport = report
            guard sandbox != .required || report.isWhole || task == .inspect else {
                return .lie("it went on without its whole seal")
            }
            return .nothing
        }
        guard sealReport != nil else { return .lie("it spoke before it was sealed") }
        switch message {
        case .sealed: return .nothing
        case .media(let media): return hear(media)
        case .progress(let progress): return hear(progress)
        case .failed(let failure):
            return Testimony.allowedCodes.contains(failure.code)
                ? .outcome(.failed(failure.bounded)) : .lie("it claimed \(failure.code.rawValue), which it cannot know")
        case .transcoded(let report): return hear(report)
        case .verified(let description): return hear(description)
        case .probed(let media):
            return task == .probe ? .outcome(.probed(media.bounded)) : wrongKind
        case .inspected: return task == .inspect ? .outcome(.inspected) : wrongKind
        }
    }

    /// What a worker can find out by itself. Everything else would stop the queue, or end a job, on its word.
    private static let allowedCodes: Set<FailureCode> = [
        .notMedia, .noVideoStream, .truncated, .encrypted, .unsupportedCodec, .decodeFailed, .encodeFailed,
        .verificationFailed, .limitExceeded, .ioError, .diskFull, .workerOutOfMemory,
    ]

    private var wrongKind: Verdict { .lie("its answer is of the wrong kind") }

    private var isTranscode: Bool {
        if case .transcode = task { return true }
        return false
    }

    private var mostNewBeginnings: Int {
        if case .transcode(let preset, _) = task { return preset.remux ? 2 : 1 }
        return 0
    }

    private mutating func hear(_ media: MediaDescription) -> Verdict {
        guard isTranscode, !hasMedia else { return .lie("it described the original twice, or unasked") }
        hasMedia = true
        return .event(.media(media.bounded))
    }

    private mutating func hear(_ progress: JobProgress) -> Verdict {
        guard isTranscode else { return wrongKind }
        let isPossible =
            progress.fraction.map { (0...1).contains($0) } ?? true && progress.speed >= 0 && progress.speed < 1e9
            && progress.framesPerSecond >= 0 && progress.framesPerSecond < 1e9 && progress.frames >= 0
            && progress.frames < 1 << 40 && (progress.etaSeconds.map { (0...2_678_400).contains($0) } ?? true)
        guard isPossible else { return .lie("its progress is impossible") }
        if progress.frames < frames {
            guard newBeginnings < mostNewBeginnings else { return .lie("its progress goes backwards") }
            newBeginnings += 1
            frames = -1
        }
        guard progress.frames > frames else { return .nothing }
        frames = progress.frames
        return .event(.progress(progress))
    }

    private func hear(_ report: TranscodeReport) -> Verdict {
        guard isTranscode else { return wrongKind }
        let longest = limits.maxDurationSeconds + 60
        let isPossible =
            (1..<1 << 40).contains(report.frames) && (0...longest).contains(report.videoDurationSeconds)
            && (report.audioDurationSeconds.map { (0...longest).contains($0) } ?? true)
            && (1...16384).contains(report.width) && (1...16384).contains(report.height)
            && (1...1 << 31).contains(report.frameRateNumerator)
            && (1...1 << 31).contains(report.frameRateDenominator)
        guard isPossible else { return .lie("its report is impossible") }
        var report = report
        report.warnings = report.warnings.boundedTexts
        return .outcome(.transcoded(report))
    }

    private func hear(_ description: ProxyDescription) -> Verdict {
        guard case .verify(let report) = task else { return wrongKind }
        let isDigest = description.sha256.utf8.count == 64 && description.sha256.allSatisfy(\.isHexDigit)
        let isAsked =
            description.frames == report.frames && description.width == report.width
            && description.height == report.height && description.method == report.method
            && description.durationSeconds >= 0
            && description.durationSeconds < 1e9 && description.sizeBytes > 0
        guard isDigest, isAsked else { return .lie("it verified something else than it was asked for") }
        var description = description
        description.warnings = description.warnings.boundedTexts
        description.videoCodec = description.videoCodec.boundedText
        description.audioCodec = description.audioCodec?.boundedText
        description.frameRate = description.frameRate.boundedText
        return .outcome(.verified(description))
    }
}
