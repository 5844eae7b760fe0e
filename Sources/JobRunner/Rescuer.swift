public import Domain
public import Logging

/// Settles, at the start, what the last run of the daemon left behind. Runs before any executor; the lock on the state
/// directory proves that every job found running is dead.
public struct Rescuer: Sendable {
    private let store: any VideoStore
    private let proxies: any ProxyFiles
    private let logger: Logger

    public init(store: any VideoStore, proxies: any ProxyFiles, logger: Logger) {
        self.store = store
        self.proxies = proxies
        self.logger = logger
    }

    /// Completes jobs whose verified proxy already lies at its final name, and puts the others back into the queue.
    public func rescue() async throws(StoreError) {
        for job in try await store.interruptedJobs() {
            if try await finishPublished(job) {
                logger.notice("published proxy found, job completed", metadata: metadata(job))
                continue
            }
            // The attempt counts: a file that kills the daemon must not do so for ever.
            _ = try await store.release(job.token, reason: nil, delay: .zero, givesBackAttempt: false, failure: nil)
            logger.notice("interrupted job put back", metadata: metadata(job))
        }
    }

    /// The crash came between the rename and the transaction: the intent names the very file that lies there.
    private func finishPublished(_ job: InterruptedJob) async throws(StoreError) -> Bool {
        guard let intent = job.intent, let there = await proxies.identity(at: job.proxyPath),
            intent.file.isSameFile(as: there)
        else { return false }
        do throws(Failure) {
            try await proxies.syncDirectory(job.destination)
        } catch {
            logger.warning("directory not synced, job runs again", metadata: metadata(job).adding(.failure(error)))
            return false
        }
        return try await store.complete(job.token)
    }

    private func metadata(_ job: InterruptedJob) -> Logger.Metadata {
        ["video": "\(job.videoID)", "job": "\(job.token.jobID)", "attempt": "\(job.token.attempt)"]
    }
}
