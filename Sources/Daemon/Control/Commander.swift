public import Domain
public import JobRunner
import SystemPackage

/// Carries out what a person asks for: inside the daemon, or by the command line itself while no daemon runs.
public struct Commander: Sendable {
    private let store: any VideoStore
    private let policies: WatchPolicies
    private let withdraw: @Sendable (String) -> Void
    private let board: ProgressBoard
    private let onChange: @Sendable () -> Void

    /// - Parameters:
    ///   - withdraw: ends the running attempt of a cancelled job.
    ///   - onChange: called after rows changed.
    public init(
        store: any VideoStore, policies: WatchPolicies, board: ProgressBoard,
        withdraw: @escaping @Sendable (String) -> Void, onChange: @escaping @Sendable () -> Void
    ) {
        self.store = store
        self.policies = policies
        self.board = board
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
            }
        } catch {
            return .refused(error.message)
        }
    }

    private func retry(_ paths: [String]) async throws(StoreError) -> [RetryOutcome] {
        var outcomes: [RetryOutcome] = []
        for text in paths {
            let path = FilePath(bytes: PathText.decode(text))
            outcomes.append(try await store.retry(path, preset: preset(for: path)))
        }
        onChange()
        return outcomes
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
