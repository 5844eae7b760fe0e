import Domain
import SystemPackage
import Testing

@testable import Catalog

@Suite struct JobTests {
    @Test func claimCarriesAllThatAnAttemptNeeds() async throws {
        let fixture = try CatalogFixture()
        let job = try await fixture.claimed()
        #expect(job.token.attempt == 1)
        #expect(job.identity == .sample)
        #expect(job.preset == .review)
        #expect(job.proxyPath == "/srv/cam1/proxy/clip.mp4")
        #expect(job.replaceable == [])
        #expect(try await fixture.catalog.claim(job.token.jobID, lease: "other") == nil)
        #expect(try await fixture.catalog.video(at: job.location.path)?.job?.status == .running)
    }

    @Test func jobsAreClaimedInTheOrderOfTheQueue() async throws {
        let fixture = try CatalogFixture()
        for name in ["b.MOV", "a.MOV", "c.MOV"] { _ = try await fixture.uploaded(name) }
        // The clock steps back: what was queued last bears the earliest time.
        let jobs = try await fixture.catalog.claimableJobs(limit: 2)
        #expect(jobs.map(\.sequence) == jobs.map(\.sequence).sorted())
        #expect(jobs.count == 2)
        let first = try await fixture.catalog.claim(jobs[0].id, lease: "lease")
        #expect(first?.location.path == "/srv/cam1/original/b.MOV")
    }

    @Test func everyWriteOfALostClaimChangesNothing() async throws {
        let fixture = try CatalogFixture()
        let job = try await fixture.claimed()
        let stale = [
            ClaimToken(jobID: job.token.jobID, attempt: 1, lease: "other"),
            ClaimToken(jobID: job.token.jobID, attempt: 2, lease: "lease"),
            ClaimToken(jobID: "other", attempt: 1, lease: "lease"),
        ]
        let before = try await fixture.catalog.video(at: job.location.path)
        for token in stale {
            #expect(try await fixture.catalog.recordMedia(token, media: .sample) == false)
            #expect(try await fixture.catalog.recordIntent(token, intent: .sample) == false)
            #expect(try await fixture.catalog.complete(token) == false)
            #expect(try await fixture.catalog.fail(token, failure: .crash) == false)
            #expect(try await fixture.catalog.supersede(token) == false)
            let released = try await fixture.catalog.release(
                token, reason: nil, delay: .zero, givesBackAttempt: true, failure: nil)
            #expect(!released)
        }
        #expect(try await fixture.catalog.video(at: job.location.path) == before)
    }

    @Test func completionTakesTheResultFromTheIntent() async throws {
        let fixture = try CatalogFixture()
        let job = try await fixture.claimed()
        await #expect(throws: StoreError.self) { _ = try await fixture.catalog.complete(job.token) }
        #expect(try await fixture.catalog.recordMedia(job.token, media: .sample))
        #expect(try await fixture.catalog.recordIntent(job.token, intent: .sample))
        #expect(try await fixture.catalog.complete(job.token))
        #expect(try await fixture.catalog.complete(job.token) == false)
        let video = try await fixture.catalog.video(at: job.location.path)
        #expect(video?.processingStatus == .completed)
        #expect(video?.job?.result == PublishIntent.sample.result)
        #expect(video?.processingCompletedAt == video?.job?.completedAt)
        #expect(video?.proxyPath == job.proxyPath)
        #expect(video?.media == .sample)
        #expect(try await fixture.catalog.retry(job.location.path, preset: .review) == .queued)
        #expect(try await fixture.claimFirst().replaceable.contains(PublishIntent.sample.file))
    }

