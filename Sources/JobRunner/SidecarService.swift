public import Domain
public import Logging
public import ServiceLifecycle

/// Keeps sidecars up with their rows: after each change of a row, and at most once a second while a job runs.
///
/// A sidecar is never ahead of the database: it is made from a committed row, and only then is its revision recorded.
/// What a crash leaves behind is behind, and written at the next start.
public actor SidecarService: Service {
    private let store: any VideoStore
    private let sidecars: any SidecarFiles
    private let board: ProgressBoard
    private let bell: Doorbell
    /// Open once the first scan is done; `nil` where there is none.
    private let gate: StartGate?
    private let logger: Logger
    private let patience: StorePatience
    private let time: Stopwatch

    /// By video: how often writing failed in a row, and when to try again.
    private var troubles: [String: (count: Int, next: Duration)] = [:]
    /// By job: the report whose progress was last written, and when.
    private var shownReports: [String: (report: Int, at: Duration)] = [:]

    private var isWriting = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    private static let batch = 256
    private static let parallelWrites = 4
    private static let progressInterval = Duration.seconds(1)
    /// Between two batches during the first scan: most uploads are proved complete within it, so that their sidecar is
    /// written once, and the scan of a large tree is not held up by its sidecars.
    private static let pauseDuringScan = Duration.seconds(1)

    public init(
        store: any VideoStore, sidecars: any SidecarFiles, board: ProgressBoard, bell: Doorbell,
        gate: StartGate? = nil, logger: Logger, clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.store = store
        self.sidecars = sidecars
        self.board = board
        self.bell = bell
        self.gate = gate
        self.logger = logger
        time = Stopwatch(clock)
        patience = StorePatience(logger: logger, time: time)
    }

    public func run() async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await self.pauseWhileScanning()
                let isBehind = await self.publishStale()
                await self.publishProgress()
                guard !isBehind else { continue }
                await self.bell.wait(atMost: self.nap, clock: self.time.clock)
            }
        }
        await catchUp()
    }

    private func pauseWhileScanning() async {
        guard let gate else { return }
        let end = time.now + SidecarService.pauseDuringScan
        while !gate.isOpen, time.now < end, !Task.isCancelled {
            // Cancelled: `catchUp` writes the rest.
            try? await time.sleep(for: .milliseconds(20))
        }
    }

    /// Writes whatever is behind, once: for the end of the daemon, when nothing changes any more, and for changes that are
    /// made while no daemon runs.
    public func catchUp() async {
        // The last chance of this run: what failed a moment ago is tried once more.
        troubles = [:]
        while await publishStale() {}
    }

    /// Returns when no sidecar is being written any more of which the row was read before the call.
    public func settle() async {
        guard isWriting else { return }
        await withCheckedContinuation { waiting.append($0) }
    }

    private func endWriting() {
        isWriting = false
        for one in waiting { one.resume() }
        waiting = []
    }

    private var nap: Duration? {
        if !board.all.isEmpty { return SidecarService.progressInterval }
        return troubles.isEmpty ? nil : .seconds(5)
    }

    /// - Returns: whether more than one batch waited.
    private func publishStale() async -> Bool {
        isWriting = true
        defer { endWriting() }
        let store = store
        let limit = SidecarService.batch + troubles.count
        let stale = await patience.persist("read stale sidecars") { () throws(StoreError) in
            try await store.videosWithStaleSidecars(limit: limit)
        }
        let now = time.now
        let due = (stale ?? []).filter { (troubles[$0.id]?.next ?? now) <= now }
        let written = await write(due)
        guard !written.isEmpty else { return false }
        // One transaction for all: each waits for the disk.
        let isRecorded: Void? = await patience.persist("record sidecars") { () throws(StoreError) in
            try await store.recordSidecarsWritten(written)
        }
        return isRecorded != nil && written.count >= SidecarService.batch
    }

    /// - Returns: the revisions that were written, by video.
    private func write(_ videos: [VideoSnapshot]) async -> [String: Int] {
        var written: [String: Int] = [:]
        await withTaskGroup(of: VideoSnapshot?.self) { group in
            for (index, video) in videos.enumerated() {
                if index >= SidecarService.parallelWrites, let done = await group.next() ?? nil {
                    written[done.id] = done.revision
                }
                group.addTask { await self.publish(video) ? video : nil }
            }
            for await case let done? in group { written[done.id] = done.revision }
        }
        return written
    }

    private func publish(_ video: VideoSnapshot) async -> Bool {
        let progress = video.job.flatMap { $0.status == .running ? board.progress(ofJob: $0.id) : nil }
        return await write(video, progress: progress, updatedAt: video.updatedAt)
    }

    private func publishProgress() async {
        isWriting = true
        defer { endWriting() }
        let running = board.all
        shownReports = shownReports.filter { running[$0.key] != nil }
        for (jobID, entry) in running {
            guard let progress = entry.progress, isNews(entry, ofJob: jobID) else { continue }
            let store = store
            let row = await patience.persist("read a running video") { () throws(StoreError) in
                try await (store.video(id: entry.videoID), store.now())
            }
            guard let row, let video = row.0, video.job?.id == jobID, video.job?.status == .running else { continue }
            shownReports[jobID] = (entry.reports, time.now)
            _ = await write(video, progress: progress, updatedAt: row.1)
        }
    }

    private func isNews(_ entry: ProgressBoard.Entry, ofJob jobID: String) -> Bool {
        guard let shown = shownReports[jobID] else { return true }
        return shown.report != entry.reports && shown.at + SidecarService.progressInterval <= time.now
    }

    private func write(_ video: VideoSnapshot, progress: JobProgress?, updatedAt: String) async -> Bool {
        do throws(Failure) {
            try await sidecars.publish(video, progress: progress, updatedAt: updatedAt)
            troubles[video.id] = nil
            return true
        } catch {
            // Both the original and the folder around it are gone: there is no place, and no reader.
            if error.code == .mountMissing, video.originalMissingSince != nil { return true }
            let count = (troubles[video.id]?.count ?? 0) + 1
            troubles[video.id] = (count, time.now + min(.seconds(5) * count, .seconds(60)))
            // Said once for each stretch of trouble: the same line every few seconds would hide the others.
            if count == 1 {
                let metadata = Logger.Metadata.original(video.originalPath).adding(.failure(error))
                logger.warning("sidecar not written, trying again", metadata: metadata)
            }
            return false
        }
    }
}
