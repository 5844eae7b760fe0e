import Domain
import FoundationEssentials
import GRDB
import SystemPackage
import Testing

@testable import Catalog

@Suite struct LedgerTests {
    private static let print = ContentFingerprint(text: "xxh64:0123456789abcdef")

    private func completed(_ fixture: CatalogFixture, _ name: String = "clip.MOV") async throws -> ClaimedJob {
        let path = try await fixture.sighted(name)
        _ = try await fixture.catalog.recordUploaded(
            path, identity: .sample, fingerprint: Self.print, evidence: [.noWriter], preset: .review)
        let job = try await fixture.claimFirst()
        _ = try await fixture.catalog.recordIntent(job.token, intent: .sample)
        _ = try await fixture.catalog.complete(job.token)
        return job
    }

    private var touched: FileIdentity {
        var identity = FileIdentity.sample
        identity.modifiedNanoseconds += 5_000_000_000
        identity.changedNanoseconds = identity.modifiedNanoseconds
        return identity
    }

    @Test func touchedOriginalKeepsItsStatusAndProxy() async throws {
        let fixture = try CatalogFixture()
        let job = try await completed(fixture)
        let outcome = try await fixture.catalog.record([.sample("clip.MOV", touched, isExamined: false)])
        #expect(outcome == [.doubtful(Self.print)])
        #expect(try await fixture.catalog.refreshIdentity(job.location.path, identity: touched))
        #expect(try await fixture.catalog.refreshIdentity(job.location.path, identity: touched) == false)
        #expect(
            try await fixture.catalog.record([.sample("clip.MOV", touched)]) == [.known(publishedProxy: job.proxyPath)])
        #expect(try await fixture.catalog.video(at: job.location.path)?.processingStatus == .completed)
        #expect(try fixture.number("SELECT count(*) FROM processing_jobs") == 1)
    }

    @Test func examinedChangeIsAReplacement() async throws {
        let fixture = try CatalogFixture()
        let job = try await completed(fixture)
        let sighting = Sighting.sample("clip.MOV", touched).examined
        #expect(try await fixture.catalog.record([sighting]) == [.replaced(cancelledJob: nil)])
        #expect(try await fixture.catalog.video(at: job.location.path)?.proxyPath == job.proxyPath)
    }

    @Test func slowUploadOfTheSameContentTakesItsProxyBack() async throws {
        let fixture = try CatalogFixture()
        let job = try await completed(fixture)
        let path = job.location.path
        _ = try await fixture.catalog.record([.sample("clip.MOV", .sample.with(size: 0))])
        #expect(try await fixture.catalog.video(at: path)?.uploadStatus == .uploading)
        let isQueued = try await fixture.catalog.recordUploaded(
            path, identity: .sample, fingerprint: Self.print, evidence: [.noWriter], preset: .review)
        #expect(!isQueued)
        let video = try await fixture.catalog.video(at: path)
        #expect(video?.processingStatus == .completed && video?.job?.id == job.token.jobID)
        #expect(video?.proxyPath == job.proxyPath)
        #expect(try fixture.number("SELECT count(*) FROM processing_jobs") == 1)
        #expect(try await fixture.catalog.contradictions() == [])
    }

    @Test func otherContentAfterAReplacementIsEncoded() async throws {
        let fixture = try CatalogFixture()
        let job = try await completed(fixture)
        _ = try await fixture.catalog.record([.sample("clip.MOV", .sample.with(size: 0))])
        let other = ContentFingerprint(text: "xxh64:0000000000000000")
        #expect(
            try await fixture.catalog.recordUploaded(
                job.location.path, identity: .sample, fingerprint: other, evidence: [.quiet], preset: .review))
        #expect(try fixture.number("SELECT count(*) FROM processing_jobs") == 2)
    }

    @Test func sightingFromBeforeTheLastNewsReplacesNothing() async throws {
        let fixture = try CatalogFixture()
        let job = try await completed(fixture)
        var early = FileIdentity.sample.with(size: 0)
        early.changedNanoseconds -= 1
        let outcome = try await fixture.catalog.record([.sample("clip.MOV", early, isExamined: false)])
        #expect(outcome == [.doubtful(Self.print)])
        #expect(try await fixture.catalog.video(at: job.location.path)?.processingStatus == .completed)
    }

    @Test func renamedOriginalTakesItsRowAlong() async throws {
        let fixture = try CatalogFixture()
        let job = try await completed(fixture)
        let sighting = Sighting.sample("other.MOV", in: "/srv/cam1/proxy/2026", isExamined: false)
        guard case .resembles(let twins)? = try await fixture.catalog.record([sighting]).first else {
            Issue.record("the twin was not found")
            return
        }
        #expect(twins.map(\.videoID) == [job.videoID])
        let outcome = try await fixture.catalog.recordMoved(job.videoID, to: sighting)
        #expect(outcome == .moved(from: job.location.path, isUploaded: true))
        let video = try #require(try await fixture.catalog.video(at: sighting.location.path))
        #expect(video.id == job.videoID && video.processingStatus == .completed)
        // Until the file is moved, the row names the place where it is.
        #expect(video.proxyPath == job.proxyPath)
        let proxy = try #require(try await fixture.catalog.relocations().first)
        #expect(proxy.work == .proxy(PublishIntent.sample.file, target: "/srv/cam1/proxy/2026/other.mp4"))
        try await fixture.catalog.concludeProxyMove(proxy)
        #expect(
            try await fixture.catalog.video(id: job.videoID)?.proxyPath == "/srv/cam1/proxy/2026/other.mp4")
        let sidecar = try #require(try await fixture.catalog.relocations().first)
        #expect(sidecar.from == "/srv/cam1/proxy/clip.MOV.json" && !sidecar.isReady)
        try await fixture.catalog.recordSidecarsWritten([job.videoID: video.revision - 1])
        #expect(try await fixture.catalog.relocations().first?.isReady == false)
        try await fixture.catalog.recordSidecarsWritten([job.videoID: video.revision])
        #expect(try await fixture.catalog.relocations().first?.isReady == true)
        #expect(try await fixture.catalog.contradictions() == [])
        #expect(try fixture.number("SELECT count(*) FROM processing_jobs") == 1)
    }

    /// The job was quicker than the question where the file went.
    @Test func jobThatFailedForARenameIsMadeAnewAtTheNewPlace() async throws {
        let fixture = try CatalogFixture()
        let job = try await fixture.claimed()
        #expect(try await fixture.catalog.fail(job.token, failure: Failure(.originalMissing, "It is not there.")))
        let sighting = Sighting.sample("other.MOV")
        let outcome = try await fixture.catalog.recordMoved(job.videoID, to: sighting)
        #expect(outcome == .moved(from: job.location.path, isUploaded: false))
        let video = try #require(try await fixture.catalog.video(at: sighting.location.path))
        #expect(video.id == job.videoID && video.uploadStatus == .uploading && video.processingStatus == .pending)
        _ = try await fixture.catalog.recordUploaded(
            sighting.location.path, identity: .sample, evidence: [.noWriter], preset: .review)
        #expect(try await fixture.claimFirst(lease: "next").token.jobID != job.token.jobID)
    }

    @Test func rowDoesNotMoveUnderARunningJob() async throws {
        let fixture = try CatalogFixture()
        let job = try await fixture.claimed()
        let outcome = try await fixture.catalog.recordMoved(job.videoID, to: .sample("other.MOV"))
        #expect(outcome == .running(jobID: job.token.jobID))
        _ = try await fixture.catalog.release(
            job.token, reason: nil, delay: .zero, givesBackAttempt: true, failure: nil)
        _ = try await fixture.catalog.recordMoved(job.videoID, to: .sample("other.MOV"))
        let again = try await fixture.claimFirst(lease: "second")
        #expect(again.location.path.lastComponent == "other.MOV" && again.token.jobID == job.token.jobID)
    }

    @Test func takenPlaceGivesTheNextName() async throws {
        let fixture = try CatalogFixture()
        let job = try await completed(fixture)
        _ = try await fixture.catalog.recordMoved(job.videoID, to: .sample("other.MOV"))
        let relocation = try #require(try await fixture.catalog.relocations().first)
        let names = ["other.MOV.mp4", "other.MOV~2.mp4"]
        for name in names {
            #expect(try await fixture.catalog.reserveAnotherName(for: relocation)?.lastComponent?.string == name)
        }
    }

    @Test func deletionEndsTheJobAndReturnQueuesAnew() async throws {
        let fixture = try CatalogFixture()
        let job = try await fixture.claimed()
        let path = job.location.path
        #expect(try await fixture.catalog.recordMissing(path) == .kept(cancelledJob: job.token.jobID))
        #expect(try await fixture.catalog.recordMissing(path) == .unchanged)
        let video = try await fixture.catalog.video(at: path)
        #expect(video?.processingError?.code == .originalMissing && video?.originalMissingSince != nil)
        #expect(try await fixture.catalog.record([.sample()]) == [.replaced(cancelledJob: nil)])
        #expect(try await fixture.catalog.video(at: path)?.originalMissingSince == nil)
        #expect(try await fixture.catalog.contradictions() == [])
    }

    @Test func deletedOriginalOfAProxyIsShownAndComesBackWithoutAJob() async throws {
        let fixture = try CatalogFixture()
        let job = try await completed(fixture)
        #expect(try await fixture.catalog.recordMissing(job.location.path) == .kept(cancelledJob: nil))
        #expect(
            try await fixture.catalog.losses(below: "/srv", within: .seconds(60))
                == RootLosses(present: 0, recentlyMissing: 1))
        #expect(try await fixture.catalog.videosMissing(below: "/srv", atLeast: .zero, limit: 9).count == 1)
        #expect(try await fixture.catalog.record([.sample()]) == [.known(publishedProxy: job.proxyPath)])
        #expect(try fixture.number("SELECT count(*) FROM processing_jobs") == 1)
        await #expect(throws: StoreError.self) { _ = try await fixture.catalog.forgetMissing(job.videoID) }
        _ = try await fixture.catalog.recordMissing(job.location.path)
        #expect(try await fixture.catalog.forgetMissing(job.videoID))
        #expect(try await fixture.catalog.video(id: job.videoID) == nil)
        let removals = try await fixture.catalog.removals(below: "/srv", after: 0)
        #expect(removals.map(\.proxy) == [Removal.Proxy(path: job.proxyPath, file: PublishIntent.sample.file)])
        #expect(try await fixture.catalog.removals(below: "/elsewhere", after: 0) == [])
        // Before it is gone, the next original of that name may be done: it may take its place.
        #expect(try await fixture.claimed().replaceable == [PublishIntent.sample.file])
        for removal in removals { try await fixture.catalog.concludeRemoval(removal) }
        #expect(try await fixture.catalog.removals(below: "/srv", after: 0) == [])
    }

    @Test func historyTellsEachDecisionInOrder() async throws {
        let fixture = try CatalogFixture()
        let job = try await completed(fixture)
        _ = try await fixture.catalog.recordMoved(job.videoID, to: .sample("other.MOV"))
        let history = try await fixture.catalog.history(of: "/srv/cam1/original/other.MOV")
        #expect(history.map(\.kind) == [.seen, .uploaded, .started, .completed, .moved])
        #expect(history.map(\.at) == history.map(\.at).sorted())
        #expect(history[1].data["evidence"] == "no_writer")
        try fixture.execute("UPDATE events SET at = '2000-01-01T00:00:00.000Z' WHERE kind = 'seen'")
        #expect(try await fixture.catalog.pruneHistory(olderThan: .seconds(60), keeping: 100, batch: 9) == 1)
        #expect(try await fixture.catalog.pruneHistory(olderThan: .seconds(60), keeping: 1, batch: 2) == 2)
        #expect(try await fixture.catalog.pruneHistory(olderThan: .seconds(60), keeping: 1, batch: 2) == 1)
        #expect(try fixture.number("SELECT count(*) FROM events") == 1)
    }

    @Test func pauseHoldsTheQueueAndIsShown() async throws {
        let fixture = try CatalogFixture()
        let path = try await fixture.uploaded()
        let before = try await fixture.catalog.video(at: path)
        #expect(try await fixture.catalog.setPaused(true))
        #expect(try await fixture.catalog.setPaused(true) == false)
        let video = try await fixture.catalog.video(at: path)
        #expect(video?.waitingFor == .paused && video?.revision == (before?.revision ?? 0) + 1)
        #expect(try await fixture.catalog.claimableJobs(limit: 1).isEmpty)
        #expect(try await fixture.catalog.claim(video?.job?.id ?? "", lease: "x") == nil)
        try fixture.catalog.close()
        let again = try Catalog.open(in: fixture.directory)
        #expect(try await again.pausedSince() != nil)
        _ = try await again.setPaused(false)
        #expect(try await again.claimableJobs(limit: 1).count == 1)
        try again.close()
    }

    @Test func tenThousandUnchangedSightingsWriteNothing() async throws {
        let fixture = try CatalogFixture()
        let sightings = (0..<10_000).map { index in
            var identity = FileIdentity.sample
            identity.inode = UInt64(index)
            return Sighting.sample("clip\(index).MOV", identity, isExamined: false)
        }
        _ = try await fixture.catalog.record(sightings)
        let changes = try fixture.totalChanges()
        let log = try fixture.writeAheadLogBytes()
        let outcomes = try await fixture.catalog.record(sightings)
        #expect(outcomes.allSatisfy { $0 == .following })
        #expect(try fixture.totalChanges() == changes)
        #expect(try fixture.writeAheadLogBytes() == log)
    }
}

extension CatalogFixture {
    func totalChanges() throws -> Int { catalog.database.writeWithoutTransaction { $0.totalChangesCount } }

    func writeAheadLogBytes() throws -> UInt64 {
        let path = directory.appending("understudy.db-wal").string
        return try FileManager.default.attributesOfItem(atPath: path)[.size] as? UInt64 ?? 0
    }
}
