import Catalog
import Domain
import DurableFiles
import Foundation
import Logging
import Sidecars
import Synchronization
import SystemPackage
import TestSupport

@testable import JobRunner

/// A tree with real files, a real database, and the service that follows originals; jobs are ended by hand.
final class PresenceFixture: Sendable {
    let tree: TemporaryTree
    let catalog: Catalog
    let presence: PresenceService
    let answers = Mutex<[SightingOutcome]>([])
    private let policies: WatchPolicies
    private let originals = OriginalReader()
    private let proxies: ProxyFolder
    private let sidecars: SidecarService

    init(_ afterDeletion: WatchPolicy.AfterDeletion = .keepProxy) throws {
        let tree = try TemporaryTree.make()
        self.tree = tree
        catalog = try Catalog.open(in: try tree.directory("state"))
        let root = try tree.directory("nas")
        try tree.directory("nas/original")
        let layout = MirrorLayout(
            root: root, originalDirectory: FileName("original"), proxyDirectory: FileName("proxy"), proxyRoot: nil)
        policies = WatchPolicies([
            WatchPolicy(
                layout: layout, preset: .review, settle: .seconds(1), stall: .takeAsItIs, afterDeletion: afterDeletion)
        ])
        let folders = OutputFolders(roots: [root])
        proxies = ProxyFolder(folders: folders)
        let sidecarFolder = SidecarFolder(generator: "test", folders: folders)
        var times = PresenceService.Times()
        times.grace = .zero
        times.removal = .zero
        let box = Box()
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        presence = PresenceService(
            tools: PresenceService.Tools(
                store: catalog, originals: originals, proxies: proxies, sidecars: sidecarFolder, policies: policies,
                jobBell: Doorbell(), sidecarBell: Doorbell(), withdraw: { _ in }, putBack: { _ in },
                answer: { _, outcome in box.fixture?.answers.withLock { $0.append(outcome) } }, forget: { _ in },
                settleSidecars: {}),
            times: times, logger: logger)
        sidecars = SidecarService(
            store: catalog, sidecars: sidecarFolder, board: ProgressBoard(), bell: Doorbell(), logger: logger)
        box.set(self)
    }

    deinit { tree.remove() }

    private final class Box: Sendable {
        private struct Weak: Sendable {
            weak var fixture: PresenceFixture?
        }

        private let held = Mutex<Weak?>(nil)

        var fixture: PresenceFixture? { held.withLock { $0?.fixture } }
        func set(_ fixture: PresenceFixture) { held.withLock { $0 = Weak(fixture: fixture) } }
    }

    func path(_ relative: String) -> FilePath { tree.path.appending(FilePath("nas/" + relative).components) }

    func exists(_ relative: String) -> Bool { FileManager.default.fileExists(atPath: path(relative).string) }

    func rename(_ from: String, _ to: String) throws {
        let target = path(to)
        try FileManager.default.createDirectory(
            atPath: target.removingLastComponent().string, withIntermediateDirectories: true)
        try FileManager.default.moveItem(atPath: path(from).string, toPath: target.string)
    }

    func remove(_ relative: String) throws { try FileManager.default.removeItem(atPath: path(relative).string) }

    /// What a scan would tell of one file.
    @discardableResult
    func see(_ relative: String) async throws -> SightingOutcome {
        let location = try location(relative)
        guard let identity = try await originals.identity(at: location),
            let sighting = policies.sighting(of: location, identity: identity)
        else { throw CocoaError(.fileNoSuchFile) }
        let outcome = try await catalog.record([sighting])[0]
        switch outcome {
        case .doubtful, .resembles: await presence.examine(sighting, outcome)
        case .known, .following, .replaced: break
        }
        return outcome
    }

    private func location(_ relative: String) throws -> OriginalLocation {
        guard let location = policies.location(of: path(relative)) else { throw CocoaError(.fileNoSuchFile) }
        return location
    }

    func upload(_ relative: String, _ text: String) async throws {
        try tree.file("nas/" + relative, Array(text.utf8))
        try await see(relative)
        let location = try location(relative)
        guard let identity = try await originals.identity(at: location) else { throw CocoaError(.fileNoSuchFile) }
        let print = await originals.fingerprint(at: location, of: identity)
        _ = try await catalog.recordUploaded(
            location.path, identity: identity, fingerprint: print, evidence: [.noWriter], preset: .review)
    }

    /// An upload with its proxy and sidecar.
    func complete(_ relative: String, _ text: String = "content") async throws {
        try await upload(relative, text)
        try await finishFirst()
    }

    func finishFirst() async throws {
        guard let queued = try await catalog.claimableJobs(limit: 1).first,
            let job = try await catalog.claim(queued.id, lease: "lease")
        else { throw CocoaError(.featureUnsupported) }
        let file = try await proxies.createTemporary(in: job.destination, jobID: job.token.jobID, attempt: 1)
        try file.descriptor.writeAll(Array("proxy of \(job.location.path)".utf8))
        let identity = try await proxies.harden(file)
        let sum = String(repeating: "a", count: 64)
        let published = PublishedFile(
            inode: identity.inode, sizeBytes: identity.sizeBytes, modifiedNanoseconds: identity.modifiedNanoseconds,
            sha256: sum)
        let result = ProxyDescription(
            sizeBytes: identity.sizeBytes, sha256: sum, durationSeconds: 1, frames: 10, width: 854, height: 480,
            frameRate: "10/1", videoCodec: "h264", audioCodec: nil, warnings: [])
        _ = try await catalog.recordIntent(job.token, intent: PublishIntent(file: published, result: result))
        try await proxies.publish(file, as: job.proxyPath, replacing: job.replaceable)
        _ = try await catalog.complete(job.token)
        await proxies.discard(file)
        await sidecars.catchUp()
    }

    /// Rounds of the service, with sidecars in between, until nothing is left to do.
    func settle() async throws {
        for _ in 0..<200 {
            await presence.work()
            await sidecars.catchUp()
            if await !presence.standing.isBusy { return }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    func video(_ relative: String) async throws -> VideoSnapshot? { try await catalog.video(at: path(relative)) }

    var jobs: Int { get async throws { try await catalog.tally().jobs.values.reduce(0, +) } }
}
