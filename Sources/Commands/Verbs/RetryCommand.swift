import ArgumentParser
import Daemon
import Domain
import SystemPackage

/// `understudy retry`
struct RetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Ask anew for the proxy of originals whose job has ended.",
        discussion: "A folder stands for all originals below it whose job has failed.")

    @OptionGroup var options: GlobalOptions

    @Argument(help: ArgumentHelp("Originals, or folders.", valueName: "FILE"))
    var files: [String] = []

    @Flag(help: "All that failed.")
    var failed = false

    func validate() throws {
        guard files.isEmpty == failed else { throw ValidationError("Name originals, or give --failed alone.") }
    }

    func run() async throws {
        try await report {
            let configuration = try options.readConfigurationIfAny()
            let paths = files.map { FilePath($0).absolute }
            let request: ControlRequest =
                failed ? .retryAllFailed : .retry(paths: paths.map { PathText.encode($0.bytes) })
            switch try await StateWriter.carryOut(request, configuration: configuration) {
            case .retried(let outcomes): return say(outcomes, paths)
            case .retriedAll(let count):
                Terminal.write("\(count) queued\n")
                return .success
            case .refused(let reason): throw DaemonError(.failed, reason)
            default: throw DaemonError(.failed, "the daemon answered something else")
            }
        }
    }

    private func say(_ outcomes: [RetryOutcome], _ paths: [FilePath]) -> ExitStatus {
        var status = ExitStatus.success
        for (path, outcome) in zip(paths, outcomes) {
            let name = PrintableText.escaped(PathText.encode(path.bytes))
            switch outcome {
            case .queued: Terminal.write("queued  \(name)\n")
            case .alreadyQueued: Terminal.write("already queued  \(name)\n")
            case .nothingFailed: Terminal.write("nothing has failed below  \(name)\n")
            case .notUploaded: Terminal.write("not uploaded yet; it will be queued by itself  \(name)\n")
            case .unknown:
                Terminal.complain("\(name) is not known; is it an original below a watched root?")
                status = .badInput
            }
        }
        return status
    }
}
