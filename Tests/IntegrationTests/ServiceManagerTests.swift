import LocalSockets
import SystemPackage
import TestSupport
import Testing

/// The daemon before a service manager: the messages of sd_notify(3).
@Suite(.serialized) struct ServiceManagerTests {
    @Test func readyComesAfterTheFirstScanThenLifeThenTheStop() async throws {
        try await DaemonFixture.with { fixture in
            let manager = try FakeManager(in: fixture.tree)
            try await fixture.put(.tiny, at: "cam/original/clip.mp4")
            try fixture.start(variables: manager.variables(watchdogMicroseconds: 600_000))
            try manager.wait(for: "READY=1")
            #expect(try fixture.logText.contains("first scan done"))
            #expect(!manager.seen.contains { $0.contains("WATCHDOG=1") }, "life is asked for after the start")
            try await fixture.waitUntilCompleted("cam/proxy/clip.mp4.json")
            for _ in 0..<3 { try manager.wait(for: "WATCHDOG=1") }
            let status = "STATUS=0 running, 0 queued, 0 uploading, 1 completed, 0 failed"
            if !manager.seen.contains(where: { $0.hasPrefix(status) }) { try manager.wait(for: status) }
            #expect(try await fixture.stop() == 0)
            try manager.wait(for: "STOPPING=1")
        }
    }

    @Test func abstractSocketIsSpokenToAndNoWatchdogIsFedWhereNoneAsks() async throws {
        try await DaemonFixture.with { fixture in
            let manager = try FakeManager(named: "@understudy-test-\(fixture.tree.path.string.hashValue)")
            try fixture.start(variables: manager.variables(watchdogMicroseconds: nil))
            try manager.wait(for: "READY=1")
            #expect(try await fixture.stop() == 0)
            try manager.wait(for: "STOPPING=1")
            #expect(!manager.seen.contains { $0.contains("WATCHDOG=1") })
        }
    }

    /// Each is where one of the daemon's loops stands still for good.
    @Test(arguments: [
        ("watcher", FaultPlan.Rule(.open, "*/stalled", .stall)),
        ("database", FaultPlan.Rule(.commit, "*INSERT INTO videos*", .stall)),
    ])
    func feedingEndsWhereALoopStandsStill(_ organ: String, _ rule: FaultPlan.Rule) async throws {
        try await DaemonFixture.with { fixture in
            let manager = try FakeManager(in: fixture.tree)
            try fixture.start(
                faults: FaultPlan([rule]), variables: manager.variables(watchdogMicroseconds: 600_000))
            try manager.wait(for: "READY=1")
            try manager.wait(for: "WATCHDOG=1")
            try await fixture.put(.tiny, at: "stalled/original/clip.mp4")
            try await fixture.waitForLog("no sign of life")
            #expect(try fixture.logText.contains("of=\(organ)"))
            try manager.waitForSilence()
            try await fixture.kill()
        }
    }
}

/// A socket that stands for the service manager's.
private final class FakeManager {
    private let socket: DatagramSocket
    private let name: String
    private(set) var seen: [String] = []

    init(named name: String) throws {
        self.name = name
        socket = try DatagramSocket.bind(to: #require(LocalAddress(name)))
    }

    convenience init(in tree: TemporaryTree) throws { try self.init(named: tree.path.appending("notify").string) }

    func variables(watchdogMicroseconds: Int?) -> [String: String] {
        let own = ["NOTIFY_SOCKET": name]
        return watchdogMicroseconds.map { own.merging(["WATCHDOG_USEC": "\($0)"]) { $1 } } ?? own
    }

    /// The next message; `nil` where none comes within a second.
    func receive() throws -> String? {
        guard let bytes = try socket.receive(maximumBytes: 4096) else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        seen.append(text)
        return text
    }

    func wait(for line: String) throws {
        let end = ContinuousClock.now + testDeadline
        while ContinuousClock.now < end {
            if let text = try receive(), text.split(separator: "\n").contains(where: { $0 == line }) { return }
        }
        throw FixtureError("no \(line) came; there came \(seen)")
    }

    /// Waits until nothing comes for a second, in which three signs of life would have been due.
    func waitForSilence() throws {
        let end = ContinuousClock.now + testDeadline
        while ContinuousClock.now < end {
            guard try receive() != nil else { return }
        }
        throw FixtureError("the feeding went on: \(seen)")
    }
}
