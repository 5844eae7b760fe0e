import ArgumentParser
import Daemon
import Domain
import Foundation
import Logging
import SystemPackage
import Systemd

/// What every verb takes.
struct GlobalOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Configuration file (else $UNDERSTUDY_CONFIG, else /etc/understudy/understudy.toml).", valueName: "FILE"))
    var config: String?

    @Option(help: ArgumentHelp("Directory of the database, its lock and the control socket.", valueName: "DIR"))
    var stateDir: String?

    /// The file that a person named, by option or environment; `nil` where the default applies.
    var namedConfigurationFile: FilePath? {
        let name = config ?? ProcessInfo.processInfo.environment["UNDERSTUDY_CONFIG"]
        return name.map { FilePath($0).absolute }
    }

    /// The configuration: the named file, or the default one.
    func readConfiguration() throws(ConfigurationError) -> Configuration {
        var configuration = try ConfigurationReader.read(file: namedConfigurationFile ?? Configuration.defaultFile)
        if let stateDir { configuration.stateDirectory = FilePath(stateDir).absolute }
        return configuration
    }

    /// The configuration where there is one; with only a state directory named, none is needed.
    func readConfigurationIfAny() throws(ConfigurationError) -> Configuration {
        let isThere = FileManager.default.fileExists(atPath: Configuration.defaultFile.string)
        if namedConfigurationFile != nil || (stateDir == nil && isThere) { return try readConfiguration() }
        var configuration = Configuration(watches: [])
        if let stateDir { configuration.stateDirectory = FilePath(stateDir).absolute }
        return configuration
    }
}

/// How much the log says.
struct LogOptions: ParsableArguments {
    @Option(help: "Least severe log lines shown: debug, info, notice, warning or error.")
    var logLevel: LogLevel?

    /// The logger of a verb: to the journal, with fields, where standard error leads there; else to standard error.
    func makeLogger(defaultLevel: LogLevel) -> Logger {
        let level = (logLevel ?? defaultLevel).level
        let environment = ProcessInfo.processInfo.environment
        if let address = Journal.address, Journal.isConnected(2, environment: environment) {
            let journal = Journal(at: address)
            return Logger(label: "understudy") { _ in JournalLogHandler(level: level, journal: journal) }
        }
        return Logger(label: "understudy") { _ in StandardErrorLogHandler(level: level) }
    }
}

/// The levels that `--log-level` takes.
enum LogLevel: String, CaseIterable, ExpressibleByArgument {
    case debug, info, notice, warning, error

    var level: Logger.Level {
        switch self {
        case .debug: .debug
        case .info: .info
        case .notice: .notice
        case .warning: .warning
        case .error: .error
        }
    }
}

extension FilePath {
    /// This path from the root directory, with `.` and `..` resolved by name.
    var absolute: FilePath {
        guard !isAbsolute else { return lexicallyNormalized() }
        return FilePath(FileManager.default.currentDirectoryPath).pushing(self).lexicallyNormalized()
    }
}
