import ArgumentParser
import Daemon
import Foundation

/// `understudy config`
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Say what the keys of the configuration mean.",
        discussion: """
            Without a key, of all. `understudy check` says whether a configuration file is right.

            Keys: \(ConfigurationKeys.all.map(\.path).joined(separator: ", ")).
            """)

    @Argument(
        help: ArgumentHelp("Keys, such as settle or watch.settle.", valueName: "KEY"),
        completion: .list(ConfigurationKeys.all.map(\.path)))
    var keys: [String] = []

    @Flag(help: "The commented example, as it is installed.")
    var example = false

    @Flag(help: "As JSON.")
    var json = false

    func validate() throws {
        guard !example || (keys.isEmpty && !json) else { throw ValidationError("--example stands alone.") }
        for key in keys where found(key).isEmpty {
            throw ValidationError("No key is called \"\(key)\"; `understudy config` lists all.")
        }
    }

    func run() throws {
        let shown = keys.isEmpty ? ConfigurationKeys.all : keys.flatMap(found)
        if example {
            Terminal.write(ConfigurationManual.example)
        } else {
            Terminal.write(json ? try ConfigurationReport.json(shown) + "\n" : ConfigurationManual.text(shown))
        }
    }

    private func found(_ name: String) -> [ConfigurationKey] {
        ConfigurationKeys.all.filter { $0.name == name || $0.path == name }
    }
}

/// Keys for programs. Pure.
enum ConfigurationReport {
    private struct Key: Encodable {
        let key: String
        let table: String
        let name: String
        let takes: String
        let required: Bool
        /// As the file writes it; `null` where none says it.
        let defaultValue: String?
        let defaultInWords: String?
        let example: String
        let meaning: String

        init(_ key: ConfigurationKey) {
            self.key = key.path
            table = key.table.header
            name = key.name
            takes = key.takes
            required = key.standard == .required
            example = key.example
            meaning = key.meaning
            switch key.standard {
            case .value(let text): (defaultValue, defaultInWords) = (text, nil)
            case .words(let words): (defaultValue, defaultInWords) = (nil, words)
            case .required: (defaultValue, defaultInWords) = (nil, nil)
            }
        }
    }

    private struct Table: Encodable {
        let header: String
        let meaning: String
    }

    private struct Document: Encodable {
        let tables: [Table]
        let keys: [Key]
    }

    static func json(_ keys: [ConfigurationKey]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        let tables = ConfigurationTable.allCases.filter { table in keys.contains { $0.table == table } }
        let document = Document(
            tables: tables.map { Table(header: $0.header, meaning: $0.meaning) }, keys: keys.map(Key.init))
        return String(decoding: try encoder.encode(document), as: UTF8.self)
    }
}
