import SystemPackage
import TestSupport
import Testing

/// What the operator at three in the morning reads: `explain`, `status` and `check`.
@Suite(.serialized) struct StoryTests {
    @Test func explainTellsTheStoryInOrder() async throws {
        try await DaemonFixture.with { fixture in
            let state = ["--state-dir", fixture.stateDirectory.string]
            let film = try await GeneratedMedia.camera.bytes
            try fixture.start()
            let original = try fixture.put(film.prefix(9000), at: "cam/original/clip.mp4")
            _ = try await fixture.wait(for: "cam/proxy/clip.mp4.json", "incomplete") { $0.uploadStatus == "incomplete" }
            let stuck = try await fixture.understudy(
                ["explain", original.string, "--root", fixture.root.string] + state)
            #expect(stuck.status == 0)
            #expect(stuck.output.contains("now    its container is cut short"), Comment(rawValue: stuck.output))
            #expect(stuck.output.contains("now    the daemon follows it"), Comment(rawValue: stuck.output))
            try ByteFile.append(film.dropFirst(9000), to: original)
            try await fixture.waitUntilCompleted("cam/proxy/clip.mp4.json")

            let told = try await fixture.understudy(
                ["explain", original.string, "--root", fixture.root.string] + state)
            let lines = told.output.split(separator: "\n").map(String.init)
            #expect(told.status == 0 && lines.first == original.string)
            let rules = lines.prefix { !$0.contains("  20") }
            #expect(rules.contains("  rule   its drop folder is \(fixture.path("cam/original"))"))
            #expect(rules.last == "  rule   its name is taken")
            let events = lines.filter { $0.contains(/^  \d{4}-/) }
            let words = events.map { String($0.dropFirst(28)) }
            let story = ["seen", "incomplete", "resumed", "uploaded", "started", "completed"]
            var rest = words[...]
            for part in story {
                let place = try #require(rest.firstIndex { $0.hasPrefix(part) }, "\(part): \(told.output)")
                rest = rest[(place + 1)...]
            }
            let times = events.map { String($0.prefix(26)) }
            #expect(times == times.sorted(), "in the order of their times")
            #expect(
                words.contains {
                    $0.hasPrefix("uploaded") && $0.contains("no_writer") && $0.contains("container_complete")
                })
            #expect(
                lines.last == "  now    its proxy is \(fixture.path("cam/proxy/clip.mp4")), completed at "
                    + (try await fixture.query("SELECT processing_completed_at FROM videos")))

            let ignored = try await fixture.understudy(
                ["explain", fixture.path("cam/original/clip.mp4.part").string, "--root", fixture.root.string] + state)
            #expect(ignored.status == 65 && ignored.output.contains("  rule   its name is ignored"))
            #expect(ignored.output.hasSuffix("  now    it is not an input\n"), Comment(rawValue: ignored.output))
        }
    }

    @Test func statusAndCheckShowHowWellTheWatcherSees() async throws {
        try await DaemonFixture.with { fixture in
            try fixture.makeDirectory(fixture.path("cam/original"))
            try fixture.start(TestConfiguration(watchLines: "poll = \"1s\""))
            try await fixture.put(.tiny, at: "cam/original/clip.mp4")
            try await fixture.waitUntilCompleted("cam/proxy/clip.mp4.json")
            let state = ["--state-dir", fixture.stateDirectory.string]
            var status = ""
            // Polls come and go: between two of them nothing waits.
            let isQuiet = try await eventually {
                status = try await fixture.understudy(["status"] + state).output
                return status.contains("\nbacklog:     none\n")
            }
            #expect(isQuiet, Comment(rawValue: status))
            #expect(
                status.contains(/\nwatches:     3 of \d+ allowed, 0 overflows, last event \d+ s ago\n/),
                Comment(rawValue: status))
            #expect(status.contains("\nfollowing:   0 uploads, 0 with a writer\n"))
            #expect(status.contains("\npolled:      3 directories below \(fixture.root)\n"), Comment(rawValue: status))
            let configuration = try fixture.write(TestConfiguration(watchLines: "poll = \"1s\"")).string
            let check = try await fixture.understudy(["check", "--config", configuration])
            #expect(check.status == 0, Comment(rawValue: check.output))
            #expect(
                check.output.contains(/\n(ok|warning) +inotify watches: 3 used by the daemon, \d+ allowed/),
                Comment(rawValue: check.output))
            #expect(
                check.output.contains(/\nok +daemon: running; 0 overflows, last event \d+ s ago, backlog: [a-z0-9]/),
                Comment(rawValue: check.output))
            #expect(check.output.contains("\(fixture.root): 3 directories are polled"), Comment(rawValue: check.output))
        }
    }
}
