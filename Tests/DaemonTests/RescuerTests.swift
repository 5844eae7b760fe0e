import Catalog
import Domain
import DurableFiles
import JobRunner
import Logging
import SystemPackage
import TestSupport
import Testing

/// What the next start makes of a job that was running when the daemon died, with the real database and real files. A
/// crash between the rename and the transaction cannot be hit by chance: its state is made here.
@Suite struct RescuerTests {
    private static let proxyBytes = Array("a verified proxy".utf8)

    /// A claimed job of one original, in a tree with its proxy directory.
    private struct Scene {
        let tree: TemporaryTree
        let catalog: Catalog
        let job: ClaimedJob
        let proxies: ProxyFolder

        init() async throws {
            tree = try TemporaryTree.make()
            catalog = try Catalog.open(in: try tree.directory("state"))
            let original = try tree.file("root/original/clip.mov", "film".utf8)
            try tree.directory("root/proxy")
            let root = tree.path.appending("root")
            proxies = ProxyFolder(folders: OutputFolders(roots: [root]))
            let identity = try #require(await proxies.identity(at: original))
            let location = OriginalLocation(root: root, dropFolder: root.appending("original"), path: original)
            let sighting = Sighting(
                location: location, identity: identity, destination: root.appending("proxy"), presetName: "review",
                containerExtension: "mp4")
            _ = try await catalog.record([sighting])
            _ = try await catalog.recordUploaded(original, identity: identity, evidence: [.noWriter], preset: .review)
            let queued = try #require(try await catalog.claimableJobs(limit: 1).first)
            job = try #require(try await catalog.claim(queued.id, lease: "the dead daemon's"))
        }

        /// The name that the dead daemon's attempt wrote to.
        var temporary: FilePath {
            job.destination.appending(".understudy-\(job.token.jobID)-\(job.token.attempt)-abc.tmp")
        }

        /// Writes a file, and says how the daemon would have recorded it.
        func write(_ bytes: [UInt8], to path: FilePath) async throws -> PublishedFile {
            try ByteFile.write(bytes, to: path)
            let identity = try #require(await proxies.identity(at: path))
            return PublishedFile(
                inode: identity.inode, sizeBytes: identity.sizeBytes,
                modifiedNanoseconds: identity.modifiedNanoseconds, sha256: String(repeating: "0", count: 64))
        }

        func recordIntent(_ file: PublishedFile) async throws {
            let result = ProxyDescription(
                sizeBytes: file.sizeBytes, sha256: file.sha256, durationSeconds: 1, frames: 10, width: 854,
                height: 480, frameRate: "10/1", videoCodec: "h264", audioCodec: nil, warnings: [])
            let isRecorded = try await catalog.recordIntent(
                job.token, intent: PublishIntent(file: file, result: result))
            #expect(isRecorded)
        }

        /// - Returns: the video as it is after the rescue.
        func rescue() async throws -> VideoSnapshot {
            try await Rescuer(store: catalog, proxies: proxies, logger: Logger(label: "test")).rescue()
            return try #require(try await catalog.video(at: job.location.path))
        }
    }

    @Test func proxyThatWasRenamedBeforeTheCrashIsCompletedWithoutASecondEncode() async throws {
        let scene = try await Scene()
        defer { scene.tree.remove() }
        // Written and recorded under its temporary name; the rename leaves inode, size and time alone.
        try await scene.recordIntent(try await scene.write(Self.proxyBytes, to: scene.temporary))
        try ByteFile.rename(scene.temporary, to: scene.job.proxyPath)
        let video = try await scene.rescue()
        #expect(video.processingStatus == .completed && video.job?.status == .completed)
        #expect(video.job?.id == scene.job.token.jobID && video.job?.attempt == 1)
        #expect(video.proxyPath == scene.job.proxyPath)
        #expect(try ByteFile.read(scene.job.proxyPath) == Self.proxyBytes)
        #expect(try await scene.catalog.claimableJobs(limit: 1).isEmpty)
    }

