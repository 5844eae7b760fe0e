public import ArgumentParser
import Daemon

/// The command line: `understudy VERB`.
public struct UnderstudyCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "understudy",
        abstract: "Makes a light stand-in (a proxy) for each camera recording that lands in an original/ directory.",
        discussion: """
            Exit codes: 0 success; 1 something failed; 64 usage; 65 bad input; 69 not available; 75 try again later; \
            78 bad configuration.
            """,
        version: Generator.version,
        subcommands: [
            ServeCommand.self, OnceCommand.self, ListCommand.self, StatusCommand.self, RetryCommand.self,
            CancelCommand.self, PauseCommand.self, ResumeCommand.self, NotifyCommand.self, ExplainCommand.self,
            ProbeCommand.self, CheckCommand.self, ConfigCommand.self, DoctorCommand.self,
        ]
    )

    public init() {}
}
