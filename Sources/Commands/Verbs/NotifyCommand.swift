import ArgumentParser
import Daemon
import Domain
import SystemPackage

/// `understudy notify`
struct NotifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "notify", abstract: "Tell the daemon that uploads are complete.",
        discussion: """
            For recorders and upload servers that know (MediaMTX, Motion, vsftpd and proftpd hooks). The word spares \
            the settle window; a file that somebody still writes, or whose container is cut short, waits all the same.
            """)

    @OptionGroup var options: GlobalOptions

    @Argument(help: ArgumentHelp("Originals.", valueName: "FILE"))
    var files: [String]

    func run() async throws {
        try await report {
            let directory = try options.readConfigurationIfAny().stateDirectory
            let paths = files.map { FilePath($0).absolute }
            let request = ControlRequest.notify(paths: paths.map { PathText.encode($0.bytes) })
            switch try ControlSocket.ask(request, stateDirectory: directory) {
            case nil: throw DaemonError(.notAvailable, "no daemon runs; its next scan finds the files by itself")
            case .notified(let outcomes)?: return say(outcomes, paths)
            case .refused(let reason)?: throw DaemonError(.failed, reason)
            default: throw DaemonError(.failed, "the daemon answered something else")
            }
        }
    }

    private func say(_ outcomes: [Bool], _ paths: [FilePath]) -> ExitStatus {
        var status = ExitStatus.success
        for (path, isTaken) in zip(paths, outcomes) where !isTaken {
            let name = PrintableText.escaped(PathText.encode(path.bytes))
            Terminal.complain("\(name) is not an original; `understudy explain` says why")
            status = .badInput
        }
        return status
    }
}
