import Foundation
import SystemPackage
import TestSupport
import Testing

/// The workers' seal as an operator meets it.
@Suite(.serialized) struct SandboxTests {
    /// The program on a kernel without landlock.
    private func withoutLandlock(_ fixture: DaemonFixture, _ arguments: [String]) async throws -> CommandResult {
        try await Command.run(
            Programs.evilWorker.string, ["without-landlock", Programs.understudy.string] + arguments,
            environment: ["UNDERSTUDY_WORKER": Programs.worker.string])
    }

    private func once(_ fixture: DaemonFixture, sandbox: String) async throws -> CommandResult {
        let configuration = try fixture.write(TestConfiguration(sandbox: sandbox))
        return try await withoutLandlock(
            fixture,
            [
                "once", fixture.root.string, "--config", configuration.string, "--state-dir",
                fixture.stateDirectory.string, "--log-level", "warning",
            ])
    }

    @Test func requiredSealThatCannotBeHadIsAReasonNotToStart() async throws {
        try await DaemonFixture.with { fixture in
            try await fixture.put(.tiny, at: "cam/original/clip.mp4")
            let refused = try await once(fixture, sandbox: "required")
            #expect(refused.status == 69, Comment(rawValue: refused.errors))
            #expect(refused.errors.contains("landlock") && refused.errors.contains("best-effort"))
            #expect(!ByteFile.exists(fixture.path("cam/proxy")))
            let check = try await withoutLandlock(
                fixture,
                [
                    "check", "--config", try fixture.write(TestConfiguration()).string, "--state-dir",
                    "\(fixture.tree.path)/s",
                ])
            #expect(check.status == 1)
            let line = try #require(check.output.split(separator: "\n").first { $0.contains("sandbox: ") })
            #expect(line.hasPrefix("problem") && line.contains("landlock"), Comment(rawValue: String(line)))
        }
    }

    @Test func bestEffortWorksWithWhatThereIsAndSaysSo() async throws {
        try await DaemonFixture.with { fixture in
            try await fixture.put(.tiny, at: "cam/original/clip.mp4")
            let made = try await once(fixture, sandbox: "best-effort")
            #expect(made.status == 0, Comment(rawValue: made.errors))
            #expect(made.errors.contains("the workers' seal has gaps"), Comment(rawValue: made.errors))
            #expect(ByteFile.exists(fixture.path("cam/proxy/clip.mp4")))
        }
    }

    @Test func checkSaysThatTheSealIsWhole() async throws {
        try await DaemonFixture.with { fixture in
            let check = try await fixture.understudy([
                "check", "--config", try fixture.write(TestConfiguration()).string,
            ])
            #expect(check.output.contains("ok       sandbox: whole"), Comment(rawValue: check.output))
        }
    }

    /// As installed: a worker waits for each job, and none is left at the end.
    @Test func daemonWithSpareWorkersMakesProxies() async throws {
        try await DaemonFixture.with { fixture in
            try fixture.start(TestConfiguration(spareWorkers: 2))
            for index in 0..<6 { try await fixture.put(.tiny, at: "cam/original/c\(index).mp4") }
            for index in 0..<6 { try await fixture.waitUntilCompleted("cam/proxy/c\(index).mp4.json") }
        }
    }
}
