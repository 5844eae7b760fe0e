import Domain
import FoundationEssentials
import JobRunner
import LocalSockets
import Logging
import ServiceLifecycle
import SystemPackage
import Systemd
import UnixSignals

extension Engine {
    /// Runs the daemon until SIGTERM or SIGINT.
    public static func serve(_ options: Options) async throws(DaemonError) {
        let configuration = options.configuration
        let hangups = await UnixSignalsSequence(trapping: .sighup)
        try requireRoots(in: configuration.watches)
        try requireOwners(of: configuration)
        try SealInspection.require(configuration.sandbox, logger: options.logger)
        let state = try StateDirectory.open(configuration.stateDirectory)
        await state.report(to: options.logger)
        try await requireMounts(of: configuration, knownTo: state.catalog)
        let engine = try Engine(catalog: state.catalog, options: options)
        do { try await engine.jobs.rescuer.rescue() } catch { throw DaemonError(.notAvailable, error.message) }
        let control = ControlService(
            listener: try listen(in: configuration.stateDirectory), commander: engine.commander, logger: options.logger,
            announce: {
                options.logger.notice(
                    "understudy started",
                    metadata: ["version": "\(Generator.version)", "roots": "\(configuration.rootList)"])
            })
        let manager = ServiceManager(environment: ProcessInfo.processInfo.environment)
        let reload = ReloadService(
            signals: hangups, read: options.reread, reloader: engine.reloader, manager: manager,
            logger: options.logger)
        var services: [any Service] = [engine.deliveries]
        services.append(ThriftService(gate: engine.jobs.gate))
        services += engine.services
        services += try engine.metrics(configuration, logger: options.logger)
        services += [control, reload]
        // The last one stops first: the manager hears of a stop when it begins.
        if let pulse = engine.pulse(manager, logger: options.logger) { services.append(pulse) }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services, gracefulShutdownSignals: [.sigterm, .sigint],
                logger: options.logger))
        do { try await group.run() } catch { throw DaemonError(.failed, "the daemon stopped: \(error)") }
        try state.close()
        options.logger.notice("understudy stopped")
    }

    private static func listen(in directory: FilePath) throws(DaemonError) -> SocketListener {
        let path = ControlSocket.path(inStateDirectory: directory)
        do {
            return try SocketListener.listen(
                at: path, mode: [.ownerReadWrite, .groupReadWrite])
        } catch {
            throw DaemonError(
                .notAvailable, "the control socket \(PathText.encode(path.bytes)) cannot be made: \(error)")
        }
    }
}

extension Configuration {
    /// For log lines.
    var rootList: String {
        watches.map { PrintableText.escaped(PathText.encode($0.root.bytes)) }.joined(separator: ", ")
    }
}