    @Test func videoIsNeverPendingWhileItsJobRanCompletedOrFailed() async throws {
        let fixture = try CatalogFixture()
        let completed = try await fixture.completed("completed.MOV")
        let failed = try await fixture.claimed("failed.MOV")
        #expect(try await fixture.catalog.fail(failed.token, failure: .crash))
        let running = try await fixture.claimed("running.MOV")
        let states = [completed, failed, running].map(\.location.path)
        let expected: [ProcessingStatus] = [.completed, .failed, .processing]
        for (path, status) in zip(states, expected) {
            #expect(try await fixture.catalog.video(at: path)?.processingStatus == status)
        }
        #expect(try await fixture.catalog.videos(matching: VideoQuery(status: .pending)).isEmpty)
        // And nobody else can make it so.
        #expect(throws: (any Error).self) {
            try fixture.execute(
                "UPDATE videos SET processing_status = 'pending', processing_job_id = NULL, revision = revision + 1")
        }
    }

    @Test func failureIsOnBothRows() async throws {
        let fixture = try CatalogFixture()
        let job = try await fixture.claimed()
        #expect(try await fixture.catalog.fail(job.token, failure: .crash))
        let video = try await fixture.catalog.video(at: job.location.path)
        #expect(video?.processingError == .crash)
        #expect(try fixture.text("SELECT error_message FROM processing_jobs") == Failure.crash.message)
        #expect(try fixture.text("SELECT processing_error ->> '$.retryable' FROM videos") == "1")
        #expect(try await fixture.catalog.tally().failures == [.workerCrashed: 1])
    }

    @Test func releasedJobWaitsByTheDatabasesClock() async throws {
        let fixture = try CatalogFixture()
        let job = try await fixture.claimed()
        #expect(
            try await fixture.catalog.release(
                job.token, reason: .retry, delay: .seconds(90), givesBackAttempt: false, failure: .crash))
        let video = try await fixture.catalog.video(at: job.location.path)
        #expect(video?.job?.status == .pending)
        #expect(video?.job?.attempt == 1)
        #expect(video?.waitingFor == .retry)
        #expect(try await fixture.catalog.claimableJobs(limit: 1).isEmpty)
        let wait = try #require(try await fixture.catalog.timeUntilNextClaimable())
        #expect(wait > .seconds(60) && wait <= .seconds(91))
    }

    @Test func attemptThatIsGivenBackDoesNotCount() async throws {
        let fixture = try CatalogFixture()
        let job = try await fixture.claimed()
        #expect(
            try await fixture.catalog.release(
                job.token, reason: nil, delay: .zero, givesBackAttempt: true, failure: nil))
        let video = try await fixture.catalog.video(at: job.location.path)
        #expect(video?.job?.attempt == 0)
        #expect(video?.job?.startedAt == nil)
        #expect(try await fixture.catalog.timeUntilNextClaimable() == nil)
        #expect(try await fixture.claimFirst(lease: "next").token.attempt == 1)
    }

    @Test func deathsOfTheDaemonAreCountedUntilAnAttemptEndsOtherwise() async throws {
        let fixture = try CatalogFixture()
        var job = try await fixture.claimed()
        for deaths in 1...2 {
            #expect(try await fixture.catalog.releaseAfterDeath(job.token, reason: nil, delay: .zero))
            #expect(try await fixture.catalog.claimableJobs(limit: 1).map(\.deaths) == [deaths])
            job = try await fixture.claimFirst(lease: "life \(deaths)")
            #expect(job.token.attempt == deaths + 1)
            #expect(try await fixture.catalog.interruptedJobs().map(\.deaths) == [deaths])
        }
        #expect(
            try await fixture.catalog.release(
                job.token, reason: nil, delay: .zero, givesBackAttempt: true, failure: nil))
        #expect(try await fixture.catalog.claimableJobs(limit: 1).map(\.deaths) == [0])
    }

    @Test func jobPutBackAfterADeathWaitsWhereItIsToWait() async throws {
        let fixture = try CatalogFixture()
        let job = try await fixture.claimed()
        #expect(try await fixture.catalog.releaseAfterDeath(job.token, reason: .retry, delay: .seconds(15)))
        #expect(try await fixture.catalog.claimableJobs(limit: 1).isEmpty)
        #expect(try await fixture.catalog.video(at: job.location.path)?.waitingFor == .retry)
    }

    /// A replacement's rename happened, and the sync of its directory failed.
    @Test func renamedProxyOfAFailedPublicationMayBeReplacedLikeTheOneBefore() async throws {
        let fixture = try CatalogFixture()
        let path = try await fixture.completed().location.path
        _ = try await fixture.uploaded("clip.MOV", FileIdentity.sample.with(size: 7))
        let job = try await fixture.claimFirst(lease: "second")
        #expect(job.replaceable == [PublishIntent.sample.file])
        let file = PublishedFile(inode: 80, sizeBytes: 90, modifiedNanoseconds: 100, sha256: "b")
        let intent = PublishIntent(file: file, result: PublishIntent.sample.result)
        #expect(try await fixture.catalog.recordIntent(job.token, intent: intent))
        _ = try await fixture.catalog.release(
            job.token, reason: .retry, delay: .zero, givesBackAttempt: false, failure: .crash)
        let third = try await fixture.claimFirst(lease: "third")
        #expect(third.replaceable == [PublishIntent.sample.file, file])
        #expect(third.location.path == path)
    }

    /// The same, and a power cut brings the replaced one back before the next attempt; also for another job.
    @Test func proxyThatAPowerCutBringsBackMayBeReplaced() async throws {
        let fixture = try CatalogFixture()
        _ = try await fixture.completed()
        let changed = FileIdentity.sample.with(size: 7)
        _ = try await fixture.uploaded("clip.MOV", changed)
        let job = try await fixture.claimFirst(lease: "second")
        let file = PublishedFile(inode: 80, sizeBytes: 90, modifiedNanoseconds: 100, sha256: "b")
        let intent = PublishIntent(
            file: file, result: PublishIntent.sample.result, replaced: job.replaceable)
        #expect(try await fixture.catalog.recordIntent(job.token, intent: intent))
        #expect(try await fixture.catalog.recordPublished(job.token))
        _ = try await fixture.catalog.release(
            job.token, reason: .retry, delay: .zero, givesBackAttempt: false, failure: .crash)
        _ = try await fixture.uploaded("clip.MOV", changed.with(size: 8))
        let next = try await fixture.claimFirst(lease: "third")
        #expect(next.token.jobID != job.token.jobID)
        #expect(next.replaceable == [file, PublishIntent.sample.file])
    }

    @Test func proxyThatWasRenamedAndNotRecordedBelongsToItsVideo() async throws {
        let fixture = try CatalogFixture()
        let job = try await fixture.claimed()
        #expect(try await fixture.catalog.recordPublished(job.token) == false)
        _ = try await fixture.catalog.recordIntent(job.token, intent: .sample)
        #expect(try await fixture.catalog.recordPublished(job.token))
        let video = try await fixture.catalog.video(at: job.location.path)
        #expect(video?.proxyPath == job.proxyPath && video?.processingStatus == .processing)
        #expect(video?.job?.status == .running)
        #expect(try await fixture.catalog.contradictions() == [])
        // Should the original be deleted now, the file goes with it.
        _ = try await fixture.catalog.recordMissing(job.location.path)
        #expect(try await fixture.catalog.forgetMissing(job.videoID))
        let removals = try await fixture.catalog.removals(below: "/srv", after: 0)
        #expect(removals.map(\.proxy) == [Removal.Proxy(path: job.proxyPath, file: PublishIntent.sample.file)])
    }

    /// An attempt that ended after its rename, of which nobody could take note: its file is no stranger's.
    @Test func proxyThatMayHaveBeenRenamedGoesWithItsForgottenVideo() async throws {
        let fixture = try CatalogFixture()
        let job = try await fixture.claimed()
        _ = try await fixture.catalog.recordIntent(job.token, intent: .sample)
        _ = try await fixture.catalog.release(
            job.token, reason: .mount, delay: .zero, givesBackAttempt: true, failure: nil)
        _ = try await fixture.catalog.recordMissing(job.location.path)
        #expect(try await fixture.catalog.forgetMissing(job.videoID))
        let removals = try await fixture.catalog.removals(below: "/srv", after: 0)
        #expect(removals.compactMap(\.proxy) == [Removal.Proxy(path: job.proxyPath, file: PublishIntent.sample.file)])
    }

    @Test func interruptedJobShowsOnlyItsOwnAttemptsIntent() async throws {
        let fixture = try CatalogFixture()
        let job = try await fixture.claimed()
        #expect(try await fixture.catalog.interruptedJobs().map(\.intent) == [nil])
        _ = try await fixture.catalog.recordIntent(job.token, intent: .sample)
        #expect(try await fixture.catalog.interruptedJobs().map(\.intent) == [.sample])
        #expect(try await fixture.catalog.interruptedJobs().map(\.token) == [job.token])
        _ = try await fixture.catalog.release(
            job.token, reason: nil, delay: .zero, givesBackAttempt: true, failure: nil)
        let next = try await fixture.claimFirst(lease: "next")
        #expect(try await fixture.catalog.interruptedJobs().map(\.intent) == [nil])
        // The rename may have happened before the failure: the file would be ours.
        #expect(next.replaceable.contains(PublishIntent.sample.file))
    }

    @Test func proxyPublishedAfterACancellationIsRecordedAsOurs() async throws {
        let fixture = try CatalogFixture()
        let job = try await fixture.claimed()
        _ = try await fixture.catalog.recordIntent(job.token, intent: .sample)
        #expect(try await fixture.catalog.cancel(job.location.path) == job.token.jobID)
        #expect(try await fixture.catalog.complete(job.token) == false)
        let video = try await fixture.catalog.video(at: job.location.path)
        #expect(video?.processingError?.code == .cancelled)
        #expect(video?.proxyPath == job.proxyPath)
        #expect(try await fixture.catalog.retry(job.location.path, preset: .review) == .queued)
        #expect(try await fixture.claimFirst(lease: "next").replaceable.contains(PublishIntent.sample.file))
    }

    @Test func cancelledJobFailsItsVideoUntilARetry() async throws {
        let fixture = try CatalogFixture()
        let path = try await fixture.uploaded()
        #expect(try await fixture.catalog.cancel(path) != nil)
        #expect(try await fixture.catalog.cancel(path) == nil)
        #expect(try await fixture.catalog.cancel("/no") == nil)
        #expect(try await fixture.catalog.video(at: path)?.job?.status == .cancelled)
        #expect(try await fixture.catalog.retry(path, preset: .review) == .queued)
        #expect(try await fixture.catalog.retry(path, preset: .review) == .alreadyQueued)
        #expect(try await fixture.catalog.retry("/no", preset: .review) == .unknown)
    }

    @Test func supersededJobPutsItsVideoBackToUploading() async throws {
        let fixture = try CatalogFixture()
        let job = try await fixture.claimed()
        #expect(try await fixture.catalog.supersede(job.token))
        let video = try await fixture.catalog.video(at: job.location.path)
        #expect(video?.uploadStatus == .uploading)
        #expect(video?.processingStatus == .pending)
        #expect(try fixture.text("SELECT status FROM processing_jobs") == "cancelled")
    }

    @Test func lostProxyIsMadeAgain() async throws {
        let fixture = try CatalogFixture()
        let job = try await fixture.completed()
        #expect(try await fixture.catalog.recordProxyLost(job.location.path, preset: .review))
        #expect(try await fixture.catalog.recordProxyLost(job.location.path, preset: .review) == false)
        let video = try await fixture.catalog.video(at: job.location.path)
        #expect(video?.proxyPath == nil)
        #expect(video?.processingStatus == .processing)
        #expect(try await fixture.claimFirst().replaceable.contains(PublishIntent.sample.file))
    }

    @Test func queryTakesExactlyADirectorysTree() async throws {
        let fixture = try CatalogFixture()
        for name in ["a/x.MOV", "a/b/y.MOV", "a-b/z.MOV", "a0.MOV"] { _ = try await fixture.sighted(name) }
        func names(_ under: FilePath?) async throws -> [String] {
            try await fixture.catalog.videos(matching: VideoQuery(under: under)).map {
                $0.originalPath.fileName?.text ?? ""
            }
        }
        #expect(try await names("/srv/cam1/original/a") == ["y.MOV", "x.MOV"])
        #expect(try await names("/srv/cam1/original/a/x.MOV") == ["x.MOV"])
        #expect(try await names("/").count == 4)
        #expect(try await names(nil).count == 4)
        #expect(try await fixture.catalog.videos(matching: VideoQuery(uploadStatus: .uploaded)).isEmpty)
    }

    @Test func sidecarIsStaleUntilItsRevisionIsWritten() async throws {
        let fixture = try CatalogFixture()
        let path = try await fixture.sighted()
        _ = try await fixture.sighted("later.MOV")
        let stale = try await fixture.catalog.videosWithStaleSidecars(limit: 9)
        #expect(stale.map(\.originalPath.lastComponent?.string) == ["clip.MOV", "later.MOV"])
        try await fixture.catalog.recordSidecarsWritten(
            Dictionary(uniqueKeysWithValues: stale.map { ($0.id, $0.revision) }))
        #expect(try await fixture.catalog.videosWithStaleSidecars(limit: 9).isEmpty)
        #expect(try await fixture.catalog.video(at: path)?.hasSidecar == true)
        _ = try await fixture.uploaded()
        #expect(try await fixture.catalog.videosWithStaleSidecars(limit: 9).count == 1)
    }

    @Test func cancelledTaskStillGivesItsJobBack() async throws {
        let fixture = try CatalogFixture()
        let job = try await fixture.claimed()
        let released = try await withThrowingTaskGroup(of: Bool.self) { group in
            group.cancelAll()
            group.addTask {
                #expect(Task.isCancelled)
                return try await fixture.catalog.release(
                    job.token, reason: nil, delay: .zero, givesBackAttempt: true, failure: nil)
            }
            return try await group.next() ?? false
        }
        #expect(released)
    }
}
