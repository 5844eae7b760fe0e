import SystemPackage

/// The file's text, for finding the line of a key: the TOML library tells positions of syntax errors only.
struct ConfigurationDocument {
    let file: FilePath
    private let lines: [Substring]

    init(file: FilePath, text: String) {
        self.file = file
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// The line, from 1, of a key in a table such as `daemon`, `watch[2]` (the second entry) or the top level (empty).
    func line(ofKey key: String, inTable table: String) -> Int? {
        var current = ""
        var arrayCounts: [String: Int] = [:]
        for (index, line) in lines.enumerated() {
            let text = line.trimmingPrefix { $0 == " " || $0 == "\t" }
            if text.hasPrefix("[[") {
                let name = ConfigurationDocument.header(text)
                arrayCounts[name, default: 0] += 1
                current = "\(name)[\(arrayCounts[name, default: 0])]"
                if table.isEmpty, name == key { return index + 1 }
            } else if text.hasPrefix("[") {
                current = ConfigurationDocument.header(text)
                if table.isEmpty ? current == key : current == "\(table).\(key)" { return index + 1 }
            } else if current == table, ConfigurationDocument.key(of: text) == key {
                return index + 1
            }
        }
        return nil
    }

    private static func header(_ text: Substring) -> String {
        String(text.drop { $0 == "[" }.prefix { $0 != "]" }.filter { !" \t\"'".contains($0) })
    }

    private static func key(of text: Substring) -> String {
        String(text.prefix { $0 != "=" }.filter { !" \t\"'".contains($0) })
    }
}
