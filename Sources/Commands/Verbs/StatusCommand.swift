import ArgumentParser
import Catalog
import Daemon
import Domain
import Foundation
import SystemPackage

/// `understudy status`
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Say how things stand: of all originals, or of one.",
        discussion: """
            With --watch the screen is drawn anew each second until Ctrl-C; where standard output is no terminal, a line \
            (with --json an object) is written at each change.
            """)

    @OptionGroup var options: GlobalOptions

    @Argument(help: ArgumentHelp("An original.", valueName: "FILE"))
    var file: String?

    @Flag(help: "As JSON; of one original with a sidecar's fields.")
    var json = false

    @Flag(help: "Stay, and show each change.")
    var watch = false

    func validate() throws {
        guard !watch || file == nil else { throw ValidationError("--watch shows all originals, not one.") }
    }

    func run() async throws {
        try await report {
            let directory = try options.readConfigurationIfAny().stateDirectory
            let catalog = try StateReader.open(directory)
            guard !watch else {
                try await StatusWatch(catalog: catalog, directory: directory, isJSON: json).run()
                return .success
            }
            guard let file else {
                let overview = try await StatusCommand.overview(catalog, directory)
                Terminal.write(json ? try overview.json() + "\n" : overview.text)
                return .success
            }
            let progress = try? StateReader.progress(directory)  // Without it the rows still tell the truth.
            let path = FilePath(file).absolute
            guard let video = try await catalog.video(at: path) else {
                throw DaemonError(
                    .badInput, "\(PathText.encode(path.bytes)) is not known; is it an original below a watched root?")
            }
            let own = progress?[video.id]
            Terminal.write(
                json ? try VideoReport.json(video, progress: own) + "\n" : VideoTable.details(video, progress: own))
            return .success
        }
    }

    static func overview(_ catalog: Catalog, _ directory: FilePath) async throws -> Overview {
        // Without an answer the rows still tell the truth.
        let health = try? StateReader.health(directory)
        return try await Overview.take(from: catalog, isDaemonRunning: health != nil, health: health)
    }
}
