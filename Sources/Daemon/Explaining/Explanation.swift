public import Catalog
public import Domain
import DropFolders
import FoundationEssentials
import JobRunner
public import SystemPackage

/// The story of one file: the rules, the history, and what it waits for now.
public struct Explanation: Sendable, Encodable {
    public let file: String
    public let known: Bool
    public let rules: [String]
    public let events: [HistoryEvent]
    /// Where it stands now, and why; the last word.
    public let now: [String]

    /// - Parameter stateDirectory: of the daemon, which is asked what it knows beyond the database.
    public static func tell(
        of path: FilePath, catalog: Catalog, configuration: Configuration, stateDirectory: FilePath
    ) async throws(StoreError) -> Explanation {
        let standing = FileStanding(of: path, watches: configuration.watches)
        let video = try await catalog.video(at: path)
        var now: [String] = []
        if let video {
            now = verdict(on: video)
            if let since = try await catalog.pausedSince(), video.job?.status == .pending {
                now.append("a person paused the queue at \(since); `understudy resume` lets it go on")
            }
            if video.uploadStatus != .uploaded {
                now += await look(at: path, configuration)
                now += askDaemon(path, stateDirectory)
            }
        } else {
            now.append(unknown(path, standing))
        }
        return Explanation(
            file: PathText.encode(path.bytes), known: video != nil, rules: standing.rules,
            events: try await catalog.history(of: path), now: now)
    }

    public func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    public var text: String {
        var lines = [file] + rules.map { "  rule   \($0)" }
        lines += events.map { event in
            let moved = event.path == file ? [] : ["path=\(event.path)"]
            let data = event.data.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" } + moved
            let words = event.kind.rawValue.replacing("_", with: " ")
            return "  \(event.at)  \(words)\(data.isEmpty ? "" : "  \(data.joined(separator: " "))")"
        }
        lines += now.map { "  now    \($0)" }
        return lines.map { PrintableText.escaped($0) + "\n" }.joined()
    }

    // MARK: Verdicts

    private static func verdict(on video: VideoSnapshot) -> [String] {
        var lines: [String] = []
        if let since = video.originalMissingSince { lines.append("the original is gone since \(since)") }
        switch (video.uploadStatus, video.processingStatus) {
        case (.uploading, _): lines.append("the upload is not proved complete; last change \(video.updatedAt)")
        case (.incomplete, _):
            lines.append("the upload stands still and its container is cut short, since \(video.updatedAt)")
        case (.uploaded, .processing): lines.append(waiting(video))
        case (.uploaded, .completed):
            let path = video.proxyPath.map { PathText.encode($0.bytes) } ?? ""
            lines.append("its proxy is \(path), completed at \(video.processingCompletedAt ?? "")")
        case (.uploaded, .failed), (.uploaded, .pending): break
        }
        if let error = video.processingError {
            lines.append("failed with \(error.code.rawValue): \(error.message)")
            if error.isRetryable { lines.append("`understudy retry` asks anew") }
        }
        return lines
    }

    private static func waiting(_ video: VideoSnapshot) -> String {
        if video.job?.status == .running {
            return "attempt \(video.job?.attempt ?? 0) runs since \(video.job?.startedAt ?? "")"
        }
        let since = "queued at \(video.job?.queuedAt ?? "")"
        return switch video.waitingFor {
        case .diskSpace: "it waits for room at the destination (min_free_space); \(since)"
        case .mount: "it waits for a file system that is not mounted; \(since)"
        case .retry: "it waits for its next attempt after a failure; \(since)"
        case .schedule: "it waits for the configured hours; \(since)"
        case .paused: "it waits because the queue is paused; \(since)"
        case .upload, .worker, nil: "it waits for a free worker; \(since)"
        }
    }

    private static func unknown(_ path: FilePath, _ standing: FileStanding) -> String {
        guard standing.isInput else { return "it is not an input" }
        return FileManager.default.fileExists(atPath: path.string)
            ? "it would be an original, but no scan has recorded it; does the daemon run?"
            : "there is no such file"
    }

    /// What a look at the file itself says.
    private static func look(at path: FilePath, _ configuration: Configuration) async -> [String] {
        let directory = path.removingLastComponent()
        let location =
            configuration.policies(isFollowing: true).location(of: path)
            ?? OriginalLocation(root: directory, dropFolder: directory, path: path)
        switch await LeaseProbe().probe(location) {
        case .gone: return ["the file is not there"]
        case .notRegular: return ["it is not a regular file (symbolic links are not followed)"]
        case .unreadable(let failure): return ["it cannot be read: \(failure.message)"]
        case .observed(let observation): return words(for: observation)
        }
    }

    private static func words(for observation: UploadObservation) -> [String] {
        let writer =
            switch observation.writer {
            case .busy: "a writer has it open: it waits, however long that takes"
            case .free: "no writer has it open"
            case .unknown: "the file system, or our rights, do not tell whether a writer has it open"
            }
        let structure =
            switch observation.structure {
            case .whole: "its container is whole"
            case .cutShort(let missing?): "its container is cut short: \(missing) bytes are missing"
            case .cutShort(nil): "its container is cut short"
            case .cannotTell: "its container does not tell whether it is whole: the settle window decides"
            }
        return [writer, structure, "last written \(observation.age.components.seconds) s ago"]
    }

    private static func askDaemon(_ path: FilePath, _ stateDirectory: FilePath) -> [String] {
        let request = ControlRequest.candidate(path: PathText.encode(path.bytes))
        // Without a daemon the rows and the file still tell most of it.
        guard case .candidate(let standing)? = try? ControlSocket.ask(request, stateDirectory: stateDirectory) else {
            return ["no daemon runs that would follow it"]
        }
        guard let standing else { return ["the daemon does not follow it at the moment"] }
        var words = [
            "the daemon follows it; next look in \(max(0, standing.nextLookMilliseconds / 1000)) s at the latest"
        ]
        if standing.failedLooks > 0 { words.append("\(standing.failedLooks) looks in a row could not open it") }
        return words
    }
}
