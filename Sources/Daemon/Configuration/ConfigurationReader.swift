import Domain
import DurableFiles
import LocalSockets
public import SystemPackage
import TOMLKit
import WorkerProtocol

/// Reads a configuration file and checks every key.
public enum ConfigurationReader {
    public static func read(file: FilePath) throws(ConfigurationError) -> Configuration {
        let text: String
        do {
            text = try SmallFile.readText(file, maximumBytes: 1 << 20)
        } catch {
            throw ConfigurationError(
                file: file, problem: "cannot be read (\(error)); check that it exists and its mode")
        }
        return try parse(text, file: file)
    }

    static func parse(_ text: String, file: FilePath) throws(ConfigurationError) -> Configuration {
        let document = ConfigurationDocument(file: file, text: text)
        let table: TOMLTable
        do {
            table = try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            throw ConfigurationError(
                file: file, line: error.source.begin.line, problem: "not TOML: \(error.description)")
        } catch {
            throw ConfigurationError(file: file, problem: "not TOML: \(error)")
        }
        let top = ConfigurationSection(table: table, path: "", document: document)
        try top.allowOnly(ConfigurationTable.allCases.map(\.rawValue))
        var configuration = Configuration(watches: [])
        try readDaemon(top, into: &configuration)
        configuration.presets = try readPresets(top)
        configuration.watches = try readWatches(top)
        if let hooks = try subsection("hooks", of: top) { configuration.hooks = try readHooks(hooks) }
        try check(configuration, top)
        return configuration
    }

    private static func readDaemon(
        _ top: ConfigurationSection, into configuration: inout Configuration
    ) throws(ConfigurationError) {
        guard let daemon = try subsection("daemon", of: top) else { return }
        try daemon.allowOnly(ConfigurationKeys.names(in: .daemon))
        if let path = try daemon.absolutePath("state_dir") { configuration.stateDirectory = path }
        configuration.workers = try readWorkers(daemon)
        if let count = try daemon.integer("spare_workers", in: 0...16) { configuration.spareWorkers = count }
        if let policy = try daemon.choice("sandbox", SandboxPolicy.self) { configuration.sandbox = policy }
        if let text = try daemon.string("min_free_space") {
            guard let bytes = Quantity.bytes(text) else {
                throw daemon.error(
                    "min_free_space", "expected a size such as \"2 GiB\" or \"500 MB\", found \"\(text)\"")
            }
            configuration.minFreeBytes = bytes
        }
        if let age = try daemon.duration("keep_history") {
            guard age >= .seconds(86_400) else {
                throw daemon.error("keep_history", "expected at least a day, such as \"90d\"")
            }
            configuration.keepHistory = age
        }
        configuration.schedule = try readSchedule(daemon)
        try readMetrics(daemon, into: &configuration)
    }

    private static func readMetrics(
        _ daemon: ConfigurationSection, into configuration: inout Configuration
    ) throws(ConfigurationError) {
        if let file = try daemon.absolutePath("metrics_file") {
            guard file.lastComponent?.string.hasSuffix(".prom") ?? false else {
                throw daemon.error("metrics_file", "expected a name that ends in .prom: collectors take no other")
            }
            configuration.metricsFile = file
        }
        if let text = try daemon.string("metrics_listen") {
            guard let address = LoopbackAddress(text) else {
                throw daemon.error(
                    "metrics_listen",
                    "expected a loopback address with a port, such as \"127.0.0.1:9840\" or \"[::1]:9840\","
                        + " found \"\(text)\"; for other machines put a proxy in front")
            }
            configuration.metricsListen = address
        }
    }

    private static func readSchedule(_ daemon: ConfigurationSection) throws(ConfigurationError) -> Schedule? {
        guard let texts = try daemon.strings("schedule"), !texts.isEmpty else { return nil }
        var windows: [Schedule.Window] = []
        for text in texts {
            guard let window = Schedule.Window(text) else {
                throw daemon.error(
                    "schedule", "expected hours such as \"22:00-06:00\" or \"sat,sun 00:00-24:00\", found \"\(text)\"")
            }
            windows.append(window)
        }
        return Schedule(windows)
    }

    private static func readWorkers(_ daemon: ConfigurationSection) throws(ConfigurationError) -> Int? {
        if daemon.table["workers"]?.string == "auto" { return nil }
        guard daemon.table["workers"]?.type != .string else {
            throw daemon.error("workers", "expected \"auto\" or a whole number from 1 to 256")
        }
        return try daemon.integer("workers", in: 1...256)
    }

    private static func readPresets(_ top: ConfigurationSection) throws(ConfigurationError) -> [String: Preset] {
        var presets = ["review": Preset.review]
        guard let section = try subsection("presets", of: top) else { return presets }
        for name in section.table.keys {
            guard let preset = try subsection(name, of: section) else { continue }
            presets[name] = try readPreset(preset, named: name)
        }
        return presets
    }

