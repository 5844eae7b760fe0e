import Catalog
import Domain
import SystemPackage

// The database, held against itself.
extension Doctor {
    func examineDatabase() async throws(StoreError) -> [Diagnosis] {
        let restore = "restart the daemon, or stop it and run `understudy doctor --repair`: either restores a backup"
        var found = try await damages().map { Diagnosis(.databaseDamaged, nil, $0, remedy: restore) }
        guard found.isEmpty else { return found }
        found += try await catalog.brokenReferences().map {
            Diagnosis(.referenceBroken, nil, $0, remedy: "restore a backup of the database, and report this")
        }
        found += try await catalog.contradictions().map { contradiction in
            let job = contradiction.jobID.map { ", job \($0)" } ?? ""
            return Diagnosis(
                .rowsContradict, nil, videoID: contradiction.videoID,
                "video \(contradiction.videoID ?? "none")\(job): \(contradiction.problem)",
                remedy: "restore a backup of the database, and report this")
        }
        return found + (try await examineLeases())
    }

    private func damages() async throws(StoreError) -> [String] {
        do throws(StoreError) { return try await catalog.damages() } catch {
            guard error.code == .corrupt else { throw error }
            return [error.message]
        }
    }

    private func examineLeases() async throws(StoreError) -> [Diagnosis] {
        let running = try await catalog.runningJobs()
        let videos = Dictionary(grouping: running, by: \.value.videoID)
        var found = videos.filter { $0.value.count > 1 }.map { id, jobs in
            Diagnosis(
                .leaseConflict, nil, videoID: id, "\(jobs.count) jobs of video \(id) run at once",
                remedy: "restore a backup of the database, and report this")
        }
        guard !isDaemonRunning else { return found }
        for id in videos.keys.sorted() {
            let path = try await catalog.video(id: id)?.originalPath
            found.append(
                Diagnosis(
                    .leaseDead, path, videoID: id, "its job is running, but no daemon is: it died",
                    remedy: "start the daemon, or `understudy doctor --repair`", mending: .rescue))
        }
        return found
    }

    /// Jobs that could be claimed, and nobody claims them.
    func examineQueue() async throws(StoreError) -> [Diagnosis] {
        guard let health, health.firstScanDone, try await catalog.runningJobs().isEmpty else { return [] }
        let waiting = try await catalog.videos(matching: VideoQuery(status: .processing))
        // Behind one that waits for a disk or a mount, others of its folder wait too.
        guard waiting.allSatisfy({ [.worker, nil].contains($0.waitingFor) }),
            try await !catalog.claimableJobs(limit: 1).isEmpty
        else { return [] }
        return [
            Diagnosis(
                .queueStuck, nil, "\(waiting.count) jobs could run, and none does",
                remedy: "look at the daemon's log; restart it, and report this")
        ]
    }
}
