import Catalog
public import Domain
import JobRunner
import Logging
import ServiceLifecycle
import UnixSignals

/// What one pass came to.
public struct OnceSummary: Sendable {
    public var completed: [VideoSnapshot]
    public var failed: [VideoSnapshot]
    /// Jobs that could not be finished in this pass, because the destination's disk is full or a mount is gone.
    public var waiting: [VideoSnapshot]
    /// Originals that a writer holds: not complete, not processed.
    public var uploading: [OriginalLocation]
    /// Whether a signal ended the pass early.
    public var isInterrupted: Bool
}

extension Engine {
    /// Processes everything complete below the roots, then returns.
    public static func runOnce(_ options: Options) async throws(DaemonError) -> OnceSummary {
        try requireRoots(in: options.configuration.watches)
        try requireOwners(of: options.configuration)
        try SealInspection.require(options.configuration.sandbox, logger: options.logger)
        let state = try StateDirectory.open(options.configuration.stateDirectory)
        await state.report(to: options.logger)
        try await requireMounts(of: options.configuration, knownTo: state.catalog)
        let engine = try Engine(catalog: state.catalog, options: options)
        do { try await engine.jobs.rescuer.rescue() } catch { throw DaemonError(.notAvailable, error.message) }
        let pass = OncePass(
            store: state.catalog, intake: engine.jobs.intake, presence: engine.jobs.presence, custody: engine.custody,
            executor: engine.jobs.executor)
        var configurations = engine.services.map {
            ServiceGroupConfiguration.ServiceConfiguration(service: $0, successTerminationBehavior: .ignore)
        }
        configurations.append(
            .init(service: pass, successTerminationBehavior: .gracefullyShutdownGroup))
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: configurations, gracefulShutdownSignals: [.sigterm, .sigint], logger: options.logger))
        do { try await group.run() } catch { throw DaemonError(.failed, "the pass was ended: \(error)") }
        let summary = try await summarize(engine, pass, configuration: options.configuration)
        try state.close()
        return summary
    }

    private static func summarize(
        _ engine: Engine, _ pass: OncePass, configuration: Configuration
    ) async throws(DaemonError) -> OnceSummary {
        let videos: [VideoSnapshot]
        do { videos = try await engine.catalog.videos(matching: VideoQuery()) } catch {
            throw DaemonError(.failed, error.message)
        }
        let own = videos.filter { video in
            configuration.watches.contains { video.originalPath.names(below: $0.root) != nil }
        }
        return OnceSummary(
            completed: own.filter { $0.processingStatus == .completed },
            failed: own.filter { $0.processingStatus == .failed },
            waiting: own.filter { $0.processingStatus == .processing },
            uploading: await engine.jobs.intake.standing.busy, isInterrupted: pass.isInterrupted)
    }
}
