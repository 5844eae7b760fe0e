import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

/// Programs and web servers that are told of ended jobs.
@Suite(.serialized) struct HookTests {
    private func write(_ fixture: DaemonFixture, _ hooks: String) throws -> FilePath {
        let text = """
            [daemon]
            state_dir = "\(fixture.stateDirectory)"
            spare_workers = 0
            min_free_space = "1 MiB"
            [[watch]]
            root = "\(fixture.root)"
            settle = "1s"
            [hooks]
            \(hooks)
            """
        return try fixture.tree.file("understudy.toml", text.utf8)
    }

    private func program(_ fixture: DaemonFixture, _ lines: String) throws -> FilePath {
        let file = try fixture.tree.file("hook", "#!/bin/sh\n\(lines)\n".utf8)
        try ByteFile.setMode(file, 0o755)
        return file
    }

    private func lines(_ file: FilePath) throws -> [String] {
        guard ByteFile.exists(file) else { return [] }
        return String(decoding: try ByteFile.read(file), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test func namesAreDataAndTheSidecarIsTheInput() async throws {
        try await DaemonFixture.with { fixture in
            let told = fixture.tree.path.appending("told")
            let hook = try program(
                fixture,
                "cat > '\(told).sidecar'\nenv > '\(told).env'\nfor word in \"$@\"; do echo \"$word\"; done >> '\(told)'"
            )
            let file = try write(
                fixture,
                """
                on_completed = ["\(hook)", "{event}", "{original}", "{proxy}", "{sidecar}", "$(touch x) {original}"]
                on_failed = ["\(hook)", "{event}", "{code}"]
                """)
            try fixture.start(["serve", "--config", file.string], variables: ["NOTIFY_SOCKET": "/nonexistent"])
            let name = "a $(touch 'x'); \"b\".mp4"
            try await fixture.put(.tiny, at: "cam/original/\(name)")
            #expect(try await eventually { try lines(told).count == 5 })
            let stem = name.dropLast(4)
            #expect(
                try lines(told) == [
                    "completed", fixture.path("cam/original/\(name)").string,
                    fixture.path("cam/proxy/\(stem).mp4").string,
                    fixture.path("cam/proxy/\(name).json").string, "$(touch x) {original}",
                ])
            let sidecar = try #require(try Sidecar.read(FilePath("\(told).sidecar")))
            #expect(sidecar.processingStatus == "completed" && sidecar.proxy != nil)
            #expect(try !lines(FilePath("\(told).env")).contains { $0.hasPrefix("NOTIFY_SOCKET") })
            try ByteFile.remove(told)
            try fixture.put(Array("no film".utf8), at: "cam/original/bad.mp4")
            #expect(try await eventually { try lines(told) == ["failed", "not_media"] })
            #expect(await eventually { (try? await fixture.query("SELECT count(*) FROM deliveries")) == "0" })
        }
    }

    @Test func hookThatFailsIsTriedAgainAlsoAfterACrash() async throws {
        try await DaemonFixture.with { fixture in
            let told = fixture.tree.path.appending("told")
            let hook = try program(fixture, "echo called >> '\(told)'; exit 3")
            let file = try write(fixture, "on_completed = [\"\(hook)\"]")
            try fixture.start(["serve", "--config", file.string])
            try await fixture.put(.tiny, at: "cam/original/clip.mp4")
            try await fixture.waitForLog("hook failed, tried again")
            #expect(try fixture.logText.contains("it ended with 3"))
            try await fixture.kill()
            #expect(
                try await fixture.query("SELECT hook, event, attempts FROM deliveries") == "on_completed|completed|1")
            _ = try program(fixture, "echo well >> '\(told)'")
            try fixture.start(["serve", "--config", file.string])
            #expect(try await eventually { try lines(told) == ["called", "well"] })
            #expect(await eventually { (try? await fixture.query("SELECT count(*) FROM deliveries")) == "0" })
        }
    }

