/// What people are told about the configuration. Pure.
public enum ConfigurationManual {
    /// Columns of a line of text.
    static let width = 120

    /// The commented example: every key, with its default where it has one, commented out where it need not be there.
    public static var example: String {
        var text = """
            # Understudy: configuration. Every key but watch.root has a default, which is shown here.
            # After a change: systemctl reload understudy. state_dir, sandbox, spare_workers and metrics_* need a restart.

            """
        for table in ConfigurationTable.allCases {
            text += "\n" + comment(table.meaning) + table.header + "\n"
            text += ConfigurationKeys.all.filter { $0.table == table }.map(entry).joined(separator: "\n")
        }
        return text
    }

    private static func entry(_ key: ConfigurationKey) -> String {
        let sign = key.standard == .required ? "" : "#"
        let standard =
            switch key.standard {
            case .value, .required: ""
            case .words(let words): " Default: \(words)."
            }
        let takes = "Takes \(key.takes).\(standard)"
        return comment("\(key.meaning) \(takes)") + "\(sign)\(key.name) = \(key.shown)\n"
    }

    /// Keys for people: name, meaning, what it takes.
    public static func text(_ keys: [ConfigurationKey]) -> String {
        keys.map { key in
            let standard =
                switch key.standard {
                case .value(let value): "default: \(value)"
                case .words(let words): "default: \(words)"
                case .required: "required"
                }
            let lines = wrapped(key.meaning) + wrapped("Takes \(key.takes); \(standard).")
            return "\(key.path)\n" + lines.map { "    \($0)\n" }.joined()
        }.joined(separator: "\n")
    }

    private static func comment(_ text: String) -> String { wrapped(text).map { "# \($0)\n" }.joined() }

    /// Lines broken at blanks.
    private static func wrapped(_ text: String) -> [String] {
        var lines = [""]
        for word in text.split(separator: " ") {
            let last = lines[lines.count - 1]
            if last.isEmpty {
                lines[lines.count - 1] = String(word)
            } else if last.count + 1 + word.count <= width - 4 {
                lines[lines.count - 1] += " \(word)"
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}
