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
                logger.notice("verified proxy found, job completed", metadata: metadata(job))
                continue
            }
            // The attempt counts: a file that kills the daemon must not do so for ever.
            _ = try await store.release(job.token, reason: nil, delay: .zero, givesBackAttempt: false, failure: nil)
            logger.notice("interrupted job put back", metadata: metadata(job))
        }
    }

    /// The crash came between the intent and the transaction: the intent names the very file that lies at the final
    /// name, or the verified and synced one that still has its temporary name.
    private func finishPublished(_ job: InterruptedJob) async throws(StoreError) -> Bool {
        guard let intent = job.intent else { return false }
        do throws(Failure) {
            if let there = await proxies.identity(at: job.proxyPath), intent.file.isSameFile(as: there) {
                try await proxies.syncDirectory(job.destination)
            } else if try await !publishLeft(intent.file, of: job) {
                return false
            }
        } catch {
            logger.warning("proxy not published, job runs again", metadata: metadata(job).adding(.failure(error)))
            return false
        }
        return try await store.complete(job.token)
    }

    private func publishLeft(_ file: PublishedFile, of job: InterruptedJob) async throws(Failure) -> Bool {
        let left = try await proxies.leftTemporary(
            in: job.destination, jobID: job.token.jobID, attempt: job.token.attempt, file: file)
        guard let left else { return false }
        let result: Result<Void, Failure>
        do throws(Failure) {
            result = .success(try await proxies.publish(left, as: job.proxyPath, replacing: job.replaceable))
        } catch {
            result = .failure(error)
        }
        await proxies.discard(left)
        try result.get()
        return true
    }

    private func metadata(_ job: InterruptedJob) -> Logger.Metadata {
        ["video": "\(job.videoID)", "job": "\(job.token.jobID)", "attempt": "\(job.token.attempt)"]
    }
}
