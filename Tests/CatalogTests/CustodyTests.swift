import Domain
import SystemPackage
import Testing

@testable import Catalog

/// Rows held against published files.
@Suite struct CustodyTests {
    private static let altered = PublishedFile(
        inode: 8, sizeBytes: 10, modifiedNanoseconds: 11, sha256: String(repeating: "b", count: 64))

    @Test func alteredProxyIsQueuedAndMayBeReplaced() async throws {
        let fixture = try CatalogFixture()
        let job = try await fixture.completed()
        let proxy = try #require(try await fixture.catalog.completedProxies(atOrBelow: "/srv/cam1").first)
        #expect(proxy.path == job.proxyPath && proxy.file == PublishIntent.sample.file)
        #expect(
            try await fixture.catalog.take(.altered(CustodyTests.altered), of: proxy, preset: .review))
        #expect(try await fixture.catalog.video(at: job.location.path)?.processingStatus == .processing)
        #expect(try await fixture.claimFirst().replaceable == [CustodyTests.altered])
        #expect(try await fixture.catalog.completedProxies(after: nil, limit: 10) == [])
        #expect(try await fixture.catalog.history(of: job.location.path).contains { $0.kind == .proxyLost })
    }

    @Test func sameContentInAnotherFileIsTakenOver() async throws {
        let fixture = try CatalogFixture()
        let job = try await fixture.completed()
        let proxy = try #require(try await fixture.catalog.completedProxies(after: nil, limit: 1).first)
        let elsewhere = PublishedFile(
            inode: 77, sizeBytes: 9, modifiedNanoseconds: 12, sha256: proxy.file.sha256)
        #expect(try await fixture.catalog.take(.elsewhere(elsewhere), of: proxy, preset: .review))
        #expect(try await fixture.catalog.completedProxy(ofVideo: proxy.videoID)?.file == elsewhere)
        #expect(try await fixture.catalog.video(at: job.location.path)?.processingStatus == .completed)
    }

    /// What was found out about a file that has been published anew since is no news.
    @Test func lateFindingChangesNothing() async throws {
        let fixture = try CatalogFixture()
        _ = try await fixture.completed()
        let proxy = try #require(try await fixture.catalog.completedProxies(after: nil, limit: 1).first)
        let late = PublishedProxy(
            videoID: proxy.videoID, originalPath: proxy.originalPath, path: proxy.path, file: CustodyTests.altered)
        for standing in [ProxyStanding.missing, .replaced, .altered(proxy.file), .elsewhere(CustodyTests.altered)] {
            #expect(try await fixture.catalog.take(standing, of: late, preset: .review) == false)
        }
        #expect(try await fixture.catalog.take(.intact, of: proxy, preset: .review) == false)
        #expect(try await fixture.catalog.completedProxy(ofVideo: proxy.videoID) == proxy)
    }

    @Test func renewedSidecarIsPastWhatAReaderSaw() async throws {
        let fixture = try CatalogFixture()
        let path = try await fixture.sighted()
        let video = try #require(try await fixture.catalog.video(at: path))
        #expect(try await fixture.catalog.renewSidecar(ofVideo: video.id, past: 40))
        #expect(try await fixture.catalog.video(at: path)?.revision == 41)
        #expect(try await fixture.catalog.videosWithStaleSidecars(limit: 5).map(\.id) == [video.id])
        #expect(try await fixture.catalog.renewSidecar(ofVideo: "none", past: 1) == false)
    }

    @Test func historyProvesThatAForgottenVideoWasOurs() async throws {
        let fixture = try CatalogFixture()
        let path = try await fixture.sighted()
        let video = try #require(try await fixture.catalog.video(at: path))
        #expect(try await fixture.catalog.recordMissing(path) == .forgotten)
        #expect(try await fixture.catalog.record(ofVideo: video.id) == nil)
        #expect(try await fixture.catalog.everKnew(videoID: video.id))
        #expect(try await fixture.catalog.everKnew(videoID: "another") == false)
    }
}