    private static func readPreset(
        _ section: ConfigurationSection, named name: String
    ) throws(ConfigurationError) -> Preset {
        try section.allowOnly(ConfigurationKeys.names(in: .presets))
        var preset = Preset.review
        preset.name = name
        if let height = try section.integer("height", in: 16...4320) { preset.height = height }
        if let fps = try section.integer("fps", in: 1...240) { preset.fps = fps }
        if let codec = try section.choice("codec", Preset.VideoCodec.self) { preset.codec = codec }
        if let quality = try section.integer("quality", in: 0...51) { preset.quality = quality }
        if let audio = try section.choice("audio", Preset.AudioTreatment.self) { preset.audio = audio }
        if let text = try section.string("audio_bitrate") {
            guard let kbps = Quantity.kilobitsPerSecond(text), (16...512).contains(kbps) else {
                throw section.error("audio_bitrate", "expected a bit rate from \"16k\" to \"512k\", found \"\(text)\"")
            }
            preset.audioBitrateKbps = kbps
        }
        if let remux = try section.boolean("remux") { preset.remux = remux }
        return preset
    }

    private static func readWatches(_ top: ConfigurationSection) throws(ConfigurationError) -> [WatchSettings] {
        guard let value = top.table["watch"] else {
            throw ConfigurationError(
                file: top.document.file, key: "watch",
                problem: "missing; add a [[watch]] entry with root = \"/path/to/recordings\"")
        }
        guard let array = value.array else {
            throw top.error("watch", "expected [[watch]] (with two brackets), one for each root")
        }
        var watches: [WatchSettings] = []
        for (index, element) in array.enumerated() {
            guard let table = element.table else {
                throw top.error("watch", "expected [[watch]] entries, found something else in the list")
            }
            let section = ConfigurationSection(table: table, path: "watch[\(index + 1)]", document: top.document)
            watches.append(try readWatch(section))
        }
        return watches
    }

    private static func readWatch(_ section: ConfigurationSection) throws(ConfigurationError) -> WatchSettings {
        try section.allowOnly(ConfigurationKeys.names(in: .watch))
        guard let root = try section.absolutePath("root") else {
            throw section.error("root", "missing; the directory whose original/ directories are to be watched")
        }
        var watch = WatchSettings(root: root)
        if let name = try section.string("preset") { watch.presetName = name }
        if let name = try section.directoryName("original_dir") { watch.originalDirectory = name }
        if let name = try section.directoryName("proxy_dir") { watch.proxyDirectory = name }
        watch.proxyRoot = try section.absolutePath("proxy_root")
        if let list = try section.strings("extensions") { watch.extensions = try extensions(list, section) }
        watch.ignored = (try section.strings("ignore") ?? []).map { GlobPattern($0) }
        if let settle = try section.duration("settle") { watch.settle = settle }
        if let timeout = try section.duration("stall_timeout") { watch.stallTimeout = timeout }
        if let poll = try section.string("poll"), poll != "auto" {
            guard let interval = Quantity.duration(poll), interval >= .milliseconds(100) else {
                throw section.error("poll", "expected \"auto\" or an interval from \"100ms\", found \"\(poll)\"")
            }
            watch.poll = .every(interval)
        }
        if let setting = try section.choice("on_original_deleted", OriginalDeletedSetting.self) {
            watch.onOriginalDeleted = setting
        }
        watch.ownership = Ownership(
            user: try section.account("owner", "user", named: Accounts.user),
            group: try section.account("group", "group", named: Accounts.group))
        return watch
    }

    private static func extensions(
        _ list: [String], _ section: ConfigurationSection
    ) throws(ConfigurationError) -> Set<String>? {
        if list == ["*"] { return nil }
        guard !list.isEmpty, !list.contains("*") else {
            throw section.error(
                "extensions", "expected extensions such as [\"mp4\", \"mov\"], or [\"*\"] alone for every file")
        }
        return Set(list.map { $0.trimmingPrefix(".").lowercased() })
    }

    private static func check(_ configuration: Configuration, _ top: ConfigurationSection) throws(ConfigurationError) {
        for (index, watch) in configuration.watches.enumerated() {
            let path = "watch[\(index + 1)]"
            let section = ConfigurationSection(table: top.table, path: path, document: top.document)
            guard configuration.presets[watch.presetName] != nil else {
                let names = configuration.presets.keys.sorted()
                let guess = Suggestion.nearest(to: watch.presetName, among: names) ?? names.joined(separator: ", ")
                throw section.error("preset", "no preset is called \"\(watch.presetName)\"; did you mean \"\(guess)\"?")
            }
            guard watch.originalDirectory != watch.proxyDirectory || watch.proxyRoot != nil else {
                throw section.error("proxy_dir", "must differ from original_dir")
            }
            for other in configuration.watches[..<index]
            where watch.proxyRoot != nil && watch.proxyRoot == other.proxyRoot && watch.ownership != other.ownership {
                let key = watch.ownership.user != other.ownership.user ? "owner" : "group"
                throw section.error(key, "differs from that of another entry with the same proxy_root")
            }
            for other in configuration.watches[..<index] where overlaps(watch.root, other.root) {
                throw section.error("root", "overlaps with another entry's root, \(PathText.encode(other.root.bytes))")
            }
        }
    }

    private static func overlaps(_ left: FilePath, _ right: FilePath) -> Bool {
        left.names(below: right) != nil || right.names(below: left) != nil
    }

    private static func subsection(
        _ key: String, of section: ConfigurationSection
    ) throws(ConfigurationError) -> ConfigurationSection? {
        guard let value = section.table[key] else { return nil }
        guard value.type == .table, let table = value.table else {
            throw section.error(key, "expected a table, written [\(key)]")
        }
        let path = section.path.isEmpty ? key : "\(section.path).\(key)"
        return ConfigurationSection(table: table, path: path, document: section.document)
    }
}
