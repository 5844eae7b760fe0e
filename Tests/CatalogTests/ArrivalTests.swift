import Domain
import SystemPackage
import Testing

@testable import Catalog

@Suite struct ArrivalTests {
    private func arrival(_ name: String = "clip.MOV", _ identity: FileIdentity = .sample) -> Arrival {
        Arrival(
            sighting: .sample(name, identity), evidence: [.noWriter, .containerComplete, .noHoles], preset: .review)
    }

    @Test func unknownOriginalsAreRecordedAndQueuedAtOnce() async throws {
        let fixture = try CatalogFixture()
        let outcomes = try await fixture.catalog.recordArrivals([arrival(), arrival("other.MOV")])
        #expect(outcomes == [ArrivalOutcome](repeating: .init(sighting: .following, isQueued: true), count: 2))
        let video = try await fixture.catalog.video(at: "/srv/cam1/original/clip.MOV")
        #expect(video?.uploadStatus == .uploaded)
        #expect(video?.uploadEvidence == [.noWriter, .containerComplete, .noHoles])
        #expect(try await fixture.catalog.claimableJobs(limit: 9).count == 2)
        #expect(try fixture.number("SELECT count(*) FROM contradictions") == 0)
    }

    @Test func arrivalAfterItsSightingQueuesOneJob() async throws {
        let fixture = try CatalogFixture()
        _ = try await fixture.sighted("clip.MOV", .sample.with(size: 5))
        let outcomes = try await fixture.catalog.recordArrivals([arrival()])
        #expect(outcomes == [.init(sighting: .following, isQueued: true)])
        let again = try await fixture.catalog.recordArrivals([arrival()])
        #expect(again == [.init(sighting: .known(publishedProxy: nil), isQueued: false)])
        #expect(try await fixture.catalog.claimableJobs(limit: 9).count == 1)
    }

    @Test func replacementCancelsTheRunningJobAndQueuesItsOwn() async throws {
        let fixture = try CatalogFixture()
        let job = try await fixture.claimed()
        let outcomes = try await fixture.catalog.recordArrivals([arrival("clip.MOV", .sample.with(size: 77))])
        #expect(outcomes == [.init(sighting: .replaced(cancelledJob: job.token.jobID), isQueued: true)])
        let video = try await fixture.catalog.video(at: "/srv/cam1/original/clip.MOV")
        #expect(video?.sizeBytes == 77)
        #expect(video?.uploadStatus == .uploaded)
        #expect(try fixture.number("SELECT count(*) FROM contradictions") == 0)
    }
}
