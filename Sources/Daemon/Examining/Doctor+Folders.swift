import Catalog
import Domain
import DropFolders
import DurableFiles
import FoundationEssentials
import JobRunner
import Logging
import Sidecars
import SystemPackage

// What lies in drop folders and their mirrors, held against the rows.
extension Doctor {
    func examineFolders(_ rows: KnownFiles) async throws(StoreError) -> [Diagnosis] {
        let (seen, mirrors) = await walk()
        var found: [Diagnosis] = []
        for (location, identity) in seen where !rows.originals.contains(location.path) && Doctor.isOld(identity) {
            found.append(withoutRow(location.path))
        }
        for directory in Doctor.outermost(rows.destinations.union(mirrors)) {
            found += try await examineMirror(directory, rows)
        }
        return found
    }

    private func withoutRow(_ path: FilePath) -> Diagnosis {
        Diagnosis(
            .originalWithoutRow, path, "it has been there for more than a minute, and no row knows it",
            remedy: isDaemonRunning
                ? "`understudy doctor --repair` tells the daemon" : "start the daemon: its scan takes note of it",
            mending: isDaemonRunning ? .look(path: PathText.encode(path.bytes)) : nil)
    }

    /// Every original that the rules take, and the mirror of every drop folder.
    private func walk() async -> (seen: [(OriginalLocation, FileIdentity)], mirrors: Set<FilePath>) {
        let silent = Logger(label: "understudy.doctor") { _ in SwiftLogNoOpLogHandler() }
        // Without a watch instance nothing can fail here; a tree that cannot be walked shows nothing.
        guard let watcher = try? DropFolderWatcher.forOneWalk(of: configuration.watchedTrees, logger: silent) else {
            return ([], [])
        }
        let policies = configuration.policies(isFollowing: false)
        var (seen, mirrors): ([(OriginalLocation, FileIdentity)], Set<FilePath>) = ([], [])
        async let walked: Void = watcher.walkOnce()
        for await batch in watcher.events {
            for event in batch {
                switch event {
                case .seen(let location, let identity): seen.append((location, identity))
                case .dropFolder(let folder, let root):
                    guard let layout = policies.policy(containing: root)?.layout else { continue }
                    mirrors.insert(layout.mirror(ofDropFolder: folder))
                case .gone, .scanned, .walked: break
                }
            }
        }
        await walked
        return (seen, mirrors)
    }

    private static func isOld(_ identity: FileIdentity) -> Bool {
        let age = Date.now.timeIntervalSince1970 - Double(identity.changedNanoseconds) / 1e9
        return age > Double(youth.components.seconds)
    }

    /// Without those that lie in another of them.
    private static func outermost(_ directories: Set<FilePath>) -> [FilePath] {
        var kept: [FilePath] = []
        for directory in directories.sorted(by: { $0.nameList.count < $1.nameList.count })
        where !kept.contains(where: { directory.names(below: $0) != nil }) {
            kept.append(directory)
        }
        return kept.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
    }

    private func examineMirror(_ directory: FilePath, _ rows: KnownFiles) async throws(StoreError) -> [Diagnosis] {
        let files = await proxies.files(below: directory) { name in
            name.hasPrefix(ProxyNaming.temporaryPrefix) || name.hasSuffix(".json")
        }
        let running = try await catalog.runningJobs()
        var found: [Diagnosis] = []
        for file in files {
            if file.path.fileName?.hasPrefix(ProxyNaming.temporaryPrefix) ?? false {
                if !Doctor.isLive(file.path, running) { found.append(stray(file.path)) }
            } else if !rows.sidecars.contains(file.path) {
                found += try await examineOrphan(file.path, rows)
            }
        }
        return found
    }

    // MARK: Temporary files

    private func stray(_ path: FilePath) -> Diagnosis {
        Diagnosis(
            .temporaryStray, path, "a temporary file of an attempt that is over",
            mending: .removeTemporary(path: PathText.encode(path.bytes)))
    }

    /// Whether a running attempt writes it. A sidecar's temporary file, named after its video, lives for an instant.
    static func isLive(_ path: FilePath, _ running: [String: (videoID: String, attempt: Int)]) -> Bool {
        let name = path.fileName?.text.dropFirst(ProxyNaming.temporaryPrefix.count) ?? ""
        guard let job = running[String(name.prefix(36))] else { return false }
        return name.dropFirst(36).hasPrefix("-\(job.attempt)-")
    }

    // MARK: Orphans

    /// A file that is named like a sidecar, and is no row's.
    private func examineOrphan(_ path: FilePath, _ rows: KnownFiles) async throws(StoreError) -> [Diagnosis] {
        // What cannot be read, or is no sidecar, is somebody else's file.
        guard case .sidecar(let fields)? = try? await sidecars.reading(at: path), !rows.moving.contains(fields.videoID)
        else { return [] }
        let isOurs = try await catalog.everKnew(videoID: fields.videoID)
        var found = [orphan(path, videoID: fields.videoID, isOurs: isOurs)]
        let proxy = fields.proxyPath.map { Doctor.place($0, seenFrom: path) }
        if let proxy, !rows.proxies.contains(proxy), await proxies.identity(at: proxy) != nil {
            found.append(
                Diagnosis(
                    .proxyOrphan, proxy, videoID: fields.videoID,
                    "a sidecar without a row names it as its proxy, and no row does",
                    remedy: "remove it by hand if nobody needs it"))
        }
        return found
    }

    /// Where a sidecar's relative path leads.
    private static func place(_ text: String, seenFrom sidecar: FilePath) -> FilePath {
        sidecar.removingLastComponent().pushing(FilePath(bytes: PathText.decode(text))).lexicallyNormalized()
    }

    private func orphan(_ path: FilePath, videoID: String, isOurs: Bool) -> Diagnosis {
        guard isOurs else {
            return Diagnosis(
                .sidecarOrphan, path, videoID: videoID,
                "a sidecar of a video that this database never had: of another state directory, or of a lost one",
                remedy: "remove it by hand if nobody needs it")
        }
        return Diagnosis(
            .sidecarOrphan, path, videoID: videoID, "a sidecar of a video that lies elsewhere, or is forgotten",
            mending: .removeSidecar(videoID: videoID, path: PathText.encode(path.bytes)))
    }

    // MARK: Again

    /// Whether another look finds the same; of findings that are not about one video's row.
    func isStillSo(_ diagnosis: Diagnosis) async throws(StoreError) -> Bool {
        switch diagnosis.ailment {
        case .originalWithoutRow:
            guard let path = diagnosis.path else { return false }
            let isThere = FileManager.default.fileExists(atPath: path.string)
            return try await catalog.video(at: path) == nil && isThere
        case .temporaryStray:
            guard let path = diagnosis.path, await proxies.identity(at: path) != nil else { return false }
            return Doctor.isLive(path, try await catalog.runningJobs()) == false
        case .sidecarOrphan, .proxyOrphan:
            guard let path = diagnosis.path, let id = diagnosis.videoID else { return false }
            let record = try await catalog.record(ofVideo: id)
            return await proxies.identity(at: path) != nil && record?.sidecarPath != path
                && record?.published?.path != path && !(record?.isMoving ?? false)
        case .rowsContradict, .referenceBroken, .databaseDamaged, .leaseConflict, .leaseDead:
            return try await examineDatabase().contains { $0.isSame(as: diagnosis) }
        case .queueStuck: return try await !examineQueue().isEmpty
        default: return true
        }
    }
}
