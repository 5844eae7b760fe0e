import ArgumentParser
import Daemon
import Domain
import JobRunner
import SystemPackage

/// `understudy once`
struct OnceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "once", abstract: "Process everything complete below the roots, then exit.",
        discussion: """
            The daemon's own engine in one pass. Files that somebody still writes are left alone. Exits with 0 where all \
            is completed, with 1 where something failed.
            """)

    @OptionGroup var options: GlobalOptions
    @OptionGroup var log: LogOptions

    @Argument(help: ArgumentHelp("Trees with original/ directories.", valueName: "ROOT"))
    var roots: [String]

    /// Attempts after the first come soon: somebody waits for the pass.
    private static let retry = RetryPolicy(maxAttempts: 3, firstDelay: .seconds(1), factor: 2)

    func run() async throws {
        try await report {
            let reporter = OnceReporter(
                isInteractive: Terminal.isInteractive, columns: Terminal.columns, write: Terminal.write)
            let summary = try await Engine.runOnce(
                Engine.Options(
                    configuration: resolved(), worker: WorkerProgram.find(), observer: reporter,
                    logger: log.makeLogger(defaultLevel: .error), isFollowing: false, retry: Self.retry))
            conclude(summary, reporter)
            let isClean = summary.failed.isEmpty && summary.waiting.isEmpty && !summary.isInterrupted
            return isClean ? .success : .failed
        }
    }

    /// Each root's settings from a configuration file that was named; the defaults otherwise.
    private func resolved() throws(ConfigurationError) -> Configuration {
        var base = Configuration(watches: [])
        if options.namedConfigurationFile != nil { base = try options.readConfiguration() }
        let paths = roots.map { FilePath($0).absolute }
        base.watches = paths.map { path in
            base.watches.first { $0.root == path } ?? WatchSettings(root: path)
        }
        let ownState = paths.first?.appending(".understudy") ?? ".understudy"
        base.stateDirectory = options.stateDir.map { FilePath($0).absolute } ?? ownState
        return base
    }

    private func conclude(_ summary: OnceSummary, _ reporter: OnceReporter) {
        for location in summary.uploading {
            reporter.note("uploading  \(PathText.encode(location.path.bytes)): a writer has it open; left alone")
        }
        for video in summary.waiting {
            let reason = video.waitingFor?.rawValue ?? "worker"
            reporter.note("waiting    \(PathText.encode(video.originalPath.bytes)): \(reason)")
        }
        var words = ["\(summary.completed.count) completed", "\(summary.failed.count) failed"]
        if !summary.waiting.isEmpty { words.append("\(summary.waiting.count) waiting") }
        if !summary.uploading.isEmpty { words.append("\(summary.uploading.count) still uploading") }
        if summary.isInterrupted { words.append("interrupted") }
        reporter.note(words.joined(separator: ", "))
    }
}
