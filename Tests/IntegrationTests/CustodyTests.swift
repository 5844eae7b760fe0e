import Foundation
import SystemPackage
import TestSupport
import Testing

/// Published proxies that are deleted or altered behind the running daemon's back.
@Suite(.serialized) struct CustodyTests {
    private static let sidecar = "cam/proxy/a.mp4.json"

    /// A completed proxy below a running daemon, and the gate shut, so that the state in between can be seen.
    private func withProxy(
        _ harm: (DaemonFixture, FilePath) async throws -> Void,
        then: (DaemonFixture, Sidecar) async throws -> Void
    ) async throws {
        try await DaemonFixture.with { fixture in
            try fixture.start()
            try await fixture.put(.tiny, at: "cam/original/a.mp4")
            let first = try await fixture.waitUntilCompleted(CustodyTests.sidecar)
            try fixture.gate.shut()
            try await harm(fixture, fixture.path("cam/proxy/a.mp4"))
            // The sidecar says so first: nobody is told of a proxy that does not exist.
            _ = try await fixture.wait(for: CustodyTests.sidecar, "not completed") {
                $0.processingStatus == "processing" && $0.proxy == nil && $0.processingJobId != first.processingJobId
            }
            fixture.gate.open()
            try await then(fixture, first)
        }
    }

    private func isMadeAgain(_ fixture: DaemonFixture, _ first: Sidecar) async throws {
        let again = try await fixture.waitUntilCompleted(CustodyTests.sidecar)
        #expect(again.proxy?.sha256 == first.proxy?.sha256 && again.videoId == first.videoId)
        #expect(try await fixture.query("SELECT count(*) FROM events WHERE kind = 'proxy_lost'") == "1")
        #expect(try await fixture.doctor([]).status == 0)
    }

    @Test func deletedProxyIsMadeAgain() async throws {
        try await withProxy({ try ByteFile.remove($1) }, then: isMadeAgain)
    }

    @Test func alteredProxyIsMadeAgain() async throws {
        try await withProxy({ try ByteFile.append([0], to: $1) }, then: isMadeAgain)
    }

    @Test func proxyInARemovedDirectoryIsMadeAgain() async throws {
        try await withProxy(
            { try FileManager.default.removeItem(atPath: $1.removingLastComponent().string) }, then: isMadeAgain)
    }

    @Test func foreignFileInAProxysPlaceIsKeptAndSaidToBeInTheWay() async throws {
        let content = Array("somebody's".utf8)
        try await withProxy(
            { fixture, proxy in
                let upload = try fixture.put(content, at: "cam/proxy/.upload")
                try ByteFile.rename(upload, to: proxy)
            },
            then: { fixture, _ in
                try await fixture.waitUntilFailed(CustodyTests.sidecar, with: "proxy_path_occupied")
                #expect(try ByteFile.read(fixture.path("cam/proxy/a.mp4")) == content)
            })
    }

    @Test func restoredCopyOfAProxyIsTakenOver() async throws {
        try await DaemonFixture.with { fixture in
            try await fixture.put(.tiny, at: "cam/original/a.mp4")
            #expect(try await fixture.once().status == 0)
            let proxy = fixture.path("cam/proxy/a.mp4")
            let copy = try fixture.put(try ByteFile.read(proxy), at: "cam/proxy/.copy")
            try ByteFile.rename(copy, to: proxy)
            #expect(try await fixture.diagnose().names == ["proxy_elsewhere cam/proxy/a.mp4"])
            #expect(try await fixture.once().status == 0)
            #expect(try await fixture.query("SELECT count(*) FROM processing_jobs") == "1")
            #expect(try await fixture.doctor([]).status == 0)
        }
    }
}
