import Foundation
import SystemPackage
import TestSupport
import Testing

/// Each system call of one publication, failed, cut short or made the last one.
///
/// A run without faults lists the calls on files below the test's tree; then each of them is struck by each fault in a
/// run of its own. `UNDERSTUDY_FULL=1` strikes all of them, the usual run an even selection.
@Suite(.serialized) struct CallFaultTests {
    /// One call in the order of the daemon's calls, under a name that is the same in each run.
    struct Target: Hashable {
        let call: FaultPlan.Call
        /// Random parts replaced by `*`.
        let pattern: String
        /// Which of the calls with this pattern.
        let occurrence: Int
    }

    private static let isFull = ProcessInfo.processInfo.environment["UNDERSTUDY_FULL"] == "1"
    private static let selection = 28

    /// What can befall a call: what the manual pages name for it.
    private static func faults(of call: FaultPlan.Call) -> [FaultPlan.Action] {
        switch call {
        case .write: [.error(.ioError), .error(.noSpace), .error(.interrupted), .short, .killBefore, .killAfter]
        case .sync, .truncate: [.error(.ioError), .error(.noSpace), .killBefore, .killAfter]
        case .create, .mkdir, .rename:
            [.error(.ioError), .error(.noSpace), .error(.permissionDenied), .killBefore, .killAfter]
        case .open, .read: [.error(.ioError), .error(.interrupted), .killBefore]
        case .unlink, .chmod, .stat, .commit, .any: [.error(.ioError), .killBefore]
        }
    }

    @Test func noCallOfOnePublicationCanFailIntoALie() async throws {
        let targets = try await CallFaultTests.targets()
        #expect(targets.count > 60, "the list of calls is too short to be one: \(targets.count)")
        let cases = targets.flatMap { target in CallFaultTests.faults(of: target.call).map { (target, $0) } }
        let step = CallFaultTests.isFull ? 1 : max(1, cases.count / CallFaultTests.selection)
        var struck = 0
        for index in stride(from: step / 2, to: cases.count, by: step) {
            let (target, fault) = cases[index]
            do {
                if try await CallFaultTests.strike(target, fault) { struck += 1 }
            } catch {
                Issue.record("\(target.call) \(target.pattern) #\(target.occurrence), \(fault): \(error)")
            }
        }
        // Calls that depend on what two threads do at the same time are not made in every run.
        let runs = cases.count / step
        #expect(struck * 10 >= runs * 7, "only \(struck) of \(runs) faults came about")
    }

    /// Row 11: what a failed sync leaves in the file is unknown, and a second sync may say that all is well.
    @Test func failedSyncOfAProxyIsNeverTriedAgain() async throws {
        try await DaemonFixture.with { fixture in
            try await fixture.put(.tiny, at: "cam/original/clip.mp4")
            let result = try await fixture.once(
                faults: FaultPlan([.init(.sync, "*/.understudy-*-[0-9]-*.tmp", .error(.ioError))]))
            #expect(result.status == 0, Comment(rawValue: result.errors))
            let trace = try fixture.faultTrace
            let synced = trace.calls.filter {
                $0.call == "sync" && $0.path.hasSuffix(".tmp") && !$0.path.contains("sidecar")
            }
            #expect(trace.hits.count == 1 && trace.begunProxies == 2)
            // One sync of each file: the first one's failed, and its content was made anew.
            #expect(synced.count == 2 && Set(synced).count == 2)
            #expect(try await fixture.query("SELECT attempt FROM processing_jobs") == "2")
        }
    }

    /// Row 12: a proxy whose directory could not be synced is not completed.
    @Test func failedSyncOfADirectoryCompletesNothing() async throws {
        try await DaemonFixture.with { fixture in
            try await fixture.put(.tiny, at: "cam/original/clip.mp4")
            let plan = FaultPlan([
                .init(.rename, "*/proxy/clip.mp4", .note), .init(.sync, "*/proxy", .error(.ioError), after: 0),
                .init(.commit, "*processing_jobs SET status = 'completed'*", .killBefore, after: 0),
            ])
            _ = try await fixture.once(faults: plan)
            // The pass was ended before its second attempt could be completed.
            #expect(try await fixture.query("SELECT status, attempt FROM processing_jobs") == "running|2")
            #expect(try await fixture.once().status == 0)
            #expect(try await fixture.query("SELECT status, attempt FROM processing_jobs") == "completed|2")
        }
    }

    /// Row 13: a proxy that is replaced stays whole when the new one cannot be renamed.
    @Test(arguments: [Errno.noSpace, .permissionDenied, .improperLink])
    func failedRenameLeavesTheOldProxy(_ code: Errno) async throws {
        try await DaemonFixture.with { fixture in
            try await fixture.put(.tiny, at: "cam/original/clip.mp4")
            #expect(try await fixture.once().status == 0)
            let old = try ByteFile.read(fixture.path("cam/proxy/clip.mp4"))
            let upload = try await fixture.put(.slow, at: "cam/original/.upload")
            try ByteFile.rename(upload, to: fixture.path("cam/original/clip.mp4"))
            let rename = FaultPlan.Rule(.rename, "*/proxy/clip.mp4", .error(code), count: 0)
            let failed = try await fixture.once(faults: FaultPlan([rename]))
            #expect(failed.status == 1, Comment(rawValue: failed.output + failed.errors))
            #expect(try ByteFile.read(fixture.path("cam/proxy/clip.mp4")) == old)
            #expect(try await fixture.query("SELECT processing_status FROM videos") != "completed")
            let done = try await fixture.onceUntilDone()
            #expect(done.status == 0, Comment(rawValue: done.output + done.errors))
            #expect(try ByteFile.read(fixture.path("cam/proxy/clip.mp4")) != old)
        }
    }