    @Test func hookThatHangsIsEndedWithAllThatItStarted() async throws {
        try await DaemonFixture.with { fixture in
            let told = fixture.tree.path.appending("told")
            let hook = try program(fixture, "trap '' TERM\nsleep 1000 &\necho $$ $! >> '\(told)'\nwait\nwait")
            let file = try write(fixture, "on_completed = [\"\(hook)\"]\ntimeout = \"1s\"\nretries = 0")
            try fixture.start(["serve", "--config", file.string])
            try await fixture.put(.tiny, at: "cam/original/clip.mp4")
            try await fixture.waitForLog("hook given up")
            #expect(try fixture.logText.contains("it took longer than"))
            let processes = try #require(try lines(told).first).split(separator: " ")
            #expect(processes.count == 2)
            for process in processes { #expect(await eventually { !ByteFile.exists(FilePath("/proc/\(process)")) }) }
        }
    }

    @Test func webhookGetsTheSidecarWithItsSignatureAndIsAskedAgainAfterAnError() async throws {
        try await DaemonFixture.with { fixture in
            let server = try WebServer(in: fixture.tree, failing: 1)
            defer { server.stop() }
            let port = try await server.port()
            let secret = try fixture.tree.file("secret", "key of the test\n".utf8)
            let file = try write(
                fixture, "webhook = \"http://127.0.0.1:\(port)/hook\"\nwebhook_secret_file = \"\(secret)\"")
            try fixture.start(["serve", "--config", file.string])
            try await fixture.put(.tiny, at: "cam/original/clip.mp4")
            #expect(try await eventually { try server.requests.count == 2 })
            for request in try server.requests {
                #expect(request.path == "/hook" && request.event == "completed" && request.type == "application/json")
                let key = "key of the test"
                let expected = try await Command.output(
                    "python3",
                    [
                        "-c",
                        "import hmac,sys;print(hmac.new(sys.argv[1].encode(),open(sys.argv[2],'rb').read(),'sha256').hexdigest())",
                        key, request.body.string,
                    ])
                #expect(request.signature == "sha256=\(expected.trimmingCharacters(in: .whitespacesAndNewlines))")
                let sidecar = try #require(try Sidecar.read(request.body))
                #expect(sidecar.processingStatus == "completed")
            }
        }
    }

    @Test func reloadBeginsAndEndsTheTelling() async throws {
        try await DaemonFixture.with { fixture in
            let told = fixture.tree.path.appending("told")
            let hook = try program(fixture, "echo called >> '\(told)'")
            let file = try write(fixture, "")
            try fixture.start(["serve", "--config", file.string])
            try await fixture.put(.tiny, at: "cam/original/first.mp4")
            try await fixture.waitUntilCompleted("cam/proxy/first.mp4.json")
            _ = try write(fixture, "on_completed = [\"\(hook)\"]")
            let process = try #require(fixture.processID)
            #expect(Glibc.kill(process, SIGHUP) == 0)
            try await fixture.waitForLog("configuration reloaded")
            try await fixture.put(.tiny, at: "cam/original/second.mp4")
            #expect(try await eventually { try lines(told) == ["called"] })
        }
    }
}

/// A web server that keeps what it is sent, and answers the first requests with an error.
private final class WebServer {
    struct Request: Decodable {
        let path: String
        let event: String
        let type: String
        let signature: String
        let file: String
        var body: FilePath { FilePath(file) }
    }

    private let process = Process()
    /// Its end is the server's: also where the tests themselves are ended.
    private let life = Pipe()
    private let directory: FilePath

    init(in tree: TemporaryTree, failing: Int) throws {
        directory = try tree.directory("web")
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = ["-c", WebServer.program, directory.string, "\(failing)"]
        process.standardInput = life
        // `swift test` waits for whoever holds the tests' output.
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    /// Not by SIGTERM: a child of a thread that blocks signals blocks them, too (sigprocmask(2)).
    func stop() {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    func port() async throws -> String {
        let file = directory.appending("port")
        guard await eventually({ ByteFile.exists(file) }) else { throw FixtureError("the web server did not start") }
        return String(decoding: try ByteFile.read(file), as: UTF8.self)
    }

    var requests: [Request] {
        get throws {
            let file = directory.appending("requests")
            guard ByteFile.exists(file) else { return [] }
            return try ByteFile.read(file).split(separator: 10).map {
                try JSONDecoder().decode(Request.self, from: Data($0))
            }
        }
    }

    private static let program = """
        import http.server, json, os, sys, threading
        threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
        directory, failing = sys.argv[1], int(sys.argv[2])
        class Handler(http.server.BaseHTTPRequestHandler):
            count = 0
            def do_POST(self):
                body = self.rfile.read(int(self.headers['Content-Length']))
                file = os.path.join(directory, 'body%d' % Handler.count)
                open(file, 'wb').write(body)
                line = {'path': self.path, 'event': self.headers['X-Understudy-Event'],
                    'type': self.headers['Content-Type'], 'signature': self.headers['X-Understudy-Signature'], 'file': file}
                open(os.path.join(directory, 'requests'), 'a').write(json.dumps(line) + chr(10))
                self.send_response(500 if Handler.count < failing else 204)
                Handler.count += 1
                self.end_headers()
        server = http.server.HTTPServer(('127.0.0.1', 0), Handler)
        part = os.path.join(directory, 'port.part')
        open(part, 'w').write(str(server.server_address[1]))
        os.rename(part, part[:-5])
        server.serve_forever()
        """
}
