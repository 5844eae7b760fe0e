import Domain

/// Videos as lines for people. Pure.
enum VideoTable {
    static func render(_ videos: [VideoSnapshot]) -> String {
        videos.map { line($0) + "\n" }.joined()
    }

    /// `completed   /nas/original/clip.mov  -> /nas/proxy/clip.mp4`
    static func line(_ video: VideoSnapshot) -> String {
        let status = state(video)
        let padding = String(repeating: " ", count: max(1, 12 - status.count))
        return PrintableText.escaped("\(status)\(padding)\(PathText.encode(video.originalPath.bytes))\(note(video))")
    }

    /// One word: the upload's state as long as it is not complete, the processing's afterwards, and each failure.
    static func state(_ video: VideoSnapshot) -> String {
        // An original that was refused is never shown as an upload that goes on.
        guard video.processingStatus != .failed else { return ProcessingStatus.failed.rawValue }
        guard video.uploadStatus == .uploaded else { return video.uploadStatus.rawValue }
        return switch video.job?.status {
        case .running: "running"
        case .pending: "queued"
        case .completed, .failed, .cancelled, nil: video.processingStatus.rawValue
        }
    }

    private static func note(_ video: VideoSnapshot) -> String {
        guard let since = video.originalMissingSince else { return progressNote(video) }
        return "\(progressNote(video))  (original gone since \(since))"
    }

    private static func progressNote(_ video: VideoSnapshot) -> String {
        if let error = video.processingError { return "  (\(error.code.rawValue): \(error.message))" }
        if video.processingStatus == .completed, let proxy = video.proxyPath {
            return "  -> \(PathText.encode(proxy.bytes))"
        }
        guard video.uploadStatus == .uploaded, let reason = video.waitingFor else { return "" }
        return "  (waits for \(reason.rawValue))"
    }

    /// All that is known of one video, a fact a line.
    static func details(_ video: VideoSnapshot, progress: JobProgress?) -> String {
        var facts: [(String, String?)] = [
            ("original", PathText.encode(video.originalPath.bytes)),
            ("state", state(video)),
            ("gone since", video.originalMissingSince),
            ("upload", video.uploadStatus.rawValue),
            ("uploaded", video.uploadedAt),
            ("evidence", video.uploadEvidence.map(\.rawValue).joined(separator: ", ")),
            ("processing", video.processingStatus.rawValue),
            ("waits for", video.waitingFor?.rawValue),
            ("attempt", video.job.map { "\($0.attempt)" }),
            ("queued", video.job?.queuedAt),
            ("started", video.job?.startedAt),
            ("progress", progress.flatMap(Self.progress)),
            ("completed", video.processingCompletedAt),
            ("proxy", video.proxyPath.map { PathText.encode($0.bytes) }),
        ]
        if let error = video.processingError {
            facts.append(("error", "\(error.code.rawValue): \(error.message)"))
            if !error.detail.isEmpty { facts.append(("detail", error.detail)) }
        }
        return facts.compactMap { name, value in
            guard let value, !value.isEmpty else { return nil }
            return "\(name):\(String(repeating: " ", count: 12 - name.count))\(PrintableText.escaped(value))\n"
        }.joined()
    }

    private static func progress(_ progress: JobProgress) -> String? {
        progress.fraction.map { fraction in
            let eta = progress.etaSeconds.map { ", ETA \(Phrases.time(seconds: $0))" } ?? ""
            return "\(Int(fraction * 100)) %, \(Phrases.oneDecimal(progress.speed))× real time\(eta)"
        }
    }
}