    // MARK: The sweep

    /// The calls of one publication, from the start of the daemon on.
    private static func targets() async throws -> [Target] {
        var targets: [Target] = []
        try await DaemonFixture.with { fixture in
            try await fixture.put(.tiny, at: "cam/original/clip.mp4")
            #expect(try await fixture.once(faults: FaultPlan()).status == 0)
            var seen: [String: Int] = [:]
            for made in try fixture.faultTrace.calls {
                guard let call = FaultPlan.Call(rawValue: made.call) else { continue }
                let pattern = general(made.path, in: fixture)
                let occurrence = seen["\(call) \(pattern)", default: 0]
                seen["\(call) \(pattern)"] = occurrence + 1
                targets.append(Target(call: call, pattern: pattern, occurrence: occurrence))
            }
        }
        return targets
    }

    private static func general(_ path: String, in fixture: DaemonFixture) -> String {
        let below = path.replacing(fixture.tree.path.string, with: "*/understudy-test-*")
        return below.replacing(/\.understudy-[0-9a-f-]{36}-sidecar-[0-9a-f]+\.tmp/, with: ".understudy-*-sidecar-*.tmp")
            .replacing(/\.understudy-[0-9a-f-]{36}-(\d+)-[0-9a-f]+\.tmp/) { ".understudy-*-\($0.output.1)-*.tmp" }
    }

    /// - Returns: whether the call was made in this run.
    private static func strike(_ target: Target, _ fault: FaultPlan.Action) async throws -> Bool {
        var isStruck = false
        try await DaemonFixture.with { fixture in
            let bytes = try await GeneratedMedia.tiny.bytes
            let original = try fixture.put(bytes, at: "cam/original/clip.mp4")
            let rule = FaultPlan.Rule(target.call, target.pattern, fault, skip: target.occurrence)
            let first = try await fixture.once(faults: FaultPlan([rule]))
            isStruck = try !fixture.faultTrace.hits.isEmpty
            let isKill = fault == .killBefore || fault == .killAfter
            // Ended by the fault; or said what was wrong; or got over it.
            guard isKill && isStruck ? first.status == -9 : [0, 1, 69, 75].contains(first.status) else {
                throw FixtureError("ended with \(first.status): \(first.errors)")
            }
            try await fixture.expectNoLie()
            let last = try await fixture.onceUntilDone()
            guard last.status == 0, try await fixture.query("SELECT processing_status FROM videos") == "completed"
            else {
                throw FixtureError("the next pass ended with \(last.status): \(last.output) \(last.errors)")
            }
            try await fixture.expectNoLie()
            try await fixture.expectDoctorFindsNothing()
            // At most the two encodes of an attempt that was struck and of the one after it.
            guard try fixture.faultTrace.begunProxies <= 2, try ByteFile.read(original) == bytes else {
                throw FixtureError("more was done than one encode again")
            }
        }
        return isStruck
    }
}

extension DaemonFixture {
    /// Passes without faults, as `once` would be run by hand: what failed is asked for anew, what waits gets its time.
    func onceUntilDone() async throws -> CommandResult {
        _ = try await understudy(["retry", "--failed", "--state-dir", stateDirectory.string])
        var last = try await once(faults: FaultPlan())
        _ = try await eventually {
            guard last.output.contains("waiting") else { return true }
            last = try await once(faults: FaultPlan())
            return !last.output.contains("waiting")
        }
        return last
    }

    /// What is recorded as completed lies there, with that hash; the rows agree; no sidecar is ahead.
    func expectNoLie() async throws {
        guard ByteFile.exists(stateDirectory.appending("understudy.db")) else { return }
        guard try await query("SELECT count(*) FROM sqlite_schema WHERE name = 'contradictions'") == "1" else { return }
        let completed = try await query(
            """
            SELECT json_extract(published_file, '$.sha256') || ' ' || proxy_path FROM videos
            WHERE processing_status = 'completed'
            """)
        for line in completed.split(separator: "\n") {
            let check = try await Command.output("sha256sum", [String(line.split(separator: " ")[1])])
            guard check.hasPrefix(line.split(separator: " ")[0]) else {
                throw FixtureError("completed, but the proxy is another: \(line)")
            }
        }
        let contradictions = try await query("SELECT * FROM contradictions")
        guard contradictions.isEmpty else { throw FixtureError("contradictions: \(contradictions)") }
        try await expectSidecarsNotAhead()
    }
}
