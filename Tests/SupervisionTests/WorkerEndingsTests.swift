import Domain
import Foundation
import Logging
import SystemPackage
import TestSupport
import Testing

@testable import Supervision

/// Every way in which a worker can end without an answer, with small scripts in the worker's place.
@Suite struct WorkerEndingsTests {
    func supervisor(script: String, in tree: TemporaryTree, patience: Duration = .seconds(20)) throws
        -> WorkerSupervisor
    {
        let worker = try tree.file("worker", Array("#!/bin/sh\n\(script)\n".utf8))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: worker.string)
        return WorkerSupervisor(executable: worker, patience: patience, logger: Logger(label: "test"))
    }

    func probe(script: String, patience: Duration = .seconds(20)) async throws -> Failure? {
        let tree = try TemporaryTree.make()
        defer { tree.remove() }
        let null = try FileDescriptor.open(FilePath("/dev/null"), .readOnly)
        defer { try? null.close() }
        let supervisor = try supervisor(script: script, in: tree, patience: patience)
        do throws(Failure) {
            _ = try await supervisor.probe(null, named: "clip.mov")
            return nil
        } catch {
            return error
        }
    }

    @Test func workerThatExitsWithoutAnAnswerIsACrashWithItsLastLines() async throws {
        let failure = try #require(try await probe(script: "echo 'heap is broken' >&2; exit 3"))
        #expect(failure.code == .workerCrashed)
        #expect(failure.message.contains("clip.mov"))
        #expect(failure.message.contains("code 3"))
        #expect(failure.detail.contains("heap is broken"))
    }

    @Test func workerKilledByASignalIsACrashThatNamesIt() async throws {
        let failure = try #require(try await probe(script: "kill -SEGV $$"))
        #expect(failure.code == .workerCrashed)
        #expect(failure.message.contains("signal"))
    }

    @Test func silentWorkerIsEndedAfterThePatience() async throws {
        let failure = try #require(try await probe(script: "exec sleep 600", patience: .milliseconds(200)))
        #expect(failure.code == .workerTimeout)
    }

    @Test func workerThatIgnoresTerminationIsKilled() async throws {
        let failure = try #require(
            try await probe(script: "trap '' TERM; while :; do sleep 1; done", patience: .milliseconds(200)))
        #expect(failure.code == .workerTimeout)
    }

    @Test func missingWorkerWaitsForSomebodyToInstallIt() async throws {
        let supervisor = WorkerSupervisor(
            executable: "/nonexistent/understudy-worker", patience: .seconds(5), logger: Logger(label: "test"))
        let null = try FileDescriptor.open(FilePath("/dev/null"), .readOnly)
        defer { try? null.close() }
        await #expect {
            _ = try await supervisor.probe(null, named: "clip.mov")
        } throws: { ($0 as? Failure)?.code == .workerUnavailable }
    }

    @Test func floodOnStandardErrorKeepsOnlyItsEnd() async throws {
        let script =
            "i=0; while [ $i -lt 3000 ]; do echo \"line $i of many words to fill the pipe\" >&2; i=$((i+1)); done; exit 1"
        let failure = try #require(try await probe(script: script))
        #expect(failure.detail.utf8.count <= Failure.maximumDetailBytes)
        #expect(failure.detail.hasSuffix("line 2999 of many words to fill the pipe"))
    }

    @Test func controlCharactersOfAWorkerAreHarmless() async throws {
        let failure = try #require(try await probe(script: "printf 'a\\033[31mb\\n' >&2; exit 1"))
        #expect(failure.detail == "a\\u{1b}[31mb")
    }

    @Test func cancelledCallEndsTheWorker() async throws {
        let tree = try TemporaryTree.make()
        defer { tree.remove() }
        let marker = tree.path.appending("pid")
        let supervisor = try supervisor(script: "echo $$ > '\(marker.string)'; exec sleep 600", in: tree)
        let null = try FileDescriptor.open(FilePath("/dev/null"), .readOnly)
        defer { try? null.close() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = try? await supervisor.probe(null, named: "clip.mov") }
            let started = await eventually { FileManager.default.fileExists(atPath: marker.string) }
            #expect(started)
            group.cancelAll()
            try await group.waitForAll()
        }
        let pid = try String(contentsOfFile: marker.string, encoding: .utf8).trimmingCharacters(
            in: .whitespacesAndNewlines)
        #expect(!FileManager.default.fileExists(atPath: "/proc/\(pid)"))
    }
}
