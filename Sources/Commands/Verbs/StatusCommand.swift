import ArgumentParser
import Catalog
import Daemon
import Domain
import Foundation
import SystemPackage

/// `understudy status`
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Say how things stand: of all originals, or of one.")

    @OptionGroup var options: GlobalOptions

    @Argument(help: ArgumentHelp("An original.", valueName: "FILE"))
    var file: String?

    @Flag(help: "As JSON; of one original with a sidecar's fields.")
    var json = false

    func run() async throws {
        try await report {
            let directory = try options.readConfigurationIfAny().stateDirectory
            let catalog = try StateReader.open(directory)
            let progress = try? StateReader.progress(directory)  // Without it the rows still tell the truth.
            guard let file else {
                // As above.
                let health = try? StateReader.health(directory)
                let overview = try await Overview.take(
                    from: catalog, isDaemonRunning: progress != nil, pausedSince: catalog.pausedSince(), health: health)
                Terminal.write(json ? try overview.json() + "\n" : overview.text)
                return .success
            }
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
}
