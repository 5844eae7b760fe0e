import Domain
import SystemPackage
import Testing

@testable import Catalog

@Suite struct UploadTests {
    @Test func newOriginalIsFollowedAndShownAtOnce() async throws {
        let fixture = try CatalogFixture()
        let outcomes = try await fixture.catalog.record([.sample()])
        #expect(outcomes == [.following])
        let video = try await fixture.catalog.video(at: "/srv/cam1/original/clip.MOV")
        #expect(video?.uploadStatus == .uploading)
        #expect(video?.processingStatus == .pending)
        #expect(video?.modifiedAt == "2026-11-23T10:05:12.123Z")
        #expect(video?.waitingFor == .upload)
        #expect(video?.hasSidecar == false)
    }

    @Test func unchangedRowsAreNotWritten() async throws {
        let fixture = try CatalogFixture()
        let path = try await fixture.sighted()
        let before = try await fixture.catalog.video(at: path)
        #expect(try await fixture.catalog.record([.sample()]) == [.following])
        #expect(try await fixture.catalog.video(at: path) == before)
        _ = try await fixture.completed("other.MOV")
        let other = try await fixture.catalog.video(at: "/srv/cam1/original/other.MOV")
        #expect(
            try await fixture.catalog.record([.sample("other.MOV")])
                == [.known(publishedProxy: "/srv/cam1/proxy/other.mp4")])
        #expect(try await fixture.catalog.video(at: "/srv/cam1/original/other.MOV") == other)
    }

    @Test func growingUploadUpdatesItsSizeAndReopensAnIncompleteOne() async throws {
        let fixture = try CatalogFixture()
        let path = try await fixture.sighted("clip.MOV", .sample.with(size: 10))
        try await fixture.catalog.recordIncomplete(path, identity: .sample.with(size: 10))
        #expect(try await fixture.catalog.video(at: path)?.uploadStatus == .incomplete)
        #expect(try await fixture.catalog.record([.sample("clip.MOV", .sample.with(size: 10))]) == [.following])
        #expect(try await fixture.catalog.video(at: path)?.uploadStatus == .incomplete)
        #expect(try await fixture.catalog.record([.sample("clip.MOV", .sample.with(size: 11))]) == [.following])
        let video = try await fixture.catalog.video(at: path)
        #expect(video?.uploadStatus == .uploading)
        #expect(video?.sizeBytes == 11)
    }

    @Test func completeUploadQueuesItsJobInTheSameTransaction() async throws {
        let fixture = try CatalogFixture()
        let path = try await fixture.uploaded()
        let video = try await fixture.catalog.video(at: path)
        #expect(video?.uploadStatus == .uploaded)
        #expect(video?.processingStatus == .processing)
        #expect(video?.job?.status == .pending)
        #expect(video?.uploadEvidence == [.noWriter])
        #expect(video?.uploadedAt == video?.job?.queuedAt)
        #expect(
            try await fixture.catalog.recordUploaded(path, identity: .sample, evidence: [], preset: .review) == false)
        #expect(
            try await fixture.catalog.recordUploaded("/no", identity: .sample, evidence: [], preset: .review) == false)
    }

    @Test func replacedOriginalCancelsItsJobAndKeepsTheOldProxy() async throws {
        let fixture = try CatalogFixture()
        let old = try await fixture.completed()
        _ = try await fixture.catalog.retry(old.location.path, preset: .review)
        let running = try await fixture.claimFirst(lease: "second")
        let changed = Sighting.sample("clip.MOV", .sample.with(size: 5))
        #expect(
            try await fixture.catalog.record([changed]) == [.replaced(cancelledJob: running.token.jobID)])
        let video = try await fixture.catalog.video(at: old.location.path)
        #expect(video?.uploadStatus == .uploading)
        #expect(video?.processingStatus == .pending)
        #expect(video?.proxyPath == old.proxyPath)
        #expect(video?.job == nil)
        #expect(video?.media == nil)
        #expect(try await fixture.catalog.complete(running.token) == false)
        #expect(try await fixture.catalog.record([changed]) == [.following])
    }

    @Test func queuedJobOfAReplacedOriginalIsCancelledWithoutAWorkerToStop() async throws {
        let fixture = try CatalogFixture()
        _ = try await fixture.uploaded()
        let changed = Sighting.sample("clip.MOV", .sample.with(size: 5))
        #expect(try await fixture.catalog.record([changed]) == [.replaced(cancelledJob: nil)])
        #expect(try await fixture.catalog.claimableJobs(limit: 9).isEmpty)
    }

    @Test func newDeviceNumberAfterARebootIsNotAReplacement() async throws {
        let fixture = try CatalogFixture()
        let job = try await fixture.completed()
        var moved = FileIdentity.sample
        moved.device = 42
        #expect(
            try await fixture.catalog.record([.sample("clip.MOV", moved)]) == [.known(publishedProxy: job.proxyPath)])
        #expect(try fixture.number("SELECT original_device FROM videos") == 42)
    }

    /// One that is still there tells it of its drop folder; no sidecar is written for it.
    @Test func goneNeighboursFollowANewDeviceNumber() async throws {
        let fixture = try CatalogFixture()
        for name in ["seen.MOV", "gone.MOV"] { _ = try await fixture.uploaded(name) }
        _ = try await fixture.uploaded("mounted/other.MOV", .sample.on(device: 7))
        _ = try await fixture.sighted("vanished.MOV")
        _ = try await fixture.catalog.recordMissing("/srv/cam1/original/vanished.MOV")
        let revisions = try fixture.text("SELECT group_concat(revision) FROM videos")
        _ = try await fixture.catalog.record([.sample("seen.MOV", .sample.on(device: 42))])
        #expect(try await fixture.devices == ["gone.MOV": 42, "other.MOV": 7, "seen.MOV": 42])
        #expect(try await fixture.catalog.removals(below: "/srv", after: 0).map(\.device) == [42])
        #expect(try fixture.text("SELECT group_concat(revision) FROM videos") == revisions)
    }

    /// Nothing else is left in the drop folder: the directory itself tells that the file system is the same.
    @Test func goneOriginalsFollowTheirLandmark() async throws {
        let fixture = try CatalogFixture()
        let former = FileIdentity.sample.device
        _ = try await fixture.uploaded("gone.MOV")
        let folder = Landmark(path: "/srv/cam1/original", inode: .max, bornNanoseconds: 7, device: former)
        var bare = folder
        (bare.inode, bare.device) = (8, 3)
        for landmark in [folder, folder, bare] { #expect(try await fixture.catalog.record([landmark]) == 0) }
        var mounted = folder
        for device: UInt64 in [42, 43] {
            mounted.device = device
            #expect(try await fixture.catalog.record([bare, mounted]) == 1)
            #expect(try await fixture.devices == ["gone.MOV": device])
        }
        #expect(try fixture.number("SELECT count(*) FROM landmarks") == 2)
    }

    /// A file system that is mounted within another one: the two have exchanged their numbers.
    @Test func exchangedDeviceNumbersAreToldApart() async throws {
        let fixture = try CatalogFixture()
        _ = try await fixture.uploaded("gone.MOV", .sample.on(device: 5))
        _ = try await fixture.uploaded("mounted/gone too.MOV", .sample.on(device: 6))
        func landmarks(_ outer: UInt64, _ inner: UInt64) -> [Landmark] {
            [
                Landmark(path: "/srv", inode: 1, bornNanoseconds: 0, device: outer),
                Landmark(path: "/srv/cam1/original/mounted", inode: 1, bornNanoseconds: 0, device: inner),
            ]
        }
        #expect(try await fixture.catalog.record(landmarks(5, 6)) == 0)
        _ = try await fixture.catalog.record(landmarks(6, 5))
        #expect(try await fixture.devices == ["gone.MOV": 6, "gone too.MOV": 5])
    }

    /// A copy in a bare mount point, with an inode or time of its own, says nothing of the file system.
    @Test func copyOnAnotherDeviceRenumbersNothing() async throws {
        let fixture = try CatalogFixture()
        for name in ["copied.MOV", "gone.MOV"] { _ = try await fixture.uploaded(name) }
        var copy = FileIdentity.sample.on(device: 42)
        copy.inode += 1
        _ = try await fixture.catalog.record([.sample("copied.MOV", copy)])
        #expect(try await fixture.devices["gone.MOV"] == FileIdentity.sample.device)
    }

    @Test func unreadableOriginalIsOnRecordOnce() async throws {
        let fixture = try CatalogFixture()
        let path = try await fixture.sighted()
        let failure = Failure(.permissionDenied, "Not ours to read.")
        for _ in 0..<2 {
            try await fixture.catalog.recordUnreadable(path, failure: failure, preset: .review)
        }
        let video = try await fixture.catalog.video(at: path)
        #expect(video?.processingStatus == .failed)
        #expect(video?.processingError == failure)
        #expect(video?.job?.status == .failed)
        #expect(try fixture.number("SELECT count(*) FROM processing_jobs") == 1)
        #expect(try await fixture.catalog.retry(path, preset: .review) == .notUploaded)
        #expect(
            try await fixture.catalog.recordUploaded(path, identity: .sample, evidence: [.quiet], preset: .review))
        #expect(try await fixture.catalog.video(at: path)?.processingStatus == .processing)
    }

    @Test func vanishedUploadIsForgottenUnlessAProxyWasMade() async throws {
        let fixture = try CatalogFixture()
        let path = try await fixture.sighted()
        let video = try #require(try await fixture.catalog.video(at: path))
        #expect(try await fixture.catalog.recordMissing(path) == .forgotten)
        #expect(try await fixture.catalog.video(at: path) == nil)
        #expect(try await fixture.catalog.recordMissing(path) == .unchanged)
        let removals = try await fixture.catalog.removals(below: "/srv", after: 0)
        #expect(removals.map(\.videoID) == [video.id] && removals.first?.proxy == nil)
        #expect(removals.first?.sidecar == "/srv/cam1/proxy/clip.MOV.json")
        let job = try await fixture.completed()
        _ = try await fixture.catalog.record([.sample("clip.MOV", .sample.with(size: 5))])
        #expect(try await fixture.catalog.recordMissing(path) == .kept(cancelledJob: nil))
        #expect(try await fixture.catalog.video(at: path)?.proxyPath == job.proxyPath)
    }

    @Test func proxyNamesAreReservedWithoutCase() async throws {
        let fixture = try CatalogFixture()
        let names = ["clip.MOV", "CLIP.mov", "clip.mov", "clip.avi", "clip.MOV.mkv"]
        _ = try await fixture.catalog.record(names.map { .sample($0) })
        for name in names { _ = try await fixture.uploaded(name) }
        var proxies: [String] = []
        while let queued = try await fixture.catalog.claimableJobs(limit: 1).first {
            let job = try await fixture.catalog.claim(queued.id, lease: "lease-\(proxies.count)")
            proxies.append(job?.proxyPath.fileName?.text ?? "")
        }
        #expect(proxies == ["clip.mp4", "CLIP.mov.mp4", "clip.mov~2.mp4", "clip.avi.mp4", "clip.MOV.mkv.mp4"])
        #expect(Set(proxies.map { $0.lowercased() }).count == names.count)
    }

    @Test func namesThatAreNotTextSurvive() async throws {
        let fixture = try CatalogFixture()
        let name = FileName(bytes: [0x63, 0xFF, 0x5C, 0x78, 0x66, 0x66, 0x0A, 0x2E, 0x4D, 0x4F, 0x56])
        let path = FilePath("/srv/cam1/original").appending(name: name)
        let sighting = Sighting(
            location: OriginalLocation(root: "/srv", dropFolder: "/srv/cam1/original", path: path), identity: .sample,
            destination: "/srv/cam1/proxy", presetName: "review", containerExtension: "mp4")
        _ = try await fixture.catalog.record([sighting])
        #expect(try await fixture.catalog.video(at: path)?.originalPath.bytes == path.bytes)
    }

    @Test func fullFirstScanIsOneBatchAndASecondOneWritesNothing() async throws {
        let fixture = try CatalogFixture()
        let sightings = (0..<500).map { Sighting.sample("folder/\($0).MOV") }
        #expect(try await fixture.catalog.record(sightings).allSatisfy { $0 == .following })
        let changes = try fixture.number("SELECT max(change_sequence) FROM videos")
        #expect(try await fixture.catalog.record(sightings).count == sightings.count)
        #expect(try fixture.number("SELECT max(change_sequence) FROM videos") == changes)
        #expect(try await fixture.catalog.videosWithStaleSidecars(limit: 5_000).count == sightings.count)
    }

    @Test func movedDestinationReservesANameThere() async throws {
        let fixture = try CatalogFixture()
        let path = try await fixture.uploaded()
        let moved = Sighting.sample("clip.MOV", .sample, in: "/fast/cam1/proxy")
        #expect(try await fixture.catalog.record([moved]) == [.known(publishedProxy: nil)])
        #expect(try await fixture.claimFirst().proxyPath == "/fast/cam1/proxy/clip.mp4")
        #expect(try await fixture.catalog.video(at: path)?.destination == "/fast/cam1/proxy")
    }
}
