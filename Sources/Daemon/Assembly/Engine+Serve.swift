import Domain
import FoundationEssentials
import JobRunner
import LocalSockets
import Logging
import ServiceLifecycle
import SystemPackage
import UnixSignals

extension Engine {
    /// Runs the daemon until SIGTERM or SIGINT.
    public static func serve(_ options: Options) async throws(DaemonError) {
        let configuration = options.configuration
        try requireRoots(of: configuration)
        let state = try StateDirectory.open(configuration.stateDirectory)
        await state.report(to: options.logger)
        let engine = try Engine(catalog: state.catalog, options: options)
        do { try await engine.jobs.rescuer.rescue() } catch { throw DaemonError(.notAvailable, error.message) }
        let control = ControlService(
            listener: try listen(in: configuration.stateDirectory), commander: engine.commander, logger: options.logger)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: engine.services + [control], gracefulShutdownSignals: [.sigterm, .sigint],
                logger: options.logger))
        options.logger.notice(
            "understudy started",
            metadata: ["version": "\(Generator.version)", "roots": "\(configuration.rootList)"])
        do { try await group.run() } catch { throw DaemonError(.failed, "the daemon stopped: \(error)") }
        try state.close()
        options.logger.notice("understudy stopped")
    }

    /// A root that is not there is more likely not mounted than gone: nothing starts, nothing is changed.
    static func requireRoots(of configuration: Configuration) throws(DaemonError) {
        for watch in configuration.watches {
            var isDirectory = false
            guard FileManager.default.fileExists(atPath: watch.root.string, isDirectory: &isDirectory) else {
                throw DaemonError(
                    .tryLater, "the root \(PathText.encode(watch.root.bytes)) is not there; is it mounted?")
            }
            guard isDirectory else {
                throw DaemonError(.badInput, "the root \(PathText.encode(watch.root.bytes)) is not a directory")
            }
        }
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
