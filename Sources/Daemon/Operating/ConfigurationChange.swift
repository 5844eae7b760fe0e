import Domain

/// What differs between two configurations, in the words of the file. Pure.
struct ConfigurationChange: Sendable, Hashable {
    /// Keys and tables that a running daemon takes over.
    let applied: [String]
    /// Keys that count from the next start on; the daemon goes on with their old values.
    let waiting: [String]

    init(from old: Configuration, to new: Configuration) {
        func differs(_ key: String, _ part: (Configuration) -> some Equatable) -> String? {
            part(old) == part(new) ? nil : key
        }
        waiting = [
            differs("daemon.state_dir", \.stateDirectory), differs("daemon.sandbox", \.sandbox),
            differs("daemon.spare_workers", \.spareWorkers), differs("daemon.metrics_file", \.metricsFile),
            differs("daemon.metrics_listen", \.metricsListen),
        ].compactMap { $0 }
        applied = [
            differs("daemon.workers", \.workers), differs("daemon.min_free_space", \.minFreeBytes),
            differs("daemon.keep_history", \.keepHistory), differs("daemon.schedule", \.schedule),
            differs("watch", \.watches), differs("presets", \.presets), differs("hooks", \.hooks),
        ].compactMap { $0 }
    }

    /// The new configuration, with the old values of what must wait.
    static func merged(_ new: Configuration, keepingStartingValuesOf old: Configuration) -> Configuration {
        var merged = new
        merged.stateDirectory = old.stateDirectory
        merged.sandbox = old.sandbox
        merged.spareWorkers = old.spareWorkers
        merged.metricsFile = old.metricsFile
        merged.metricsListen = old.metricsListen
        return merged
    }
}
