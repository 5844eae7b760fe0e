import Domain
import Foundation
import Logging
import SystemPackage
import TestSupport
import Testing
import WorkerProtocol

@testable import Supervision

/// The real worker, sealed.
@Suite(.serialized) struct SealedWorkerTests {
    private func supervisor(_ sandbox: SandboxPolicy = .required, spares: Int = 0) -> WorkerSupervisor {
        WorkerSupervisor(
            executable: Programs.worker, sandbox: sandbox, patience: .seconds(60), spares: spares,
            logger: Logger(label: "test"))
    }

    private func proxy(of clip: GeneratedMedia, _ sandbox: SandboxPolicy) async throws -> [UInt8] {
        let tree = try TemporaryTree.make()
        defer { tree.remove() }
        let original = try FileDescriptor.open(try await clip.file, .readOnly)
        let place = tree.path.appending("proxy.mp4")
        let output = try FileDescriptor.open(
            place, .readWrite, options: [.create, .exclusiveCreate], permissions: .ownerReadWrite)
        defer {
            try? original.close()  // Nothing was written to it.
            try? output.close()  // A loss would show in the comparison.
        }
        let supervisor = supervisor(sandbox)
        let report = try await supervisor.transcode(
            original, named: clip.rawValue, into: output, preset: .review, onEvent: { _ in })
        _ = try await supervisor.verify(output, named: "proxy.mp4", against: report)
        return try ByteFile.read(place)
    }

    @Test(arguments: [
        GeneratedMedia.camera, .portrait, .odd, .transport, .motionJPEG, .tiny,
    ])
    func sealedWorkerWritesTheSameBytesAsABareOne(clip: GeneratedMedia) async throws {
        #expect(try await proxy(of: clip, .required) == proxy(of: clip, .off))
    }

    @Test func sealIsWholeOnThisMachine() async throws {
        let report = try await supervisor().inspectSeal()
        #expect(report.isWhole, Comment(rawValue: report.gapText))
        #expect(report.landlockABI > 0)
    }

    @Test func bareWorkerSaysThatItIsBare() async throws {
        let report = try await supervisor(.off).inspectSeal()
        #expect(Set(report.gaps.map(\.part)) == Set(SealReport.Part.allCases))
    }

    @Test func spareWorkerIsStartedAndStaysForTheNextRequest() async throws {
        let supervisor = supervisor(spares: 1)
        let before = ProcessTable.children(of: getpid()).count
        let clip = try await GeneratedMedia.tiny.file
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await supervisor.keepSpares() }
            for _ in 0..<3 {
                // The spare one, and the next that it bore.
                #expect(await eventually { ProcessTable.children(of: getpid()).count == before + 2 })
                let file = try FileDescriptor.open(clip, .readOnly)
                let media = try await supervisor.probe(file, named: "tiny.mp4")
                #expect(media.video?.width == 96)
                try file.close()
            }
            supervisor.stopSpares()
            try await group.waitForAll()
        }
        #expect(await eventually { ProcessTable.children(of: getpid()).count == before })
    }

    /// A worker that was born is as good as one that was started: sealed, and its violent end known for what it is; the
    /// one that bore it is then replaced.
    @Test func newbornWorkerIsSealedAndItsEndIsSeen() async throws {
        let supervisor = supervisor(spares: 1)
        let others = Set(ProcessTable.children(of: getpid()))
        let clip = try await GeneratedMedia.camera.file
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await supervisor.keepSpares() }
            var spares: [ProcessTable.Entry] = []
            #expect(
                await eventually {
                    spares = ProcessTable.children(of: getpid()).filter { !others.contains($0) }
                    return spares.count == 2
                })
            #expect(try await supervisor.inspectSeal().isWhole)
            // Seen before the request, and still there after it: the one that bears.
            let mother = ProcessTable.children(of: getpid()).first { spares.contains($0) }
            #expect(mother != nil)
            let tree = try TemporaryTree.make()
            defer { tree.remove() }
            let file = try FileDescriptor.open(clip, .readOnly)
            let output = try FileDescriptor.open(
                tree.path.appending("proxy.mp4"), .readWrite, options: [.create], permissions: .ownerReadWrite)
            do {
                _ = try await supervisor.transcode(
                    file, named: "clip", into: output, preset: .review,
                    onEvent: { event in
                        guard case .media = event else { return }
                        for child in ProcessTable.children(of: getpid())
                        where !others.contains(child) && child != mother {
                            ProcessTable.kill(child)
                        }
                    })
                Issue.record("the worker was killed")
            } catch {
                #expect((error as? Failure)?.code == .workerCrashed)
            }
            #expect(
                await eventually {
                    let now = ProcessTable.children(of: getpid()).filter { !others.contains($0) }
                    return now.count == 2 && !now.contains { $0 == mother }
                }, "another spare took its place")
            try output.close()
            try file.close()
            supervisor.stopSpares()
            try await group.waitForAll()
        }
        #expect(await eventually { Set(ProcessTable.children(of: getpid())).subtracting(others).isEmpty })
    }

    @Test func spareThatWasKilledIsReplacedAndTheRequestAnswered() async throws {
        let supervisor = supervisor(spares: 1)
        let others = Set(ProcessTable.children(of: getpid()))
        let clip = try await GeneratedMedia.tiny.file
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await supervisor.keepSpares() }
            var spare: ProcessTable.Entry?
            #expect(
                await eventually {
                    spare = ProcessTable.children(of: getpid()).first { !others.contains($0) }
                    return spare != nil
                })
            if let spare { ProcessTable.kill(spare) }
            let file = try FileDescriptor.open(clip, .readOnly)
            #expect(try await supervisor.probe(file, named: "tiny.mp4").video?.width == 96)
            try file.close()
            supervisor.stopSpares()
            try await group.waitForAll()
        }
    }
}
