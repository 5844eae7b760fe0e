import ArgumentParser
import Catalog
import Daemon
import Domain
import SystemPackage

/// `understudy explain`
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Tell the story of one file: each rule, event, piece of evidence and decision.")

    @OptionGroup var options: GlobalOptions

    @Option(help: ArgumentHelp("Watch root, where no configuration names it (repeatable).", valueName: "DIR"))
    var root: [String] = []

    @Argument(help: ArgumentHelp("Any file.", valueName: "FILE"))
    var file: String

    @Flag(help: "As JSON.")
    var json = false

    func run() async throws {
        try await report {
            var configuration = try options.readConfigurationIfAny()
            configuration.watches += root.map { WatchSettings(root: FilePath($0).absolute) }
            let catalog = try StateReader.open(configuration.stateDirectory)
            let path = FilePath(file).absolute
            // `serve --root` runs without a configuration file: the rows tell its roots.
            if configuration.watches.isEmpty {
                let roots = Set(
                    try await catalog.originals(atOrBelow: "/", after: nil, limit: 10_000).map(\.location.root))
                configuration.watches = roots.map { WatchSettings(root: $0) }
            }
            let explanation = try await Explanation.tell(
                of: path, catalog: catalog, configuration: configuration,
                stateDirectory: configuration.stateDirectory)
            Terminal.write(json ? try explanation.json() + "\n" : explanation.text)
            return explanation.known ? .success : .badInput
        }
    }
}
