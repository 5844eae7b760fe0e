import DropFolders
import Logging
import ServiceLifecycle

/// Runs the watcher as a service: one walk, or a walk and then changes.
struct WatcherService: Service {
    private let watcher: DropFolderWatcher
    private let isFollowing: Bool
    let configuration: CurrentConfiguration
    /// The configuration's entries.
    var watches: [WatchSettings] { configuration.value.watches }

    init(configuration: CurrentConfiguration, isFollowing: Bool, logger: Logger) throws(DaemonError) {
        let trees = configuration.value.watchedTrees
        self.isFollowing = isFollowing
        self.configuration = configuration
        do {
            watcher =
                try isFollowing
                ? DropFolderWatcher(trees: trees, logger: logger)
                : DropFolderWatcher.forOneWalk(of: trees, logger: logger)
        } catch {
            throw DaemonError(.notAvailable, "cannot watch for changes: \(error)")
        }
    }

    var follower: DropFolderWatcher { watcher }
    var events: DropFolderBatches { watcher.events }
    var health: WatcherHealth { watcher.health() }

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            if isFollowing { try await watcher.run() } else { await watcher.walkOnce() }
        }
    }
}
