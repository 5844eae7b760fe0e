import Catalog
import Domain
import DropFolders
import FoundationEssentials
import JobRunner

/// Gathers what monitoring is told.
actor MetricsSource {
    private let vitals: Vitals
    private let living: LivingDaemon
    private let catalog: Catalog
    private let counters: JobCounters
    private let start = Date.now

    /// What was counted last, and at which state of the database.
    private var changes: Int?
    private var tally = Tally(uploads: [:], videos: [:], jobs: [:], failures: [:])
    private var outlook = QueueOutlook(queuedJobs: 0, queuedBytes: 0, waiting: [:], recentBytes: 0, recentSeconds: 0)

    init(vitals: Vitals, living: LivingDaemon, catalog: Catalog, counters: JobCounters) {
        self.vitals = vitals
        self.living = living
        self.catalog = catalog
        self.counters = counters
    }

    /// All metrics as they are now.
    func text() async -> String {
        vitals.pokeDatabase()
        await count()
        let health = await living.health
        var document = MetricsDocument()
        document.add("build_info", .gauge, "The running version.", [([("version", Generator.version)], 1)])
        document.add("start_time_seconds", .gauge, "When the daemon was started.", start.timeIntervalSince1970)
        addQueue(to: &document)
        addAttempts(to: &document)
        addWatching(health, to: &document)
        addRoom(health, to: &document)
        return document.text
    }

    /// Counts rows, where any has changed since.
    private func count() async {
        let changes = vitals.changes
        guard self.changes != changes else { return }
        do throws(StoreError) {
            tally = try await catalog.tally()
            outlook = try await catalog.outlook()
            self.changes = changes
        } catch {
            // The former numbers stand; `database_writable` tells of the trouble, and the next look counts again.
            return
        }
    }

    private func addQueue(to document: inout MetricsDocument) {
        func named<Key: RawRepresentable<String> & CaseIterable & Hashable>(_ counts: [Key: Int]) -> [String: Int] {
            Dictionary(uniqueKeysWithValues: Key.allCases.map { ($0.rawValue, counts[$0] ?? 0) })
        }
        document.add("jobs", .gauge, "Jobs on record by status.", by: "status", named(tally.jobs))
        document.add(
            "originals", .gauge, "Originals by what has become of them.", by: "processing_status", named(tally.videos))
        document.add("uploads", .gauge, "Originals by their upload.", by: "upload_status", named(tally.uploads))
        let failures = tally.failures.map { ($0.key.rawValue, $0.value) }
        document.add(
            "failed_originals", .gauge, "Originals that have failed, by code.", by: "code",
            Dictionary(uniqueKeysWithValues: failures))
        document.add("queue_bytes", .gauge, "Size of the originals that are queued.", Double(outlook.queuedBytes))
        document.add(
            "queue_waiting_jobs", .gauge, "Queued jobs that wait for more than their turn.", by: "reason",
            named(outlook.waiting))
    }

    private func addAttempts(to document: inout MetricsDocument) {
        let counts = counters.all
        document.add(
            "attempts_started_total", .counter, "Attempts that began since the start.", Double(counts.started))
        document.add(
            "attempts_ended_total", .counter, "Attempts by how they ended.", by: "result", counts.ended)
        document.add(
            "failures_total", .counter, "Originals that failed since the start, by code.", by: "code", counts.failures)
        document.add(
            "original_bytes_total", .counter, "Size of originals whose proxies were completed.",
            Double(counts.originalBytes))
        document.add("proxy_bytes_total", .counter, "Size of completed proxies.", Double(counts.proxyBytes))
        document.add("media_seconds_total", .counter, "Length of completed proxies.", counts.mediaSeconds)
    }

    private func addWatching(_ health: DaemonHealth, to document: inout MetricsDocument) {
        document.add("first_scan_done", .gauge, "Whether the first scan is done.", health.firstScanDone ? 1 : 0)
        document.add("watches", .gauge, "Directory watches that are set.", Double(health.watches))
        if let allowed = health.watchesAllowed {
            document.add("watches_allowed", .gauge, "Watches that the kernel allows the user.", Double(allowed))
        }
        document.add(
            "event_overflows_total", .counter, "How often the kernel dropped events.", Double(health.overflows))
        document.add("polled_directories", .gauge, "Directories that are polled.", Double(health.polledDirectories))
        document.add(
            "directories_without_watch", .gauge, "Directories polled for want of a watch.",
            Double(health.directoriesWithoutWatch))
        document.add(
            "unreadable_directories", .gauge, "Directories that may not be read.", Double(health.unreadableDirectories))
        document.add("missing_roots", .gauge, "Roots that are not there.", Double(health.missingRoots.count))
        document.add(
            "unreachable_originals", .gauge, "Originals out of reach.", by: "root", health.unreachable)
        document.add("followed_uploads", .gauge, "Uploads that are being followed.", Double(health.following))
        if let age = health.secondsSinceLastEvent {
            document.add(
                "last_event_timestamp_seconds", .gauge, "When the kernel told of the last change.",
                (Date.now.timeIntervalSince1970 - Double(age)).rounded())
        }
    }

    private func addRoom(_ health: DaemonHealth, to document: inout MetricsDocument) {
        document.add(
            "database_writable", .gauge, "Whether the database takes writes.", health.database.trouble == nil ? 1 : 0)
        document.add(
            "database_log_bytes", .gauge, "Size of the write-ahead log.", Double(health.database.logBytes))
        document.add("job_slots", .gauge, "Jobs that may run at once.", Double(health.work.slots))
        let known = health.work.spaces.compactMap { space in space.freeBytes.map { (space.directory, $0) } }
        document.add(
            "destination_free_bytes", .gauge, "Room for proxies.",
            known.map { ([("directory", $0.0)], Double($0.1)) })
        document.add(
            "destination_least_bytes", .gauge, "Room without which no job starts.",
            health.work.spaces.map { ([("directory", $0.directory)], Double($0.leastBytes)) })
    }
}
