import ArgumentParser
import Daemon
import Domain
import Foundation
import SystemPackage

/// `understudy check`
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Validate the configuration and the machine, and say how to mend what is wrong.",
        discussion: "Exits with 0 where nothing is wrong, 1 where the machine, 78 where the configuration is.")

    @OptionGroup var options: GlobalOptions
    @OptionGroup var log: LogOptions

    @Option(help: ArgumentHelp("Check for this tree (repeatable); no configuration file is read.", valueName: "DIR"))
    var root: [String] = []

    @Flag(help: "As JSON.")
    var json = false

    func run() async throws {
        try await report {
            let configuration = try resolved()
            let check = MachineCheck(configuration, logger: log.makeLogger(defaultLevel: .error))
            let findings = [Finding(.ok, "configuration", "valid")] + (await check.findings())
            Terminal.write(json ? try CheckReport.json(findings) + "\n" : CheckReport.text(findings))
            return findings.contains { $0.level == .problem } ? .failed : .success
        }
    }

    private func resolved() throws(ConfigurationError) -> Configuration {
        guard !root.isEmpty else { return try options.readConfiguration() }
        var configuration = Configuration(watches: root.map { WatchSettings(root: FilePath($0).absolute) })
        if let stateDir = options.stateDir { configuration.stateDirectory = FilePath(stateDir).absolute }
        return configuration
    }
}

/// Findings for people and for programs. Pure.
enum CheckReport {
    static func text(_ findings: [Finding]) -> String {
        findings.map { finding in
            let padding = String(repeating: " ", count: 9 - finding.level.rawValue.count)
            let line = "\(finding.level.rawValue)\(padding)\(finding.subject): \(finding.message)"
            let remedy = finding.remedy.map { "\n         -> \(PrintableText.escaped($0))" } ?? ""
            return PrintableText.escaped(line) + remedy + "\n"
        }.joined()
    }

    static func json(_ findings: [Finding]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(["findings": findings]), as: UTF8.self)
    }
}
