import Domain
import JobRunner
import Logging
import ServiceLifecycle
import Systemd
import UnixSignals

/// Reads the configuration anew at each SIGHUP. One that cannot be used changes nothing.
struct ReloadService: Service {
    /// Trapped before anything else was begun: a signal that comes early must not end the daemon.
    let signals: UnixSignalsSequence
    /// `nil` where the daemon runs without a configuration file.
    let read: (@Sendable () throws(ConfigurationError) -> Configuration)?
    let reloader: Reloader
    let manager: ServiceManager?
    let logger: Logger

    func run() async {
        await cancelWhenGracefulShutdown {
            for await _ in self.signals { await self.reload() }
        }
    }

    private func reload() async {
        tell([.reloading])
        defer { tell([.ready]) }
        guard let read else {
            return logger.warning("nothing to reload: the daemon was started with --root, without a configuration file")
        }
        do {
            try await reloader.take(try read())
        } catch let error as ConfigurationError {
            refuse(error.metadata)
        } catch {
            refuse(["reason": "\(PrintableText.escaped("\(error)"))"])
        }
    }

    private func refuse(_ metadata: Logger.Metadata) {
        logger.error("new configuration refused, the old one stays", metadata: metadata)
    }

    private func tell(_ assignments: [ServiceManager.Assignment]) {
        guard let manager else { return }
        do { try manager.tell(assignments) } catch {
            logger.warning("service manager not reached", metadata: ["reason": "\(error)"])
        }
    }
}

extension ConfigurationError {
    fileprivate var metadata: Logger.Metadata {
        var metadata: Logger.Metadata = ["file": .name(file), "reason": "\(PrintableText.escaped(problem))"]
        if let line { metadata["line"] = "\(line)" }
        if let key { metadata["key"] = "\(PrintableText.escaped(key))" }
        return metadata
    }
}
