import Domain
import JobRunner
import ServiceLifecycle
import Synchronization

/// Ends a pass once nothing is left that this pass could do.
final class OncePass: Service {
    private let store: any VideoStore
    private let intake: IntakeService
    private let presence: PresenceService
    private let custody: CustodyService
    private let executor: ExecutorService
    private let finished = Mutex(false)

    private static let interval = Duration.milliseconds(50)

    init(
        store: any VideoStore, intake: IntakeService, presence: PresenceService, custody: CustodyService,
        executor: ExecutorService
    ) {
        self.store = store
        self.intake = intake
        self.presence = presence
        self.custody = custody
        self.executor = executor
    }

    var isInterrupted: Bool { finished.withLock { !$0 } }

    func run() async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                if await self.isDone() {
                    self.finished.withLock { $0 = true }
                    return
                }
                // A cancelled sleep ends the loop at its condition.
                try? await Task.sleep(for: OncePass.interval)
            }
        }
    }

    /// The order matters: an upload that is recorded after the first look queues a job before it stops settling.
    private func isDone() async -> Bool {
        let standing = await intake.standing
        guard standing.isScanned, !standing.isRecording, standing.settling == 0 else { return false }
        guard executor.runningCount == 0, await !presence.standing.isBusy, await !custody.isBusy else { return false }
        // A database that cannot be read now is asked again.
        guard let jobs = try? await store.videos(matching: VideoQuery(status: .processing)) else { return false }
        guard !jobs.isEmpty else { return true }
        // Besides those that wait themselves there are those behind them, which nobody has tried: `worker`.
        let areWaiting = jobs.allSatisfy { [.diskSpace, .mount, .paused, .worker].contains($0.waitingFor) }
        guard areWaiting, jobs.contains(where: { $0.waitingFor != .worker }) else { return false }
        return await !executor.hasClaimableJob() && executor.runningCount == 0
    }
}
