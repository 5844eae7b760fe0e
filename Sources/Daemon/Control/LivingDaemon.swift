import Catalog
import Domain
import DropFolders
import JobRunner
import SystemPackage

/// The running services, as far as a person may ask them.
public struct LivingDaemon: Sendable {
    private let watcher: WatcherService
    let intake: IntakeService
    let presence: PresenceService

    private let catalog: Catalog
    private let stateDirectory: FilePath
    private let jobs: JobServices
    private let proxies: any ProxyFiles

    init(
        watcher: WatcherService, jobs: JobServices, proxies: any ProxyFiles, catalog: Catalog, stateDirectory: FilePath
    ) {
        self.jobs = jobs
        self.proxies = proxies
        self.catalog = catalog
        self.stateDirectory = stateDirectory
        self.watcher = watcher
        intake = jobs.intake
        presence = jobs.presence
    }

    var health: DaemonHealth {
        get async {
            DaemonHealth(
                watcher.health, await intake.standing, await presence.standing,
                DatabaseHealth(of: catalog, in: stateDirectory), work: await work)
        }
    }

    /// What the daemon is doing.
    private var work: DaemonHealth.Work {
        get async {
            let configuration = watcher.configuration.value
            var spaces: [DestinationSpace] = []
            for directory in Set(configuration.watches.map { $0.proxyRoot ?? $0.root }) {
                spaces.append(
                    DestinationSpace(
                        directory: PathText.encode(directory.bytes),
                        freeBytes: await proxies.availableBytes(at: directory), leastBytes: configuration.minFreeBytes))
            }
            return DaemonHealth.Work(
                slots: jobs.executor.slots, running: RunningJob.all(on: jobs.board),
                spaces: spaces.sorted { $0.directory < $1.directory })
        }
    }

    /// Whether the rules take a file: nobody may make an original of a temporary one by word of mouth.
    func takes(_ path: FilePath) -> Bool {
        FileStanding(of: path, watches: watcher.watches).isInput
    }
}

/// How well the daemon sees, and what it works off: for `status` and `check`.
public struct DaemonHealth: Sendable, Hashable, Codable {
    public var watches: Int
    /// What the kernel allows this user, over all programs.
    public var watchesAllowed: Int?
    /// The command that raises that.
    public var watchesRemedy: String?
    public var overflows: Int
    public var directoriesWithoutWatch: Int
    public var polledDirectories: Int
    /// The same by root.
    public var polledTrees: [String: Int]
    public var unreadableDirectories: Int
    public var missingRoots: [String]
    public var scanning: Bool
    public var firstScanDone: Bool
    public var secondsSinceLastEvent: Int?
    /// Uploads that are being followed: held by a settle window, or by a writer.
    public var settling: Int
    public var busy: Int
    /// Whether events wait to be recorded, or renames and losses to be found out.
    public var backlog: Bool
    public var directoriesToRead: Int
    public var eventsToRecord: Int
    /// Proved uploads.
    public var uploadsToRecord: Int
    /// Roots of which so much vanished at once that nothing is done about it, with the number of originals.
    public var heldRoots: [String: Int]
    /// Roots with originals that are out of reach, with their number.
    public var unreachable: [String: Int]
    public var database: DatabaseHealth
    public var work: Work

    public struct Work: Sendable, Hashable, Codable {
        /// Jobs that may run at once.
        public var slots: Int
        public var running: [RunningJob]
        public var spaces: [DestinationSpace]
    }

    init(
        _ watcher: WatcherHealth, _ intake: IntakeService.Standing, _ presence: PresenceService.Standing,
        _ database: DatabaseHealth, work: Work
    ) {
        self.database = database
        self.work = work
        watches = watcher.watches
        watchesAllowed = watcher.limit?.allowed
        watchesRemedy = watcher.limit?.remedy
        overflows = watcher.overflows
        directoriesWithoutWatch = watcher.directoriesWithoutWatch
        polledDirectories = watcher.polledDirectories
        polledTrees = DaemonHealth.named(watcher.polledTrees)
        unreadableDirectories = watcher.unreadableDirectories
        missingRoots = watcher.missingRoots.map { PathText.encode($0.bytes) }
        scanning = watcher.isScanning
        firstScanDone = intake.isScanned
        secondsSinceLastEvent = watcher.sinceLastEvent.map { Int($0.components.seconds) }
        settling = intake.settling
        busy = intake.busy.count
        backlog = intake.isRecording || presence.isBusy
        directoriesToRead = watcher.waitingDirectories
        eventsToRecord = intake.waitingEvents
        uploadsToRecord = intake.waitingUploads
        heldRoots = DaemonHealth.named(presence.held)
        unreachable = DaemonHealth.named(presence.unreachable)
    }

    public var following: Int { settling + busy }

    /// What waits, in words, for `status` and `check`.
    public var backlogInWords: String {
        let parts = [
            directoriesToRead > 0 ? "\(directoriesToRead) directories to read" : scanning ? "a walk is under way" : nil,
            eventsToRecord > 0 ? "\(eventsToRecord) events to record" : nil,
            uploadsToRecord > 0 ? "\(uploadsToRecord) proved uploads to record" : nil,
        ].compactMap { $0 }
        guard parts.isEmpty else { return parts.joined(separator: ", ") }
        return backlog ? "renames or losses are being looked into" : "none"
    }

    public var lastEventInWords: String { secondsSinceLastEvent.map { "\($0) s ago" } ?? "none yet" }

    private static func named(_ counts: [FilePath: Int]) -> [String: Int] {
        Dictionary(counts.map { (PathText.encode($0.key.bytes), $0.value) }) { first, _ in first }
    }

    private enum CodingKeys: String, CodingKey {
        case watches, overflows, scanning, settling, busy, backlog, unreachable, database, work
        case watchesAllowed = "watches_allowed"
        case directoriesWithoutWatch = "directories_without_watch"
        case polledDirectories = "polled_directories"
        case polledTrees = "polled_trees"
        case watchesRemedy = "watches_remedy"
        case directoriesToRead = "directories_to_read"
        case eventsToRecord = "events_to_record"
        case uploadsToRecord = "uploads_to_record"
        case unreadableDirectories = "unreadable_directories"
        case missingRoots = "missing_roots"
        case firstScanDone = "first_scan_done"
        case secondsSinceLastEvent = "seconds_since_last_event"
        case heldRoots = "held_roots"
    }
}
