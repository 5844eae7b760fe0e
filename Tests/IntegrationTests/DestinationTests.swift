import Foundation
import SystemPackage
import TestSupport
import Testing

/// Places for proxies that cannot take them.
@Suite(.serialized) struct DestinationTests {
    @Test func foreignFileAtTheProxysPlaceIsLeftAlone() async throws {
        try await DaemonFixture.with { fixture in
            let foreign = Array("somebody's own film".utf8)
            try await fixture.put(.tiny, at: "cam/original/clip.mov")
            try fixture.put(foreign, at: "cam/proxy/clip.mp4")
            try fixture.start()
            let sidecar = try await fixture.waitUntilFailed("cam/proxy/clip.mov.json", with: "proxy_path_occupied")
            #expect(sidecar.proxy == nil && sidecar.processingError?.retryable == true)
            #expect(try ByteFile.read(fixture.path("cam/proxy/clip.mp4")) == foreign)
            // A person makes room and asks again.
            try ByteFile.rename(fixture.path("cam/proxy/clip.mp4"), to: fixture.path("cam/mine.mp4"))
            let original = fixture.path("cam/original/clip.mov").string
            let state = ["--state-dir", fixture.stateDirectory.string]
            #expect(try await fixture.understudy(["retry", original] + state).status == 0)
            try await fixture.waitUntilCompleted("cam/proxy/clip.mov.json")
        }
    }

    @Test func foreignFileAtTheSidecarsPlaceIsKeptBeside() async throws {
        try await DaemonFixture.with { fixture in
            let foreign = Array("{\"mine\": true}".utf8)
            try await fixture.put(.tiny, at: "cam/original/clip.mov")
            try fixture.put(foreign, at: "cam/proxy/clip.mov.json")
            #expect(try await fixture.once().status == 0)
            #expect(try ByteFile.read(fixture.path("cam/proxy/clip.mov.json.foreign")) == foreign)
            #expect(try Sidecar.read(fixture.path("cam/proxy/clip.mov.json"))?.processingStatus == "completed")
        }
    }

    @Test(.enabled(if: Privileges.canMount, "mounting a memory file system is not permitted here"))
    func fullDestinationIsWaitedFor() async throws {
        try await DaemonFixture.with { fixture in
            try await fixture.put(.camera, at: "cam/original/clip.mp4")
            let proxies = fixture.path("cam/proxy")
            try await Mount.with(proxies, options: "size=4m") {
                let ballast = proxies.appending("ballast")
                try ByteFile.write(repeatElement(7, count: 3 << 20), to: ballast)
                try fixture.start(TestConfiguration(minFreeSpace: "2 MiB"))
                let waiting = try await fixture.wait(for: "cam/proxy/clip.mp4.json", "waiting for space") {
                    $0.waitingFor == "disk_space"
                }
                #expect(waiting.processingStatus == "processing" && waiting.jobStatus == "pending")
                #expect(waiting.processingError == nil && waiting.attempt == 0)
                try ByteFile.remove(ballast)
                let done = try await fixture.waitUntilCompleted("cam/proxy/clip.mp4.json")
                #expect(done.attempt == 1)
                #expect(try await fixture.query("SELECT count(*) FROM processing_jobs") == "1")
                try await fixture.stop()
            }
        }
    }

    @Test(.enabled(if: Privileges.canMount, "mounting a memory file system is not permitted here"))
    func destinationThatFillsUpWhileItIsWrittenIsWaitedFor() async throws {
        try await DaemonFixture.with { fixture in
            try await fixture.put(.long, at: "cam/original/long.mp4")
            let proxies = fixture.path("cam/proxy")
            try await Mount.with(proxies, options: "size=1m") {
                // Room enough to begin, and not enough for the proxy.
                let ballast = proxies.appending("ballast")
                try ByteFile.write(repeatElement(7, count: 900 << 10), to: ballast)
                try fixture.start(TestConfiguration(minFreeSpace: "4 KiB"))
                let waiting = try await fixture.wait(for: "cam/proxy/long.mp4.json", "waiting for space") {
                    $0.waitingFor == "disk_space"
                }
                #expect(waiting.processingStatus == "processing" && waiting.processingError == nil)
                let left = try ByteFile.all(below: proxies).map(\.string)
                #expect(Set(left) == ["ballast", "long.mp4.json"])
                try await fixture.stop()
                // The same trouble in a single pass is told, and fails nothing.
                let pass = try await fixture.once(TestConfiguration(minFreeSpace: "4 KiB"))
                #expect(pass.status == 1 && pass.output.contains("1 waiting"), Comment(rawValue: pass.output))
                #expect(try await fixture.query("SELECT status FROM processing_jobs") == "pending")
            }
        }
    }

    @Test(.enabled(if: Privileges.canMount, "mounting a memory file system is not permitted here"))
    func readOnlyDestinationFailsWithItsOwnCode() async throws {
        try await DaemonFixture.with { fixture in
            try await fixture.put(.tiny, at: "cam/original/clip.mp4")
            try await fixture.put(.tiny, at: "cam2/original/clip.mp4")
            let proxies = fixture.path("cam/proxy")
            try await Mount.with(proxies, options: "ro,size=8m") {
                try fixture.start()
                try await fixture.waitUntilCompleted("cam2/proxy/clip.mp4.json")
                let isFailed = try await eventually {
                    try await fixture.query("SELECT status FROM processing_jobs WHERE error_message LIKE '%read-only%'")
                        == "failed"
                }
                #expect(isFailed)
                // The log says what was tried.
                #expect(try !fixture.logText.contains("Cannot remove"))
                let listed = try await fixture.understudy([
                    "list", "--status", "failed", "--json", "--state-dir", fixture.stateDirectory.string,
                ])
                #expect(listed.output.contains("\"destination_read_only\""), Comment(rawValue: listed.output))
                // Somebody mounts it for writing: the sidecar appears by itself, the proxy when asked for.
                try await Command.output("mount", ["-o", "remount,rw", proxies.string])
                try await fixture.waitUntilFailed("cam/proxy/clip.mp4.json", with: "destination_read_only")
                let retried = try await fixture.understudy([
                    "retry", "--failed", "--state-dir", fixture.stateDirectory.string,
                ])
                #expect(retried.status == 0 && retried.output == "1 queued\n")
                try await fixture.waitUntilCompleted("cam/proxy/clip.mp4.json")
                try await fixture.stop()
            }
        }
    }
}
