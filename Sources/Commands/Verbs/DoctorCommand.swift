import ArgumentParser
import Catalog
import Daemon
import Domain
import Foundation
import SystemPackage

/// `understudy doctor`
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Compare database, sidecars, proxies and originals.",
        discussion: """
            Works beside a running daemon and without one. --repair mends what can be mended and removes nothing that is \
            not recorded as Understudy's own. Exits with 0 where all agrees, 1 where findings remain, 75 where a file \
            system is not mounted or another instance is busy.
            """)

    @OptionGroup var options: GlobalOptions

    @Option(help: ArgumentHelp("Watch root, where no configuration names it (repeatable).", valueName: "DIR"))
    var root: [String] = []

    @Flag(help: "Mend what can be mended.")
    var repair = false

    @Flag(help: "Believe the size, time and inode of proxies instead of reading them.")
    var quick = false

    @Option(
        help: ArgumentHelp(
            "With --repair: the originals that are gone from this root were meant to go (repeatable).",
            valueName: "ROOT"))
    var acceptLosses: [String] = []

    @Flag(help: "As JSON.")
    var json = false

    func validate() throws {
        guard acceptLosses.isEmpty || repair else { throw ValidationError("--accept-losses needs --repair.") }
    }

    func run() async throws {
        try await report {
            var checkup = Checkup.Options()
            checkup.repairs = repair
            checkup.isQuick = quick
            checkup.acceptedRoots = acceptLosses.map { FilePath($0).absolute }
            let outcome = try await Checkup.run(checkup, configuration: try await resolved())
            Terminal.write(json ? try DoctorReport.json(outcome) + "\n" : DoctorReport.text(outcome))
            return outcome.status
        }
    }

    private func resolved() async throws -> Configuration {
        var configuration = try options.readConfigurationIfAny()
        configuration.watches += root.map { WatchSettings(root: FilePath($0).absolute) }
        guard configuration.watches.isEmpty else { return configuration }
        // `serve --root` and `once` run without a configuration file: the rows tell their roots.
        let catalog = try StateReader.open(configuration.stateDirectory)
        configuration.watches = try await catalog.roots().map { WatchSettings(root: $0) }
        return configuration
    }
}

/// Findings for people and for programs. Pure.
enum DoctorReport {
    static func text(_ outcome: Checkup.Outcome) -> String {
        var lines = outcome.found.map { diagnosis, isMended in
            let path = diagnosis.path.map { PathText.encode($0.bytes) } ?? "database"
            let remedy = isMended ? "mended" : diagnosis.remedy
            let name = diagnosis.ailment.rawValue
            let padding = String(repeating: " ", count: max(1, 22 - name.count))
            return "\(name)\(padding)\(path): \(diagnosis.message) -> \(remedy)"
        }
        if let count = outcome.acceptedLosses { lines.append("\(count) originals are recorded as deleted") }
        lines.append(summary(outcome))
        return lines.map { PrintableText.escaped($0) + "\n" }.joined()
    }

    private static func summary(_ outcome: Checkup.Outcome) -> String {
        let extent = "\(outcome.extent.originals) originals, \(outcome.extent.proxies) proxies"
        let (all, left) = (outcome.found.count, outcome.remaining.count)
        guard all > 0 else { return "all agrees: \(extent)" }
        return left == all
            ? "\(all) findings: \(extent)" : "\(all) findings, \(all - left) mended, \(left) remain: \(extent)"
    }

    static func json(_ outcome: Checkup.Outcome) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return String(decoding: try encoder.encode(Document(outcome)), as: UTF8.self)
    }

    private struct Document: Encodable {
        let clean: Bool
        let findings: [Line]
        let originals: Int
        let proxies: Int
        let acceptedLosses: Int?

        init(_ outcome: Checkup.Outcome) {
            clean = outcome.remaining.isEmpty
            findings = outcome.found.map { Line($0.diagnosis, $0.isMended) }
            originals = outcome.extent.originals
            proxies = outcome.extent.proxies
            acceptedLosses = outcome.acceptedLosses
        }
    }

    private struct Line: Encodable {
        let name: String
        let invariant: String?
        let path: String?
        let videoId: String?
        let message: String
        let remedy: String
        let repairable: Bool
        let mended: Bool

        init(_ diagnosis: Diagnosis, _ isMended: Bool) {
            name = diagnosis.ailment.rawValue
            invariant = diagnosis.ailment.invariant
            path = diagnosis.path.map { PathText.encode($0.bytes) }
            videoId = diagnosis.videoID
            message = diagnosis.message
            remedy = diagnosis.remedy
            repairable = diagnosis.mending != nil
            mended = isMended
        }
    }
}
