import Foundation
import SystemPackage
import TestSupport
import Testing

/// The simulator (Tests/Simulator: the daemon's real services and its real database in a simulated world) takes the same
/// course for the same seed, and its first seeds find nothing; `make simulate` takes many more (docs/SIMULATION.md).
///
/// `UNDERSTUDY_SEED=123 swift test --filter Simulator` runs one seed; what happens in it is printed by
/// `.build/debug/Simulator 123 --trace`.
@Suite(.serialized) struct SimulatorTests {
    private static let program = Programs.directory.appending("Simulator").string
    /// About two minutes in a debug build.
    private static let seeds: UInt64 = 100
    private static let chosen = ProcessInfo.processInfo.environment["UNDERSTUDY_SEED"].flatMap { UInt64($0) }

    /// Each line of the output names a seed and what was found.
    @Test func firstSeedsFindNothing() async throws {
        let first = SimulatorTests.chosen ?? 1
        let last = SimulatorTests.chosen ?? SimulatorTests.seeds
        let result = try await Command.run(SimulatorTests.program, ["\(first)", "\(last)"])
        #expect(result.status == 0, "\(result.output)\(result.errors)")
    }

    @Test func sameSeedTakesTheSameCourse() async throws {
        let first = SimulatorTests.chosen ?? 1_000_001
        let result = try await Command.run(
            SimulatorTests.program, ["\(first)", "\(first + (SimulatorTests.chosen == nil ? 9 : 0))", "--twice"])
        #expect(result.status == 0, "\(result.output)\(result.errors)")
    }

    /// The text of two processes' traces is the same to the last byte.
    @Test func processesAgreeAboutASeed() async throws {
        let seed = "\(SimulatorTests.chosen ?? 1_000_002)"
        let first = try await Command.run(SimulatorTests.program, [seed, "--trace"])
        let second = try await Command.run(SimulatorTests.program, [seed, "--trace"])
        // The last line tells the speed.
        let texts = [first, second].map { $0.output.split(separator: "\n").dropLast().joined(separator: "\n") }
        #expect(texts[0] == texts[1])
        #expect(texts[0].utf8.count > 10_000)
    }
}
