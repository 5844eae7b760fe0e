import Glibc
import LocalSockets
import SystemPackage
import TestSupport
import Testing

/// SIGHUP.
@Suite(.serialized) struct ReloadTests {
    /// A configuration that watches these directories of the fixture's root.
    private func write(_ roots: [String], _ fixture: DaemonFixture, lines: String = "") throws -> FilePath {
        let watches = roots.map { "[[watch]]\nroot = \"\(fixture.path($0))\"\nsettle = \"1s\"\n" }.joined(
            separator: "\n")
        let text = """
            [daemon]
            state_dir = "\(fixture.stateDirectory)"
            spare_workers = 0
            min_free_space = "1 MiB"
            \(lines)

            \(watches)
            """
        return try fixture.tree.file("understudy.toml", text.utf8)
    }

    private func reload(_ fixture: DaemonFixture) throws {
        let process = try #require(fixture.processID)
        #expect(Glibc.kill(process, SIGHUP) == 0)
    }

    @Test func newRootIsFollowedFormerOneLetGoAndTheRunningJobGoesOn() async throws {
        try await DaemonFixture.with { fixture in
            for name in ["one", "two"] { try fixture.makeDirectory(fixture.path("\(name)/original")) }
            try await fixture.put(.tiny, at: "two/original/there.mp4")
            let file = try write(["one"], fixture)
            try fixture.start(["serve", "--config", file.string])
            try await fixture.waitForLog("first scan done")
            try fixture.gate.shut()
            try await fixture.put(.tiny, at: "one/original/running.mp4")
            try await fixture.gate.waitForArrival()
            _ = try write(["two"], fixture, lines: "workers = 4")
            try reload(fixture)
            try await fixture.waitForLog("configuration reloaded")
            fixture.gate.open()
            try await fixture.waitUntilCompleted("two/proxy/there.mp4.json")
            try await fixture.waitUntilCompleted("one/proxy/running.mp4.json")
            #expect(try await fixture.query("SELECT max(attempt) FROM processing_jobs") == "1")
            try await fixture.put(.tiny, at: "one/original/unseen.mp4")
            try await fixture.put(.tiny, at: "two/original/late.mp4")
            try await fixture.waitUntilCompleted("two/proxy/late.mp4.json")
            #expect(!ByteFile.exists(fixture.path("one/proxy/unseen.mp4.json")))
        }
    }

    @Test func badConfigurationIsRefusedWithLineAndKeyAndTheOldOneStays() async throws {
        try await DaemonFixture.with { fixture in
            let address = fixture.tree.path.appending("notify")
            let manager = try DatagramSocket.bind(to: .path(address))
            try fixture.makeDirectory(fixture.path("one/original"))
            let file = try write(["one"], fixture)
            try fixture.start(["serve", "--config", file.string], variables: ["NOTIFY_SOCKET": address.string])
            try await fixture.waitForLog("first scan done")
            _ = try write(["one"], fixture, lines: "worker = 4")
            try reload(fixture)
            try await fixture.waitForLog("new configuration refused, the old one stays")
            let log = try fixture.logText
            #expect(log.contains("key=daemon.worker") && log.contains("line=5") && log.contains("did you mean"))
            _ = try write(["one", "nowhere"], fixture)
            try reload(fixture)
            try await fixture.waitForLog("is it mounted?")
            try await fixture.put(.tiny, at: "one/original/clip.mp4")
            try await fixture.waitUntilCompleted("one/proxy/clip.mp4.json")
            #expect(try await fixture.stop() == 0)
            var messages: [String] = []
            while let bytes = try manager.receive(maximumBytes: 4096) {
                messages.append(String(decoding: bytes, as: UTF8.self))
            }
            let begun = messages.indices.filter { messages[$0].hasPrefix("RELOADING=1\nMONOTONIC_USEC=") }
            #expect(begun.count == 2, "\(messages)")
            #expect(begun.allSatisfy { messages[$0...].contains("READY=1\n") })
        }
    }

    @Test func whatNeedsARestartIsNamed() async throws {
        try await DaemonFixture.with { fixture in
            try fixture.makeDirectory(fixture.path("one/original"))
            let file = try write(["one"], fixture)
            try fixture.start(["serve", "--config", file.string])
            try await fixture.waitForLog("first scan done")
            _ = try write(["one"], fixture, lines: "sandbox = \"best-effort\"")
            try reload(fixture)
            try await fixture.waitForLog("these keys take effect at the next start")
            #expect(try fixture.logText.contains("keys=daemon.sandbox"))
        }
    }
}
