public import Domain
public import Logging

/// Settles, at the start, what the last run of the daemon left behind. Runs before any executor; the lock on the state
/// directory proves that every job found running is dead.
public struct Rescuer: Sendable {
    private let store: any VideoStore
    private let proxies: any ProxyFiles
    private let retry: RetryPolicy
    private let logger: Logger

    public init(
        store: any VideoStore, proxies: any ProxyFiles, retry: RetryPolicy = RetryPolicy(), logger: Logger
    ) {
        self.store = store
        self.proxies = proxies
        self.retry = retry
        self.logger = logger
    }

    /// Completes jobs whose verified proxy already lies at its final name, and puts the others back into the queue.
    public func rescue() async throws(StoreError) {
        for job in try await store.interruptedJobs() {
            if try await finishPublished(job) {
                logger.notice("verified proxy found, job completed", metadata: metadata(job))
                continue
            }
            try await putBack(job)
        }
    }

    /// The attempt counts, and so does the death: a file that kills the daemon must not do so for ever.
    private func putBack(_ job: InterruptedJob) async throws(StoreError) {
        let deaths = job.deaths + 1
        guard case .retry(let delay) = retry.decision(afterDeaths: deaths) else {
            let failure = Failure(
                .daemonCrashed,
                "The daemon died \(deaths) times in a row while it worked on this original; it is not tried again by"
                    + " itself. If power cuts or kills were the cause, ask for a retry.")
            _ = try await store.fail(job.token, failure: failure)
            return logger.error(
                "the daemon dies with this original again and again: set aside",
                metadata: metadata(job).adding(.failure(failure)))
        }
        _ = try await store.releaseAfterDeath(job.token, reason: delay > .zero ? .retry : nil, delay: delay)
        logger.notice("interrupted job put back", metadata: metadata(job).adding(["deaths": "\(deaths)"]))
    }

    /// The crash came between the intent and the transaction: the intent names the very file that lies at the final
    /// name, or the verified and synced one that still has its temporary name.
    private func finishPublished(_ job: InterruptedJob) async throws(StoreError) -> Bool {
        guard let intent = job.intent else { return false }
        do throws(Failure) {
            if await isPublished(intent.file, of: job) {
                try await proxies.syncDirectory(job.destination)
            } else if try await !publishLeft(intent.file, of: job) {
                return false
            }
        } catch {
            logger.warning("proxy not published, job runs again", metadata: metadata(job).adding(.failure(error)))
            if await isPublished(intent.file, of: job) { _ = try await store.recordPublished(job.token) }
            return false
        }
        return try await store.complete(job.token)
    }

    private func isPublished(_ file: PublishedFile, of job: InterruptedJob) async -> Bool {
        guard let there = await proxies.identity(at: job.proxyPath) else { return false }
        return file.isSameFile(as: there)
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
