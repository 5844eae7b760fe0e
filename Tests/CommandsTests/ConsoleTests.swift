import ArgumentParser
import Domain
import Testing

@testable import Commands

@Suite struct ConsoleTests {
    @Test(arguments: [
        (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (1449, "1.4 kB"), (999_499, "999 kB"), (734_003_200, "734 MB"),
        (2_500_000_000, "2.5 GB"),
    ])
    func sizesAreReadable(_ bytes: Int64, _ text: String) { #expect(Phrases.size(bytes) == text) }

    @Test(arguments: [(7, "0:07"), (754, "12:34"), (3723, "1:02:03")])
    func timesAreReadable(_ seconds: Int, _ text: String) { #expect(Phrases.time(seconds: seconds) == text) }

    @Test func barShowsFractionRateAndTimeLeft() {
        let progress = JobProgress(fraction: 0.5, speed: 8, etaSeconds: 72, frames: 100, framesPerSecond: 311.6)
        let line = ProgressLine.render(name: "clip.mov", progress: progress, columns: 80)
        #expect(line.contains("[==========>         ]"))
        #expect(line.hasSuffix(" 50 %   312 fps  ETA 1:12"))
        #expect(line.count <= 80)
    }

    @Test func barOfUnknownLengthShowsNoFraction() {
        let progress = JobProgress(fraction: nil, speed: 1, etaSeconds: nil, frames: 1, framesPerSecond: 25)
        let line = ProgressLine.render(name: "clip.webm", progress: progress, columns: 100)
        #expect(line.contains("[·········"))
        #expect(line.hasSuffix("ETA –"))
    }

    @Test func longNameKeepsItsEnd() {
        let name = String(repeating: "directory/", count: 20) + "clip.mov"
        let line = ProgressLine.render(name: name, progress: nil, columns: 80)
        #expect(line.hasPrefix("…"))
        #expect(line.contains("clip.mov  ["))
        #expect(line.count <= 80)
    }

    @Test(arguments: [
        "notify /a", "pause", "resume", "explain /a --json", "check --root /a --json", "retry /a", "status --json",
    ])
    func verbsOfTheContractAreUnderstood(_ line: String) throws {
        _ = try UnderstudyCommand.parseAsRoot(line.split(separator: " ").map(String.init))
    }

    @Test(arguments: [
        "notify", "explain",
        "serve --root /a --config /b", "retry", "retry --failed /a", "list --status nonsense", "frobnicate", "once",
    ])
    func wrongUsageIsRefused(_ line: String) {
        #expect(throws: (any Error).self) {
            try UnderstudyCommand.parseAsRoot(line.split(separator: " ").map(String.init))
        }
    }
}
