import Catalog
import Domain
import DropFolders
import DurableFiles
import FoundationEssentials
import Logging
import Sidecars
import SystemPackage

/// Holds database, sidecars, proxies and originals against each other (`understudy doctor`). Reads only.
public struct Doctor: Sendable {
    /// What was looked at.
    public struct Extent: Sendable, Hashable {
        public var originals = 0
        public var proxies = 0
        public var sidecars = 0
    }

    let configuration: Configuration
    let catalog: Catalog
    let proxies: ProxyFolder
    let sidecars: SidecarFolder
    let originals = OriginalReader()
    /// Whether another process writes the database: what it has under way is no finding.
    let isDaemonRunning: Bool
    /// What the daemon says of itself; `nil` where none answers.
    let health: DaemonHealth?
    let reading: ContentReading

    /// An original that is younger than this need not have a row.
    static let youth = Duration.seconds(60)
    private static let page = 500
    private static let examinedAtOnce = 4

    init(
        _ configuration: Configuration, catalog: Catalog, isDaemonRunning: Bool, health: DaemonHealth?,
        reading: ContentReading
    ) {
        self.configuration = configuration
        self.catalog = catalog
        self.isDaemonRunning = isDaemonRunning
        self.health = health
        self.reading = reading
        let folders = configuration.outputFolders
        proxies = ProxyFolder(folders: folders)
        sidecars = SidecarFolder(generator: Generator.name, folders: folders)
    }

    /// Everything, once: with a daemon at work, some of it may be on its way to being right.
    func examine() async throws(StoreError) -> (found: [Diagnosis], extent: Extent) {
        var found = try await examineDatabase()
        // Nothing that a damaged database says can be held against anything.
        guard !found.contains(where: { $0.ailment == .databaseDamaged }) else { return (found, Extent()) }
        var (extent, rows) = (Extent(), KnownFiles())
        var last: FilePath?
        while true {
            let records = try await catalog.records(after: last, limit: Doctor.page)
            for record in records { rows.add(record, to: &extent) }
            found += await examine(records)
            guard records.count == Doctor.page else { break }
            last = records.last?.location.path
        }
        found += try await examineFolders(rows)
        found += try await examineQueue()
        return (condensed(found), extent)
    }

    /// Those findings that another look confirms.
    func confirm(_ found: [Diagnosis]) async throws(StoreError) -> [Diagnosis] {
        var again: [Diagnosis] = []
        var videos: [String: [Diagnosis]] = [:]
        for diagnosis in found {
            if diagnosis.ailment.isOfItsVideo, let id = diagnosis.videoID {
                if videos[id] == nil {
                    let record = try await catalog.record(ofVideo: id)
                    videos[id] = if let record { await examine(record) } else { [] }
                }
                again += videos[id]?.filter { $0.isSame(as: diagnosis) } ?? []
            } else if try await isStillSo(diagnosis) {
                again.append(diagnosis)
            }
        }
        return again
    }

    private func examine(_ records: [VideoRecord]) async -> [Diagnosis] {
        await withTaskGroup(of: (Int, [Diagnosis]).self) { group in
            var found: [(Int, [Diagnosis])] = []
            for (index, record) in records.enumerated() {
                if index >= Doctor.examinedAtOnce, let next = await group.next() { found.append(next) }
                group.addTask { (index, await examine(record)) }
            }
            for await next in group { found.append(next) }
            return found.sorted { $0.0 < $1.0 }.flatMap(\.1)
        }
    }

    /// One line in place of thousands, where a root's files are out of reach or held.
    private func condensed(_ found: [Diagnosis]) -> [Diagnosis] {
        var result: [Diagnosis] = []
        var counts: [FilePath: Int] = [:]
        for diagnosis in found {
            guard diagnosis.ailment == .outOfReach, let path = diagnosis.path else {
                if diagnosis.ailment == .originalMissing, let path = diagnosis.path, isHeld(path) { continue }
                result.append(diagnosis)
                continue
            }
            let root = configuration.watches.first { path.names(below: $0.root) != nil }?.root ?? path
            counts[root, default: 0] += 1
            if counts[root] == 1 {
                result.append(
                    Diagnosis(.outOfReach, root, diagnosis.message, remedy: "mount its file system, then ask again"))
            }
        }
        for (root, count) in heldRoots {
            let name = PathText.encode(root.bytes)
            result.append(
                Diagnosis(
                    .lossesHeld, root, "\(count) originals vanished at once: nothing is done about it",
                    remedy:
                        "bring them back; or, if that was meant, `understudy doctor --repair --accept-losses \(name)`"
                ))
        }
        return result
    }

    var heldRoots: [(FilePath, Int)] {
        (health?.heldRoots ?? [:]).sorted { $0.key < $1.key }.map {
            (FilePath(bytes: PathText.decode($0.key)), $0.value)
        }
    }

    func isHeld(_ path: FilePath) -> Bool { heldRoots.contains { path.names(below: $0.0) != nil } }
}

/// Paths that rows account for.
struct KnownFiles {
    var originals: Set<FilePath> = []
    var sidecars: Set<FilePath> = []
    var proxies: Set<FilePath> = []
    var destinations: Set<FilePath> = []
    /// Rows whose files still lie at a former place.
    var moving: Set<String> = []

    mutating func add(_ record: VideoRecord, to extent: inout Doctor.Extent) {
        originals.insert(record.location.path)
        destinations.insert(record.video.destination)
        if let path = record.sidecarPath { sidecars.insert(path) }
        if let path = record.published?.path { proxies.insert(path) }
        if record.isMoving { moving.insert(record.video.id) }
        extent.originals += 1
        extent.sidecars += 1
        if record.video.processingStatus == .completed { extent.proxies += 1 }
    }
}

extension Ailment {
    /// Whether an examination of the video's row finds it.
    var isOfItsVideo: Bool {
        switch self {
        case .proxyMissing, .proxyAltered, .proxyReplaced, .proxyElsewhere, .sidecarMissing, .sidecarBehind,
            .sidecarAhead, .sidecarDisagrees, .sidecarForeign, .sidecarTorn, .originalMissing, .originalReturned,
            .originalReplaced, .originalAltered:
            true
        default: false
        }
    }
}
