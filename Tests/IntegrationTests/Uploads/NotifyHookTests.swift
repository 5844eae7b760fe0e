import SystemPackage
import TestSupport
import Testing

/// The README's hooks for uploaders that know, of files whose structure never tells the end: only the word completes them.
@Suite(.serialized) struct NotifyHookTests {
    /// Longer than any test waits.
    private static let configuration = TestConfiguration(settle: "1h")

    @Test(.enabled(if: Privileges.isRoot, UploadServer.reason))
    func proftpdTellsWithItsExecModule() async throws {
        try await DaemonFixture.with { fixture in
            try makeDropFolder(fixture)
            try fixture.start(NotifyHookTests.configuration)
            try await fixture.waitForLog("first scan done")
            let words = [Programs.understudy.string, "notify", "--state-dir", fixture.stateDirectory.string]
            try await UploadServer.proftpd(fixture.root, notifying: words) { server in
                try await curl("ftp://camera:secret@127.0.0.1:\(server.port)/cam/original/clip.ts")
            }
            try await expectTold(fixture)
        }
    }

    @Test(.enabled(if: Privileges.isRoot, UploadServer.reason))
    func logOfVsftpdTells() async throws {
        try await DaemonFixture.with { fixture in
            try makeDropFolder(fixture)
            try fixture.start(NotifyHookTests.configuration)
            try await fixture.waitForLog("first scan done")
            let log = try fixture.tree.file("vsftpd.log", [])
            try await UploadServer.vsftpd(fixture.root, log: log) { server in
                try await curl("ftp://127.0.0.1:\(server.port)/cam/original/clip.ts")
            }
            // The README's pipeline, over the log as it is now.
            let script = """
                sed -un 's/.* OK UPLOAD: Client "[^"]*", "\\(.*\\)", [0-9]* bytes, .*/\\1/p' "$1" |
                    while IFS= read -r file; do "$2" notify --state-dir "$3" "$4$file"; done
                """
            let words = [log.string, Programs.understudy.string, fixture.stateDirectory.string, fixture.root.string]
            try await Command.output("bash", ["-c", script, "bash"] + words)
            try await expectTold(fixture)
        }
    }

    /// As MediaMTX and Motion run it: a command line of their configuration with the file's name in it.
    @Test func recorderTellsWithACommandLine() async throws {
        try await DaemonFixture.with { fixture in
            try makeDropFolder(fixture)
            try fixture.start(NotifyHookTests.configuration)
            let file = fixture.path("cam/original/clip.ts")
            try await Command.output("cp", [UploadClip.transport.file.string, file.string])
            _ = try await fixture.wait(for: "cam/proxy/clip.ts.json", "seen") { $0.uploadStatus == "uploading" }
            let line = "$UNDERSTUDY notify --state-dir $STATE $MTX_SEGMENT_PATH"
            let variables = [
                "UNDERSTUDY=\(Programs.understudy)", "STATE=\(fixture.stateDirectory)", "MTX_SEGMENT_PATH=\(file)",
            ]
            try await Command.output("env", variables + ["sh", "-c", line])
            try await expectTold(fixture)
        }
    }

    private func makeDropFolder(_ fixture: DaemonFixture) throws {
        try fixture.makeDirectory(fixture.path("cam/original"))
        try ByteFile.setMode(fixture.path("cam/original"), 0o777)
    }

    private func curl(_ url: String) async throws {
        try await Command.output("curl", ["-sS", "--max-time", "60", "-T", UploadClip.transport.file.string, url])
    }

    private func expectTold(_ fixture: DaemonFixture) async throws {
        try await fixture.waitUntilCompleted("cam/proxy/clip.ts.json")
        let evidence = try await fixture.query("SELECT upload_evidence FROM videos")
        #expect(evidence.contains("notified"), Comment(rawValue: evidence))
        #expect(try await fixture.query("SELECT count(*) FROM processing_jobs") == "1")
    }
}
