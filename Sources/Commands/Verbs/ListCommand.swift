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

    @Option(help: ArgumentHelp("Only failures with this code, such as not_media.", valueName: "CODE"))
    var code: String?

    @Option(help: ArgumentHelp("Only what waits for upload, disk_space, mount, retry and so on.", valueName: "WHAT"))
    var waitingFor: String?

    @Option(help: ArgumentHelp("Only the N that changed last, the latest first.", valueName: "N"))
    var newest: Int?

    @Flag(help: "As a JSON list; each element has a sidecar's fields.")
    var json = false

    func validate() throws {
        let states = ProcessingStatus.allCases.map(\.rawValue) + UploadStatus.allCases.map(\.rawValue)
        try require(status, "--status", among: states)
        try require(code, "--code", among: FailureCode.allCases.map(\.rawValue))
        try require(waitingFor, "--waiting-for", among: WaitReason.allCases.map(\.rawValue))
        guard newest ?? 1 > 0 else { throw ValidationError("--newest takes a number from 1.") }
    }

    private func require(_ word: String?, _ option: String, among known: [String]) throws {
        guard let word, !known.contains(word) else { return }
        throw ValidationError("\(option) \(word) is not one of \(known.joined(separator: ", ")).")
    }

    func run() async throws {
        try await report {
            let catalog = try StateReader.open(options.readConfigurationIfAny().stateDirectory)
            var query = status.flatMap(query) ?? VideoQuery()
            query.under = under.map { FilePath($0).absolute }
            let videos = filtered(try await catalog.videos(matching: query))
            if json {
                Terminal.write(try VideoReport.json(videos) + "\n")
            } else {
                Terminal.write(VideoTable.render(videos))
            }
            return .success
        }
    }

    private func filtered(_ videos: [VideoSnapshot]) -> [VideoSnapshot] {
        let found = videos.filter { video in
            (code == nil || video.processingError?.code.rawValue == code)
                && (waitingFor == nil || video.waitingFor?.rawValue == waitingFor)
        }
        guard let newest else { return found }
        return Array(found.sorted { $0.updatedAt > $1.updatedAt }.prefix(newest))
    }

    private func query(_ status: String) -> VideoQuery? {
        if let status = ProcessingStatus(rawValue: status) { return VideoQuery(status: status) }
        return UploadStatus(rawValue: status).map { VideoQuery(uploadStatus: $0) }
    }
}
