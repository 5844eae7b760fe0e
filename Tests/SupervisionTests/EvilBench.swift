import Domain
import Foundation
import Logging
import SystemPackage
import TestSupport
import WorkerProtocol

@testable import Supervision

/// Has the evil worker do a deed, and tells what became of it.
struct EvilBench {
    var sandbox = SandboxPolicy.required
    var limits = WorkerLimits()
    var patience = Duration.seconds(20)

    /// The failure that the deed ends with; `nil` where the worker gave a good answer.
    func probe(_ deed: String) async throws -> Failure? {
        try await withFiles(deed) { supervisor, original, _ in
            do throws(Failure) {
                _ = try await supervisor.probe(original, named: "clip.mov")
                return nil
            } catch {
                return error
            }
        }
    }

    func transcode(_ deed: String, onEvent: @escaping @Sendable (TranscodeEvent) -> Void = { _ in }) async throws
        -> Failure?
    {
        try await withFiles(deed) { supervisor, original, output in
            do throws(Failure) {
                _ = try await supervisor.transcode(
                    original, named: "clip.mov", into: output, preset: .review, onEvent: onEvent)
                return nil
            } catch {
                return error
            }
        }
    }

    func verify(_ deed: String) async throws -> Failure? {
        let report = TranscodeReport(
            frames: 1, videoDurationSeconds: 1, audioDurationSeconds: nil, width: 2, height: 2,
            frameRateNumerator: 1, frameRateDenominator: 1, warnings: [])
        return try await withFiles(deed) { supervisor, original, _ in
            do throws(Failure) {
                _ = try await supervisor.verify(original, named: "clip.mp4", against: report)
                return nil
            } catch {
                return error
            }
        }
    }

    /// The original holds the deed and is open for reading only, as the daemon opens it.
    private func withFiles<Value>(
        _ deed: String, _ body: (WorkerSupervisor, FileDescriptor, FileDescriptor) async throws -> Value
    ) async throws -> Value {
        let tree = try TemporaryTree.make()
        defer { tree.remove() }
        let path = try tree.file("original", Array(deed.utf8))
        let original = try FileDescriptor.open(path, .readOnly)
        let output = try FileDescriptor.open(
            tree.path.appending("output"), .readWrite, options: [.create, .exclusiveCreate],
            permissions: .ownerReadWrite)
        defer {
            try? original.close()  // Nothing was written to it.
            try? output.close()  // Nobody reads it.
        }
        let supervisor = WorkerSupervisor(
            executable: Programs.evilWorker, sandbox: sandbox, limits: limits, patience: patience,
            logger: Logger(label: "test"))
        let value = try await body(supervisor, original, output)
        guard try ByteFile.read(path) == Array(deed.utf8) else { throw FixtureError("the original was changed") }
        return value
    }
}
