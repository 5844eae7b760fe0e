import ArgumentParser
import Daemon
import Domain
import JobRunner
import SystemPackage

/// `understudy serve`
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the daemon in the foreground.",
        discussion: "With --root it needs no configuration file.")

    @OptionGroup var options: GlobalOptions
    @OptionGroup var log: LogOptions

    @Option(help: ArgumentHelp("Watch this tree (repeatable); no configuration file is read.", valueName: "DIR"))
    var root: [String] = []

    func validate() throws {
        guard root.isEmpty || options.config == nil else {
            throw ValidationError("--root and --config exclude each other: roots stand in the configuration file.")
        }
    }

    func run() async throws {
        try await report {
            let reread: @Sendable () throws(ConfigurationError) -> Configuration = {
                [options] () throws(ConfigurationError) in
                try options.readConfiguration()
            }
            try await Engine.serve(
                Engine.Options(
                    configuration: resolved(), worker: WorkerProgram.find(), observer: SilentObserver(),
                    logger: log.makeLogger(defaultLevel: .info), isFollowing: true, retry: RetryPolicy(),
                    reread: root.isEmpty ? reread : nil))
            return .success
        }
    }

    private func resolved() throws(ConfigurationError) -> Configuration {
        guard !root.isEmpty else { return try options.readConfiguration() }
        var configuration = Configuration(watches: root.map { WatchSettings(root: FilePath($0).absolute) })
        if let stateDir = options.stateDir { configuration.stateDirectory = FilePath(stateDir).absolute }
        return configuration
    }
}
