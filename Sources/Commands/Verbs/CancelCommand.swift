import ArgumentParser
import Daemon
import Domain
import SystemPackage

/// `understudy cancel`
struct CancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "End the queued or running jobs of originals.",
        discussion: "The original stays; `understudy retry` asks for its proxy again.")

    @OptionGroup var options: GlobalOptions

    @Argument(help: ArgumentHelp("Originals.", valueName: "FILE"))
    var files: [String]

    func run() async throws {
        try await report {
            let configuration = try options.readConfigurationIfAny()
            let paths = files.map { FilePath($0).absolute }
            let request = ControlRequest.cancel(paths: paths.map { PathText.encode($0.bytes) })
            switch try await StateWriter.carryOut(request, configuration: configuration) {
            case .cancelled(let outcomes): return say(outcomes, paths)
            case .refused(let reason): throw DaemonError(.failed, reason)
            default: throw DaemonError(.failed, "the daemon answered something else")
            }
        }
    }

    private func say(_ outcomes: [Bool], _ paths: [FilePath]) -> ExitStatus {
        var status = ExitStatus.success
        for (path, isCancelled) in zip(paths, outcomes) {
            let name = PrintableText.escaped(PathText.encode(path.bytes))
            if isCancelled {
                Terminal.write("cancelled  \(name)\n")
            } else {
                Terminal.complain("\(name) has no queued or running job")
                status = .failed
            }
        }
        return status
    }
}
