import Domain
import JobRunner
import LocalSockets
import Logging
import ServiceLifecycle
import Systemd

// What the outside is told while the daemon runs.
extension Engine {
    /// Speaks with the service manager; `nil` where none listens.
    func pulse(_ manager: ServiceManager?, logger: Logger) -> PulseService? {
        manager.map { manager in
            PulseService(
                manager: manager, vitals: vitals, watcher: watcher, intake: jobs.intake, catalog: catalog,
                gate: jobs.gate, logger: logger)
        }
    }

    /// The file and the endpoint of metrics, as far as they are configured.
    ///
    /// - Throws: `notAvailable` where the address is taken.
    func metrics(_ configuration: Configuration, logger: Logger) throws(DaemonError) -> [any Service] {
        guard configuration.metricsFile != nil || configuration.metricsListen != nil else { return [] }
        let source = MetricsSource(vitals: vitals, living: living, catalog: catalog, counters: counters)
        var services: [any Service] = []
        if let file = configuration.metricsFile {
            services.append(MetricsFileService(file: file, source: source, logger: logger))
        }
        if let address = configuration.metricsListen {
            do throws(SocketError) {
                let listener = try HTTPListener.listen(at: address)
                services.append(MetricsEndpoint(listener: listener, source: source, logger: logger))
            } catch {
                throw DaemonError(
                    .notAvailable, "metrics cannot be served on \(address) (\(error)); choose another metrics_listen")
            }
        }
        return services
    }

    private var vitals: Vitals { Vitals(watcher: watcher, executor: jobs.executor, catalog: catalog) }
}
