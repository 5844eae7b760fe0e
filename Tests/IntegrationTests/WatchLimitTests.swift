import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

/// The kernel's limits, reached for real: nothing is lost, and the operator is told what to do.
@Suite(.serialized) struct WatchLimitTests {
    private struct Overview: Decodable {
        struct Watching: Decodable {
            let overflows: Int
            let watches: Int
            let watches_allowed: Int?
            let directories_without_watch: Int
            let polled_directories: Int
        }
        let watching: Watching?
    }

    private func watching(_ fixture: DaemonFixture) async throws -> Overview.Watching? {
        let result = try await fixture.understudy(["status", "--json", "--state-dir", fixture.stateDirectory.string])
        return try JSONDecoder().decode(Overview.self, from: Data(result.output.utf8)).watching
    }

    // MARK: Lost events

    /// A whole MP4 whose content no other file has.
    private static func movie(_ number: Int) -> [UInt8] {
        func box(_ kind: String, _ content: [UInt8]) -> [UInt8] {
            let size = UInt32(content.count + 8)
            return (0..<4).map { UInt8(truncatingIfNeeded: size >> (24 - 8 * $0)) } + Array(kind.utf8) + content
        }
        return box("ftyp", Array("isom".utf8) + [0, 0, 0, 0])
            + box("moov", box("mvhd", [UInt8](repeating: 1, count: 24)))
            + box("mdat", Array("film \(1_000_000 + number)".utf8))
    }

    private static func makeMovies(_ numbers: Range<Int>, below folder: FilePath) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for part in 0..<4 {
                group.addTask {
                    for number in numbers where number % 4 == part {
                        let name = "\(number % 50)/\(number).mp4"
                        try ByteFile.write(movie(number), to: folder.appending(FilePath(name).components))
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test(
        .enabled(
            if: KernelLimit.canChange(KernelLimit.queuedEvents),
            "fs.inotify.max_queued_events may not be changed here: needs root"))
    func stormBeyondTheKernelsQueueLosesNoFile() async throws {
        let count = 20_000
        try await DaemonFixture.with { fixture in
            // Sidecars in memory: 20,000 of them on a disk would make this a test of the disk.
            let memory = FilePath("/dev/shm/understudy-test-\(UUID().uuidString)")
            try fixture.makeDirectory(memory)
            defer { try? FileManager.default.removeItem(atPath: memory.string) }  // What is left does no harm.
            for number in 0..<50 { try fixture.makeDirectory(fixture.path("original/\(number)")) }
            try await KernelLimit.with(KernelLimit.queuedEvents, at: 512) {
                try fixture.start(TestConfiguration(watchLines: "proxy_root = \"\(memory)\""))
                try await fixture.waitForLog("first scan done")
            }
            let state = ["--state-dir", fixture.stateDirectory.string]
            #expect(try await fixture.understudy(["pause"] + state).status == 0)
            let daemon = try #require(fixture.processID)
            // While it stands still nothing takes events away: the kernel's queue is full after 512 of some 10,000.
            kill(daemon, SIGSTOP)
            try await Self.makeMovies(0..<count / 4, below: fixture.path("original"))
            kill(daemon, SIGCONT)
            try await Self.makeMovies(count / 4..<count, below: fixture.path("original"))

            try await expectGrowth(to: count, "SELECT count(*) FROM videos", fixture)
            try await expectGrowth(to: count, "SELECT count(*) FROM videos WHERE upload_status = 'uploaded'", fixture)
            #expect(try await fixture.query("SELECT count(DISTINCT original_path) FROM videos") == "\(count)")
            #expect(
                try await fixture.query("SELECT status, count(*) FROM processing_jobs GROUP BY status")
                    == "pending|\(count)")
            #expect(try #require(try await watching(fixture)).overflows > 0, "the kernel's queue has overflowed")
            #expect(try fixture.logText.contains("Watch events were lost"))
            let check = try await fixture.understudy(["check", "--root", fixture.root.string] + state)
            #expect(
                check.output.contains("-> sysctl -w fs.inotify.max_queued_events="), Comment(rawValue: check.output))
            // Nothing more is to come but sidecars.
            try await fixture.kill()
        }
    }

    /// Waits until a number is reached; as long as it grows, the deadline begins anew.
    private func expectGrowth(to count: Int, _ question: String, _ fixture: DaemonFixture) async throws {
        var now = -1
        while now < count {
            let before = now
            let hasGrown = try await eventually {
                now = Int(try await fixture.query(question)) ?? 0
                return now > before
            }
            guard hasGrown else { throw FixtureError("only \(now) of \(count): \(question)") }
        }
        #expect(now == count)
    }

    // MARK: Too few watches

    /// A user namespace has limits of its own (namespaces(7)): the kernel refuses for real, and nobody else is troubled.
    @Test(.enabled(if: Privileges.canLimitWatches, "user namespaces are not to be had here"))
    func directoriesBeyondTheKernelsWatchLimitArePolled() async throws {
        try await DaemonFixture.with { fixture in
            for number in 0..<40 { try fixture.makeDirectory(fixture.path("cam\(number)/original")) }
            let configuration = try fixture.write(TestConfiguration()).string
            let limit = [
                "unshare", "--user", "--map-root-user", "sh", "-c",
                "echo 30 > /proc/sys/user/max_inotify_watches && exec \"$@\"", "sh",
            ]
            try fixture.start(["serve", "--config", configuration], through: limit)
            try await fixture.waitForLog("first scan done")
            let log = try fixture.logText
            #expect(log.contains("The limit of inotify watches is reached"))
            #expect(log.contains("sysctl -w user.max_inotify_watches="), "the limit that is really in the way")

            let health = try #require(try await watching(fixture))
            #expect(health.watches_allowed == 30 && health.watches <= 30)
            #expect(health.directories_without_watch >= 51 && health.polled_directories >= 51)
            let state = ["--state-dir", fixture.stateDirectory.string]
            let status = try await fixture.understudy(["status"] + state)
            #expect(status.output.contains(" of 30 allowed"), Comment(rawValue: status.output))
            #expect(status.output.contains("for want of a watch"), Comment(rawValue: status.output))
            let check = try await fixture.understudy(["check", "--config", configuration])
            #expect(check.output.contains("warning  inotify watches: "), Comment(rawValue: check.output))
            #expect(check.output.contains("-> sysctl -w user.max_inotify_watches="), Comment(rawValue: check.output))

            for number in 0..<40 { try await fixture.put(.tiny, at: "cam\(number)/original/clip.mp4") }
            try await fixture.waitUntilAllCompleted(40)
            #expect(try await fixture.query("SELECT count(*), max(attempt) FROM processing_jobs") == "40|1")
        }
    }
}
