import ArgumentParser
import Daemon
import Domain
import SystemPackage
import WorkerProtocol

/// `understudy probe`
struct ProbeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "probe", abstract: "Say what a file's container says, and whether it is whole.")

    @OptionGroup var options: GlobalOptions
    @OptionGroup var log: LogOptions

    @Argument(help: ArgumentHelp("Any file.", valueName: "FILE"))
    var file: String

    @Flag(help: "As JSON.")
    var json = false

    func run() async throws {
        try await report {
            let report = try await FileProbe.look(
                at: FilePath(file).absolute, worker: WorkerProgram.find(), sandbox: sandbox(),
                logger: log.makeLogger(defaultLevel: .error))
            Terminal.write(json ? try report.json() + "\n" : report.text)
            return report.failure == nil ? .success : .badInput
        }
    }

    /// A probe needs no configuration, but goes by it where there is one.
    private func sandbox() throws(ConfigurationError) -> SandboxPolicy {
        try options.readConfigurationIfAny().sandbox
    }
}
