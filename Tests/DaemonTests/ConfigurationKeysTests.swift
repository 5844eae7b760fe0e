import Foundation
import SystemPackage
import Testing

@testable import Daemon

/// The table of keys against the reader and the committed example.
@Suite struct ConfigurationKeysTests {
    static let file: FilePath = "/etc/understudy/understudy.toml"
    static let example = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
        .appending("etc/understudy/understudy.toml")

    /// A configuration with one line in a key's table, and all else by default.
    private func read(_ key: ConfigurationKey, _ value: String?) throws(ConfigurationError) -> Configuration {
        let presets = "[presets.small]\nheight = 100\n[presets.review]\n"
        let root = key.name == "root" ? "" : "root = \"/srv/nas\"\n"
        let line = value.map { "\(key.name) = \($0)\n" } ?? ""
        let text =
            switch key.table {
            case .watch: "\(presets)[[watch]]\n\(root)\(line)"
            default:
                "\(presets)[[watch]]\n\(root)\n\(key.table == .presets ? "[presets.other]" : key.table.header)\n\(line)"
            }
        return try ConfigurationReader.parse(text, file: Self.file)
    }

    @Test(arguments: ConfigurationKeys.all)
    func everyKeyIsReadAndItsExampleChangesSomething(_ key: ConfigurationKey) throws {
        let unlike = try read(key, key.example)
        guard case .value(let standard) = key.standard else { return }
        let usual = try read(key, standard)
        #expect(try read(key, nil) == usual, "the default in the table is not the reader's")
        #expect((unlike != usual) == (key.example != standard), "the reader does not heed the key")
    }

    @Test(arguments: ConfigurationKeys.all)
    func everyKeyRefusesWhatItDoesNotTakeByItsName(_ key: ConfigurationKey) {
        #expect { try read(key, "{ a = 1 }") } throws: { error in
            let error = error as? ConfigurationError
            return error?.key?.hasSuffix(".\(key.name)") == true && error?.problem.contains("unknown key") == false
        }
    }

    @Test(arguments: ConfigurationTable.allCases)
    func everyTableRefusesOtherKeys(_ table: ConfigurationTable) throws {
        let key = try #require(ConfigurationKeys.all.first { $0.table == table })
        let other = ConfigurationKey(table, "qqqqqq", takes: "", standard: .required, example: "1", "")
        #expect { try read(other, "1") } throws: {
            ($0 as? ConfigurationError)?.problem.hasPrefix("unknown key") == true
        }
        #expect(throws: Never.self) { try read(key, key.example) }
    }

    @Test func everyKeyStandsInTheTableOnce() {
        let paths = ConfigurationKeys.all.map(\.path)
        #expect(Set(paths).count == paths.count)
    }

    @Test func committedExampleIsWhatTheTableSays() throws {
        let committed = try String(contentsOfFile: Self.example.string, encoding: .utf8)
        #expect(committed == ConfigurationManual.example, "run `make docs`")
    }

    @Test func exampleHoldsTheDefaults() throws {
        let shown = try ConfigurationReader.parse(ConfigurationManual.example, file: Self.file)
        #expect(shown == Configuration(watches: [WatchSettings(root: "/srv/nas")]))
    }

    @Test func exampleHoldsWithEveryKeyInForce() throws {
        let text = ConfigurationManual.example.replacing(/(?m)^#(?=[a-z_]+ = )/, with: "")
        #expect(throws: Never.self) { try ConfigurationReader.parse(text, file: Self.file) }
        for key in ConfigurationKeys.all { #expect(text.contains("\n\(key.name) = "), "\(key.path)") }
    }

    @Test func linesFitAScreen() {
        let long = ConfigurationManual.example.split(separator: "\n").filter { $0.count > ConfigurationManual.width }
        #expect(long.isEmpty)
    }
}
