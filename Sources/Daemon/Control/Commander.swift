public import Domain
public import JobRunner
import SystemPackage

/// Carries out what a person asks for: inside the daemon, or by the command line itself while no daemon runs.
public struct Commander: Sendable {
    private let store: any LedgerStore
    private let policies: WatchPolicies
    private let withdraw: @Sendable (String) -> Void
    private let board: ProgressBoard
    private let living: LivingDaemon?
    private let mender: Mender?
    private let onChange: @Sendable () -> Void

    /// - Parameters:
    ///   - living: the daemon's services; `nil` where the command line works by itself.
    ///   - mender: carries out repairs; `nil` where none are asked for.
    ///   - withdraw: ends the running attempt of a cancelled job.
    ///   - onChange: called after rows changed.
    public init(
        store: any LedgerStore, policies: WatchPolicies, board: ProgressBoard, living: LivingDaemon? = nil,
        mender: Mender? = nil, withdraw: @escaping @Sendable (String) -> Void, onChange: @escaping @Sendable () -> Void
    ) {
        self.store = store
        self.policies = policies
        self.board = board
        self.living = living
        self.mender = mender
        self.withdraw = withdraw
        self.onChange = onChange
    }

    public func carryOut(_ request: ControlRequest) async -> ControlReply {
        do throws(StoreError) {
            switch request {
            case .retry(let paths): return .retried(try await retry(paths))
            case .retryAllFailed: return .retriedAll(try await retryAllFailed())
            case .cancel(let paths): return .cancelled(try await cancel(paths))
            case .progress: return .progress(progressByVideo)
            case .pause: return .paused(try await setPaused(true))
            case .resume: return .paused(try await setPaused(false))
            case .notify(let paths): return try await notify(paths)
            case .health:
                guard let living else { return .refused("no daemon runs") }
                return .health(await living.health)
            case .mend(let mendings):
                guard let mender else { return .refused("no repairs can be made here") }
                let done = try await mender.carryOut(mendings)
                onChange()
                return .mended(done)
            case .acceptLosses(let root):
                return await acceptLosses(below: FilePath(bytes: PathText.decode(root)))
            case .candidate(let path):
                let standing = await living?.intake.standing(of: FilePath(bytes: PathText.decode(path)))
                return .candidate(standing)
            }
        } catch {
            return .refused(error.message)
        }
    }

    private func retry(_ paths: [String]) async throws(StoreError) -> [RetryOutcome] {
        var outcomes: [RetryOutcome] = []
        for text in paths {
            let path = FilePath(bytes: PathText.decode(text))
            var outcome = try await store.retry(path, preset: preset(for: path))
            // A folder stands for all that failed below it.
            if outcome == .unknown, let count = try await retryFailed(below: path) {
                outcome = count > 0 ? .queued : .nothingFailed
            }
            outcomes.append(outcome)
        }
        onChange()
        return outcomes
    }

    /// - Returns: how many were queued; `nil` where nothing is known below the path.
    private func retryFailed(below path: FilePath) async throws(StoreError) -> Int? {
        let videos = try await store.videos(matching: VideoQuery(under: path))
        guard !videos.isEmpty else { return nil }
        var count = 0
        for video in videos where video.processingStatus == .failed {
            let outcome = try await store.retry(video.originalPath, preset: preset(for: video.originalPath))
            if outcome == .queued { count += 1 }
        }
        return count
    }

    private func setPaused(_ isPaused: Bool) async throws(StoreError) -> Bool {
        let hasChanged = try await store.setPaused(isPaused)
        onChange()
        return hasChanged
    }

    private func notify(_ paths: [String]) async throws(StoreError) -> ControlReply {
        guard let living else { return .refused("no daemon runs") }
        var outcomes: [Bool] = []
        for text in paths {
            let path = FilePath(bytes: PathText.decode(text))
            guard living.takes(path), await living.intake.notify(path) == .taken else {
                outcomes.append(false)
                continue
            }
            // The word stands in the history even where the upload was complete without it.
            try await store.note(.notified, path, data: [:])
            outcomes.append(true)
        }
        return .notified(outcomes)
    }

    private func acceptLosses(below root: FilePath) async -> ControlReply {
        guard let mender else { return .refused("no repairs can be made here") }
        guard let count = await mender.presence.acceptLosses(below: root) else {
            return .refused(
                "\(PathText.encode(root.bytes)) is no watched root, or its file system does not answer; nothing was"
                    + " changed")
        }
        onChange()
        return .acceptedLosses(count)
    }

    private func retryAllFailed() async throws(StoreError) -> Int {
        var count = 0
        for video in try await store.videos(matching: VideoQuery(status: .failed)) {
            let outcome = try await store.retry(video.originalPath, preset: preset(for: video.originalPath))
            if outcome == .queued { count += 1 }
        }
        onChange()
        return count
    }

    private func cancel(_ paths: [String]) async throws(StoreError) -> [Bool] {
        var outcomes: [Bool] = []
        for text in paths {
            let job = try await store.cancel(FilePath(bytes: PathText.decode(text)))
            if let job { withdraw(job) }
            outcomes.append(job != nil)
        }
        onChange()
        return outcomes
    }

    private func preset(for path: FilePath) -> Preset { policies.policy(containing: path)?.preset ?? .review }

    private var progressByVideo: [String: JobProgress] {
        board.all.values.reduce(into: [:]) { $0[$1.videoID] = $1.progress }
    }
}
