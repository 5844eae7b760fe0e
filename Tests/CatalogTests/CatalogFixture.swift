import Domain
import FoundationEssentials
import GRDB
import SystemPackage

@testable import Catalog

/// A database in a directory of its own, removed at the end.
final class CatalogFixture: Sendable {
    let directory: FilePath
    let catalog: Catalog

    init() throws {
        directory = try CatalogFixture.makeDirectory()
        catalog = try Catalog.open(in: directory)
    }

    // The directory is in the system's temporary directory: what cannot be removed goes with the next boot.
    deinit { try? FileManager.default.removeItem(atPath: directory.string) }

    static func makeDirectory() throws -> FilePath {
        let path = "\(FileManager.default.temporaryDirectory.path)/understudy-catalog-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return FilePath(path)
    }

    /// Executes SQL past the store.
    func execute(_ sql: String) throws { try catalog.database.write { try $0.execute(sql: sql) } }

    func text(_ sql: String) throws -> String? { try catalog.database.read { try String.fetchOne($0, sql: sql) } }

    func number(_ sql: String) throws -> Int? { try catalog.database.read { try Int.fetchOne($0, sql: sql) } }

    /// The recorded device numbers, by the originals' names.
    var devices: [String: UInt64] {
        get async throws {
            let originals = try await catalog.originals(atOrBelow: "/srv", after: nil, limit: 99)
            return Dictionary(
                uniqueKeysWithValues: originals.map { ($0.location.path.fileName?.text ?? "", $0.device) })
        }
    }

    // MARK: A video's life, up to a point

    func sighted(_ name: String = "clip.MOV", _ identity: FileIdentity = .sample) async throws -> FilePath {
        let sighting = Sighting.sample(name, identity)
        _ = try await catalog.record([sighting])
        return sighting.location.path
    }

    func uploaded(_ name: String = "clip.MOV", _ identity: FileIdentity = .sample) async throws -> FilePath {
        let path = try await sighted(name, identity)
        _ = try await catalog.recordUploaded(path, identity: identity, evidence: [.noWriter], preset: .review)
        return path
    }

    func claimed(_ name: String = "clip.MOV", lease: String = "lease") async throws -> ClaimedJob {
        _ = try await uploaded(name)
        return try await claimFirst(lease: lease)
    }

    func claimFirst(lease: String = "lease") async throws -> ClaimedJob {
        guard let queued = try await catalog.claimableJobs(limit: 1).first,
            let job = try await catalog.claim(queued.id, lease: lease)
        else { throw StoreError(.other, "The test has no job to claim.") }
        return job
    }

    func completed(_ name: String = "clip.MOV") async throws -> ClaimedJob {
        let job = try await claimed(name)
        _ = try await catalog.recordIntent(job.token, intent: .sample)
        _ = try await catalog.complete(job.token)
        return job
    }
}

extension FileIdentity {
    static let sample = FileIdentity(
        device: .max, inode: 1 << 63, sizeBytes: 734_003_200, modifiedNanoseconds: 1_795_428_312_123_999_999,
        changedNanoseconds: 1_795_428_312_500_000_000)

    func on(device: UInt64) -> FileIdentity {
        var other = self
        other.device = device
        return other
    }

    func with(size: Int64) -> FileIdentity {
        var other = self
        other.sizeBytes = size
        return other
    }
}

extension Sighting {
    /// - Parameter isExamined: whether the sample's inode, which all names share, says nothing.
    static func sample(
        _ name: String = "clip.MOV", _ identity: FileIdentity = .sample, in proxies: FilePath = "/srv/cam1/proxy",
        isExamined: Bool = true
    ) -> Sighting {
        var sighting = Sighting(
            location: OriginalLocation(
                root: "/srv", dropFolder: "/srv/cam1/original", path: FilePath("/srv/cam1/original/\(name)")),
            identity: identity, destination: proxies, presetName: "review", containerExtension: "mp4")
        sighting.isExamined = isExamined
        return sighting
    }
}

extension PublishIntent {
    static let sample = PublishIntent(
        file: PublishedFile(inode: 8, sizeBytes: 9, modifiedNanoseconds: 10, sha256: String(repeating: "a", count: 64)),
        result: ProxyDescription(
            sizeBytes: 9, sha256: String(repeating: "a", count: 64), durationSeconds: 61.04, frames: 610, width: 854,
            height: 480, frameRate: "10/1", videoCodec: "h264", audioCodec: "aac", warnings: []))
}

extension MediaDescription {
    static let sample = MediaDescription(container: "mov", durationSeconds: 61.04, video: nil, audio: [])
}

extension Failure {
    static let crash = Failure(.workerCrashed, "The worker crashed.", detail: "signal 11")
}
