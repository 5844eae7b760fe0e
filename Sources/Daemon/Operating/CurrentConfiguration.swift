import Synchronization

/// The configuration that the daemon runs with, which a reload replaces.
final class CurrentConfiguration: Sendable {
    private let held: Mutex<Configuration>

    init(_ configuration: Configuration) { held = Mutex(configuration) }

    var value: Configuration {
        get { held.withLock { $0 } }
        set { held.withLock { $0 = newValue } }
    }
}
