import ArgumentParser
import Catalog
import Daemon
import Domain
import SystemPackage

/// `understudy list`
struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List what is known.")

    @OptionGroup var options: GlobalOptions

    @Option(help: ArgumentHelp("Only pending, processing, completed, failed, uploading or incomplete.", valueName: "S"))
    var status: String?

    @Option(help: ArgumentHelp("Only originals at or below this directory.", valueName: "DIR"))
    var under: String?

    @Flag(help: "As a JSON list; each element has a sidecar's fields.")
    var json = false

    func validate() throws {
        guard let status, query(status) == nil else { return }
        let known = ProcessingStatus.allCases.map(\.rawValue) + UploadStatus.allCases.map(\.rawValue)
        throw ValidationError("--status \(status) is not one of \(known.joined(separator: ", ")).")
    }

    func run() async throws {
        try await report {
            let catalog = try StateReader.open(options.readConfigurationIfAny().stateDirectory)
            var query = status.flatMap(query) ?? VideoQuery()
            query.under = under.map { FilePath($0).absolute }
            let videos = try await catalog.videos(matching: query)
            if json {
                Terminal.write(try VideoReport.json(videos) + "\n")
            } else {
                Terminal.write(VideoTable.render(videos))
            }
            return .success
        }
    }

    private func query(_ status: String) -> VideoQuery? {
        if let status = ProcessingStatus(rawValue: status) { return VideoQuery(status: status) }
        return UploadStatus(rawValue: status).map { VideoQuery(uploadStatus: $0) }
    }
}
