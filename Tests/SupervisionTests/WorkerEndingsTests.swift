import Domain
import Foundation
import Logging
import Synchronization
import SystemPackage
import TestSupport
import Testing
import WorkerProtocol

@testable import Supervision

/// Every way in which a worker can end without a good answer.
@Suite(.serialized) struct WorkerEndingsTests {
    private func probe(_ deed: String, patience: Duration = .seconds(20)) async throws -> Failure {
        try #require(try await EvilBench(patience: patience).probe(deed))
    }

    @Test func workerThatExitsWithoutAnAnswerIsACrashWithItsLastLines() async throws {
        let failure = try await probe("complain")
        #expect(failure.code == .workerCrashed)
        #expect(failure.message.contains("clip.mov"))
        #expect(failure.message.contains("code 3"))
        // Harmless for a terminal.
        #expect(failure.detail == "heap \\u{1b}[31mis broken")
    }

    @Test(arguments: [("crash", "SIGSEGV"), ("abort", "SIGABRT")])
    func workerKilledByASignalIsACrashThatNamesIt(deed: String, signal: String) async throws {
        let failure = try await probe(deed)
        #expect(failure.code == .workerCrashed)
        #expect(failure.message.contains(signal), Comment(rawValue: failure.message))
    }

    /// Exit codes mean something only before the seal: afterwards they are an attacker's word, and must not make the
    /// job wait for ever.
    @Test(arguments: [0, 64, 65, 71, 74])
    func exitCodeAfterTheSealCostsAnAttempt(code: Int) async throws {
        #expect(try await probe("exit \(code)").code == .workerCrashed)
    }

    @Test func workerThatEndsBeforeItIsSealedIsNoFilesFault() async throws {
        #expect(try await probe("exit-early").code == .workerUnavailable)
    }

    @Test(arguments: ["hang", "close-and-stay"])
    func silentWorkerIsEndedAfterThePatience(deed: String) async throws {
        let failure = try await probe(deed, patience: .milliseconds(500))
        #expect(failure.code == .workerTimeout || deed == "close-and-stay")
        #expect([.workerTimeout, .workerCrashed].contains(failure.code))
    }

    @Test func workerThatTalksWithoutProgressIsEnded() async throws {
        let failure = try #require(try await EvilBench(patience: .milliseconds(400)).transcode("talk-forever"))
        #expect(failure.code == .workerTimeout, Comment(rawValue: "\(failure)"))
    }

    @Test func workerThatStaysAfterItsAnswerIsEndedAndItsAnswerCounts() async throws {
        let failure = try await probe("stay-after-answer")
        #expect(failure.code == .notMedia)
    }

    @Test func workerThatTakesTooLongIsEnded() async throws {
        var limits = WorkerLimits()
        // The wall's limit is that of the processor's time with a factor; a hanging worker spends none.
        limits.maxProcessorSeconds = 0
        let failure = try #require(try await EvilBench(sandbox: .off, limits: limits).probe("hang"))
        #expect(failure.code == .workerTimeout)
    }

    @Test(arguments: [
        "speak-early", "seal-twice", "say-garbage", "say-deeply-nested", "say-too-much", "describe-twice",
        "go-backwards", "overtake", "flood", "answer-another-question", "report-nonsense", "claim disk_on_fire",
        "claim worker_unavailable", "claim mount_missing", "claim original_changed", "claim cancelled",
    ])
    func lieOnTheChannelIsNamedSo(deed: String) async throws {
        let failure = try #require(try await EvilBench().transcode(deed))
        #expect(failure.code == .workerLied, Comment(rawValue: "\(failure)"))
        #expect(failure.isRetryable && failure.code.disposition == .transient)
    }

    @Test func verificationOfSomethingElseIsALie() async throws {
        #expect(try await EvilBench().verify("verify-nothing")?.code == .workerLied)
    }

    /// A full disk makes a whole drop folder wait: not for ever on a worker's word.
    @Test func fullDiskWithRoomIsBelievedTwiceForOneFile() throws {
        let tree = try TemporaryTree.make()
        defer { tree.remove() }
        let output = try FileDescriptor.open(
            tree.path.appending("output"), .readWrite, options: [.create], permissions: .ownerReadWrite)
        let full = try FileDescriptor.open(FilePath("/dev/full"), .readWrite)
        let claims = FullDiskClaims()
        let failure = Failure(.diskFull, "clip.mov: no space")
        let codes = (0..<4).map { _ in claims.examine(failure, about: "clip.mov", at: output).code }
        #expect(codes == [.diskFull, .diskFull, .ioError, .ioError])
        #expect(claims.examine(failure, about: "other.mov", at: output).code == .diskFull)
        #expect((0..<4).allSatisfy { _ in claims.examine(failure, about: "x.mov", at: full).code == .diskFull })
        try output.close()
        try full.close()
    }

    @Test func floodOnStandardErrorKeepsOnlyItsEnd() async throws {
        let failure = try await probe("flood-complaints")
        #expect(failure.detail.utf8.count <= Failure.maximumDetailBytes)
        #expect(failure.detail.hasSuffix("line 2999 of many words to fill the pipe"))
    }

    // MARK: Programs that are no workers

    private func supervisor(script: String, in tree: TemporaryTree, patience: Duration = .seconds(20)) throws
        -> WorkerSupervisor
    {
        let worker = try tree.file("worker", Array("#!/bin/sh\n\(script)\n".utf8))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: worker.string)
        return WorkerSupervisor(executable: worker, patience: patience, logger: Logger(label: "test"))
    }

    private func probe(with supervisor: WorkerSupervisor) async throws -> Failure? {
        let null = try FileDescriptor.open(FilePath("/dev/null"), .readOnly)
        defer { try? null.close() }
        do throws(Failure) {
            _ = try await supervisor.probe(null, named: "clip.mov")
            return nil
        } catch {
            return error
        }
    }

    @Test func workerThatIgnoresTerminationIsKilled() async throws {
        let tree = try TemporaryTree.make()
        defer { tree.remove() }
        let supervisor = try supervisor(
            script: "trap '' TERM; while :; do sleep 1; done", in: tree, patience: .milliseconds(200))
        #expect(try await probe(with: supervisor)?.code == .workerTimeout)
    }

    /// Sent at once, and followed by SIGKILL: what `cancel` promises does not hang on the worker.
    @Test func graceOfAWorkerLeavesRoomInTheTwoSecondsOfACancellation() {
        #expect(WorkerProcess.graceAfterTerminate <= .seconds(1))
    }

    @Test func missingWorkerWaitsForSomebodyToInstallIt() async throws {
        let supervisor = WorkerSupervisor(
            executable: "/nonexistent/understudy-worker", patience: .seconds(5), logger: Logger(label: "test"))
        #expect(try await probe(with: supervisor)?.code == .workerUnavailable)
    }

    @Test func cancelledCallEndsTheWorker() async throws {
        let tree = try TemporaryTree.make()
        defer { tree.remove() }
        let marker = tree.path.appending("pid")
        let supervisor = try supervisor(script: "echo $$ > '\(marker.string)'; exec sleep 600", in: tree)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = try await probe(with: supervisor) }
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
