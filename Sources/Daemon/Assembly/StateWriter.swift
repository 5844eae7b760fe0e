import Domain
import JobRunner
import Logging
import Sidecars
import SystemPackage

/// Carries out changes that a person asks for: by the running daemon, or on the database itself, under its lock, while
/// none runs.
public enum StateWriter {
    public static func carryOut(
        _ request: ControlRequest, configuration: Configuration
    ) async throws -> ControlReply {
        let directory = configuration.stateDirectory
        if let reply = try ControlSocket.ask(request, stateDirectory: directory) { return reply }
        _ = try StateReader.open(directory)  // Says what is missing, instead of creating an empty database.
        let state = try StateDirectory.open(directory)
        let commander = Commander(
            store: state.catalog, policies: configuration.policies(isFollowing: true), board: ProgressBoard(),
            withdraw: { _ in },
            onChange: {})
        let reply = await commander.carryOut(request)
        let sidecars = SidecarService(
            store: state.catalog,
            sidecars: SidecarFolder(generator: Generator.name, folders: configuration.outputFolders),
            board: ProgressBoard(), bell: Doorbell(), logger: Logger(label: "understudy"))
        await sidecars.catchUp()
        try state.close()
        return reply
    }
}
