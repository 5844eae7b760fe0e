import Domain
import DropFolders
import DurableFiles
import FoundationEssentials
import JobRunner
import Logging

/// Brings another configuration into a running daemon, or leaves everything as it is.
struct Reloader: Sendable {
    let current: CurrentConfiguration
    let jobs: JobServices
    let upkeep: UpkeepService
    let watcher: WatcherService
    let policies: WatchPolicies
    let folders: OutputFolders
    let deliveries: DeliveryService
    let logger: Logger

    /// Takes over what can be taken over. Running jobs go on with the settings that they were queued with.
    func take(_ new: Configuration) async throws(DaemonError) {
        let old = current.value
        let added = new.watches.filter { watch in !old.watches.contains { $0.root == watch.root } }
        try Engine.requireRoots(in: added)
        try Engine.requireOwners(of: new)
        let change = ConfigurationChange(from: old, to: new)
        let merged = ConfigurationChange.merged(new, keepingStartingValuesOf: old)
        current.value = merged
        // Whoever writes or decides knows a new root before the watcher tells of it.
        policies.replace(with: merged.watchPolicies(isFollowing: true))
        folders.replace(with: merged.outputFolders)
        jobs.executor.apply(merged.limits)
        await upkeep.keepHistory(for: merged.keepHistory)
        await jobs.presence.keepHistory(for: merged.keepHistory)
        await watcher.follower.replaceTrees(with: merged.watchedTrees)
        await jobs.intake.letGoOfFormerRoots()
        await deliveries.announce()
        tell(change, merged)
    }

    private func tell(_ change: ConfigurationChange, _ configuration: Configuration) {
        logger.notice(
            "configuration reloaded",
            metadata: [
                "changed": "\(change.applied.isEmpty ? "nothing" : change.applied.joined(separator: ", "))",
                "roots": "\(configuration.rootList)",
            ])
        guard !change.waiting.isEmpty else { return }
        logger.warning(
            "these keys take effect at the next start",
            metadata: [
                "keys": "\(change.waiting.joined(separator: ", "))", "remedy": "systemctl restart understudy",
            ])
    }
}

extension Configuration {
    /// What the executor may do.
    var limits: ExecutorService.Limits {
        ExecutorService.Limits(
            slots: workers ?? ProcessInfo.processInfo.activeProcessorCount, minFreeBytes: minFreeBytes,
            schedule: schedule)
    }
}
