import SystemPackage
import TestSupport
import Testing

/// The first minutes of what `make torture`, `make mutants` and `make powercut` do for long: their own checks, which
/// share no code with the daemon.
@Suite(.serialized) struct ReliabilityScriptTests {
    private static func script(_ name: String) -> String {
        Programs.package.appending("scripts").appending(name).string
    }

    /// Row 1.
    @Test func daemonKilledAgainAndAgainLosesNothingAndRescuesAtOnce() async throws {
        let result = try await Command.run(
            Self.script("reliability/torture"), [Programs.directory.string, "16", "--seed", "4"])
        #expect(result.status == 0, Comment(rawValue: result.output + result.errors))
        #expect(result.output.contains("16 kills") && result.output.contains("; 0 violations"))
    }

    /// Rows 34 and 35, with files that were damaged at random.
    @Test func damagedFilesEndAndNothingIsFakedOfThem() async throws {
        let result = try await Command.run(
            Self.script("mutants"), [Programs.directory.string, "40", "--seed", "1"])
        #expect(result.status == 0, Comment(rawValue: result.output + result.errors))
        #expect(result.output.contains("40 mutants of 16 files") && result.output.contains("; 0 violations"))
    }

    /// Rows 8, 9 and 10.
    @Test(
        .enabled(
            if: Privileges.powerCutObstacle == nil,
            "power cuts cannot be simulated here: \(Privileges.powerCutObstacle ?? "")"))
    func powerCutsTakeNothingBackThatWasAcknowledged() async throws {
        let result = try await Command.run(
            Self.script("reliability/powercut"), [Programs.directory.string, "8", "--seed", "8"])
        #expect(result.status == 0, Comment(rawValue: result.output + result.errors))
        #expect(result.output.contains("8 cuts (seed 8)") && result.output.contains("; 0 cuts with a violation"))
    }
}
