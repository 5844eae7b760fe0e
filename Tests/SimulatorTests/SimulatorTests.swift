import Foundation
import SystemPackage
import TestSupport
import Testing

/// Runs the simulator (Tests/Simulator): the daemon's real services and its real database in a simulated world.
///
/// `UNDERSTUDY_SEED=123 swift test --filter Simulator` runs one seed; what happens in it is printed by
/// `.build/debug/Simulator 123 --trace`. `make simulate` runs 10,000 seeds.
@Suite(.serialized) struct SimulatorTests {
    private static let program = Programs.directory.appending("Simulator").string
    private static let chosen = ProcessInfo.processInfo.environment["UNDERSTUDY_SEED"].flatMap { UInt64($0) }
    /// What a debug build can do in a test run.
    private static let seeds: UInt64 = 200

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

    @Test func nothingIsLostAndNothingFalseIsClaimed() async throws {
        let shards = 2
        try await withThrowingTaskGroup(of: CommandResult.self) { group in
            if let seed = SimulatorTests.chosen {
                group.addTask { try await Command.run(SimulatorTests.program, ["\(seed)"]) }
            } else {
                let share = SimulatorTests.seeds / UInt64(shards)
                for shard in 0..<UInt64(shards) {
                    let range = ["\(shard * share + 1)", "\((shard + 1) * share)"]
                    group.addTask { try await Command.run(SimulatorTests.program, range) }
                }
            }
            for try await result in group {
                #expect(result.status == 0, "\(result.output)\(result.errors)")
                #expect(result.output.contains("failed 0"))
            }
        }
    }
}