    @Test func verifiedProxyThatWasNotRenamedYetIsPublished() async throws {
        let scene = try await Scene()
        defer { scene.tree.remove() }
        try await scene.recordIntent(try await scene.write(Self.proxyBytes, to: scene.temporary))
        let video = try await scene.rescue()
        #expect(video.processingStatus == .completed && video.job?.attempt == 1)
        #expect(try ByteFile.read(scene.job.proxyPath) == Self.proxyBytes)
        #expect(!ByteFile.exists(scene.temporary))
    }

    @Test func temporaryThatIsNotTheIntentsIsNotPublished() async throws {
        let scene = try await Scene()
        defer { scene.tree.remove() }
        try await scene.recordIntent(try await scene.write(Self.proxyBytes, to: scene.temporary))
        // Somebody wrote into it after it was verified.
        try ByteFile.append(Self.proxyBytes, to: scene.temporary)
        try await expectQueuedAgain(scene)
        #expect(!ByteFile.exists(scene.job.proxyPath))
    }

    @Test func verifiedProxyDoesNotReplaceAForeignFile() async throws {
        let scene = try await Scene()
        defer { scene.tree.remove() }
        try await scene.recordIntent(try await scene.write(Self.proxyBytes, to: scene.temporary))
        try ByteFile.write("somebody's".utf8, to: scene.job.proxyPath)
        try await expectQueuedAgain(scene)
        #expect(try ByteFile.read(scene.job.proxyPath) == Array("somebody's".utf8))
    }

    @Test func foreignFileAtTheFinalNameIsNotTakenForTheProxy() async throws {
        let scene = try await Scene()
        defer { scene.tree.remove() }
        let temporary = scene.job.destination.appending(".understudy-another-1.tmp")
        try await scene.recordIntent(try await scene.write(Self.proxyBytes, to: temporary))
        // The same bytes, and another file.
        try ByteFile.write(Self.proxyBytes, to: scene.job.proxyPath)
        try await expectQueuedAgain(scene)
        #expect(try ByteFile.read(scene.job.proxyPath) == Self.proxyBytes)
    }

    @Test func proxyThatWasAlteredAfterTheRenameIsMadeAgain() async throws {
        let scene = try await Scene()
        defer { scene.tree.remove() }
        try await scene.recordIntent(try await scene.write(Self.proxyBytes, to: scene.job.proxyPath))
        try ByteFile.setModified(scene.job.proxyPath, seconds: 1_000_000_000, nanoseconds: 0)
        try await expectQueuedAgain(scene)
    }

    @Test func jobWithoutAnIntentIsQueuedAgainAndItsAttemptCounts() async throws {
        let scene = try await Scene()
        defer { scene.tree.remove() }
        try await expectQueuedAgain(scene)
    }

    /// A file that takes the daemon down with it does not do so for ever.
    @Test func jobOverWhichTheDaemonDiesAgainAndAgainIsSetAside() async throws {
        let scene = try await Scene()
        defer { scene.tree.remove() }
        for death in 1..<RetryPolicy.mostDeaths {
            let video = try await scene.rescue()
            #expect(video.job?.status == .pending && video.job?.attempt == death)
            #expect((video.waitingFor == .retry) == (death >= RetryPolicy.deathsBeforeAlone))
            // The pause after the third death is not waited for.
            let claimed = try await scene.catalog.claim(scene.job.token.jobID, lease: "life \(death)")
            #expect(claimed?.token.attempt == death + 1)
        }
        let video = try await scene.rescue()
        #expect(video.processingStatus == .failed && video.processingError?.code == .daemonCrashed)
        #expect(video.processingError?.isRetryable == true && video.job?.attempt == RetryPolicy.mostDeaths)
        #expect(try await scene.catalog.retry(scene.job.location.path, preset: .review) == .queued)
        #expect(try await scene.catalog.claimableJobs(limit: 1).map(\.deaths) == [0])
    }

    private func expectQueuedAgain(_ scene: Scene) async throws {
        let video = try await scene.rescue()
        #expect(video.processingStatus == .processing && video.job?.status == .pending)
        #expect(video.job?.attempt == 1 && video.proxyPath == nil)
        let next = try #require(try await scene.catalog.claimableJobs(limit: 1).first)
        let claimed = try #require(try await scene.catalog.claim(next.id, lease: "the next daemon's"))
        #expect(claimed.token.jobID == scene.job.token.jobID && claimed.token.attempt == 2)
    }
}
