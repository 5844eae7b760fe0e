/// One key of the configuration: what the reader takes, and what the example, the manual page and `understudy config` say.
public struct ConfigurationKey: Sendable, Hashable {
    /// What holds where the file does not name the key.
    public enum Standard: Sendable, Hashable {
        /// A value, as the file would write it.
        case value(String)
        /// What no value says, in words.
        case words(String)
        /// Nothing: the file must name the key.
        case required
    }

    public let table: ConfigurationTable
    public let name: String
    /// What it takes, in words.
    public let takes: String
    public let standard: Standard
    /// A value other than the default, as the file would write it.
    public let example: String
    /// Sentences; the first says what the key is.
    public let meaning: String

    init(
        _ table: ConfigurationTable, _ name: String, takes: String, standard: Standard, example: String,
        _ meaning: String
    ) {
        self.table = table
        self.name = name
        self.takes = takes
        self.standard = standard
        self.example = example
        self.meaning = meaning
    }

    /// Dotted, as errors name it, but for the number of a `[[watch]]` entry.
    public var path: String { "\(table.path).\(name)" }

    /// The value that the example file shows: the default where there is one.
    var shown: String {
        guard case .value(let text) = standard else { return example }
        return text
    }
}

/// A table of the configuration.
public enum ConfigurationTable: String, Sendable, CaseIterable {
    case daemon
    case watch
    case presets
    case hooks

    /// The line that opens it.
    public var header: String {
        switch self {
        case .daemon: "[daemon]"
        case .watch: "[[watch]]"
        case .presets: "[presets.review]"
        case .hooks: "[hooks]"
        }
    }

    public var meaning: String {
        switch self {
        case .daemon: "The daemon as a whole."
        case .watch:
            "One entry for each tree of recordings. Every directory called original/ at or below the root is a drop"
                + " folder."
        case .presets:
            "Recipes for proxies. review is there without being named; any other name makes a further one, whose keys"
                + " have the same defaults."
        case .hooks:
            "Who is told when a job has ended: at least once each, also after a crash. No shell reads the lists; a word"
                + " that is {original}, {proxy}, {sidecar}, {event}, {code}, {video_id} or {job_id} is replaced as a"
                + " whole. The sidecar is on standard input."
        }
    }

    var path: String { self == .presets ? "presets.NAME" : rawValue }
}
