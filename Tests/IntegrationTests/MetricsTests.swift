import Foundation
import SystemPackage
import TestSupport
import Testing

/// What monitoring is told.
@Suite(.serialized) struct MetricsTests {
    private func start(_ fixture: DaemonFixture, _ lines: String) throws {
        let text = """
            [daemon]
            state_dir = "\(fixture.stateDirectory)"
            spare_workers = 0
            min_free_space = "1 MiB"
            \(lines)
            [[watch]]
            root = "\(fixture.root)"
            settle = "1s"
            """
        let file = try fixture.tree.file("understudy.toml", text.utf8)
        try fixture.start(["serve", "--config", file.string])
    }

    @Test func fileIsWrittenWholeAndCanBeParsed() async throws {
        try await DaemonFixture.with { fixture in
            let file = try fixture.tree.directory("collector").appending("understudy.prom")
            try await fixture.put(.tiny, at: "cam/original/clip.mp4")
            try fixture.put(Array("no film".utf8), at: "cam/original/bad.mp4")
            try start(fixture, "metrics_file = \"\(file)\"")
            var samples: [String: Double] = [:]
            // Written every 15 seconds.
            let isTold = try await eventually {
                guard ByteFile.exists(file) else { return false }
                samples = try Exposition.parse(String(decoding: try ByteFile.read(file), as: UTF8.self))
                return samples["understudy_originals{processing_status=\"completed\"}"] == 1
                    && samples["understudy_originals{processing_status=\"failed\"}"] == 1
            }
            #expect(isTold, "\(samples)")
            #expect(samples["understudy_jobs{status=\"running\"}"] == 0)
            #expect(samples["understudy_failures_total{code=\"not_media\"}"] == 1)
            #expect(samples["understudy_attempts_ended_total{result=\"completed\"}"] == 1)
            #expect(samples["understudy_database_writable"] == 1)
            #expect(samples["understudy_destination_free_bytes{directory=\"\(fixture.root)\"}"] ?? 0 > 0)
            #expect(try ByteFile.all(below: file.removingLastComponent()).map(\.string) == ["understudy.prom"])
        }
    }

    @Test func endpointAnswersScrapersAndNobodyElse() async throws {
        try await DaemonFixture.with { fixture in
            let port = 30_000 + Int.random(in: 0..<20_000)
            try start(fixture, "metrics_listen = \"127.0.0.1:\(port)\"")
            try await fixture.waitForLog("first scan done")
            func curl(_ arguments: String...) async throws -> String {
                try await Command.run("curl", ["-sS", "-m", "10"] + arguments).output
            }
            let address = "http://127.0.0.1:\(port)"
            let samples = try Exposition.parse(try await curl("\(address)/metrics"))
            #expect(samples["understudy_first_scan_done"] == 1)
            let code = ["-o", "/dev/null", "-w", "%{http_code} %{content_type}"]
            func status(_ arguments: String...) async throws -> String {
                try await Command.run("curl", ["-sS", "-m", "10"] + code + arguments).output
            }
            #expect(try await status("\(address)/metrics") == "200 text/plain; version=0.0.4; charset=utf-8")
            #expect(try await status("\(address)/").hasPrefix("404"))
            #expect(try await status("-d", "x", "\(address)/metrics").hasPrefix("405"))
            #expect(try await status("-I", "\(address)/metrics").hasPrefix("200"))
            // A head that never ends is cut off, and others are served.
            let flood = try await Command.run(
                "curl", ["-sS", "-m", "10", "-H", "X: \(String(repeating: "x", count: 20_000))", "\(address)/metrics"])
            #expect(flood.status != 0)
            #expect(try await status("\(address)/metrics").hasPrefix("200"))
        }
    }

    @Test func addressThatOthersReachIsRefused() async throws {
        try await DaemonFixture.with { fixture in
            try start(fixture, "metrics_listen = \"0.0.0.0:9840\"")
            try await fixture.waitForEnd()
            #expect(try fixture.logText.contains("daemon.metrics_listen: expected a loopback address"))
        }
    }
}

/// A strict reader of Prometheus' text format, version 0.0.4.
private enum Exposition {
    /// Samples by name and labels as written.
    static func parse(_ text: String) throws -> [String: Double] {
        var samples: [String: Double] = [:]
        var kinds: [Substring: Substring] = [:]
        guard text.hasSuffix("\n") else { throw FixtureError("the last line has no end") }
        for line in text.split(separator: "\n") {
            if line.hasPrefix("# HELP ") { continue }
            if let match = line.wholeMatch(of: /# TYPE ([a-z_]+) (counter|gauge)/) {
                guard kinds.updateValue(match.2, forKey: match.1) == nil else { throw FixtureError("twice: \(line)") }
                continue
            }
            let sample = /([a-z_]+)(\{(?:[a-z_]+="(?:[^"\\\n]|\\[\\"n])*",?)+\})? (-?[0-9.e+]+)/
            guard let match = line.wholeMatch(of: sample), let value = Double(match.3) else {
                throw FixtureError("no sample: \(line)")
            }
            guard let kind = kinds[match.1] else { throw FixtureError("no type: \(line)") }
            guard (kind == "counter") == match.1.hasSuffix("_total") else { throw FixtureError("name: \(line)") }
            guard samples.updateValue(value, forKey: "\(match.1)\(match.2 ?? "")") == nil else {
                throw FixtureError("twice: \(line)")
            }
        }
        return samples
    }
}
