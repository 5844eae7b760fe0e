public import Domain
public import DurableFiles
public import LocalSockets
public import SystemPackage
public import WorkerProtocol

/// The daemon's settings, with every value resolved and checked.
public struct Configuration: Sendable, Hashable {
    public var stateDirectory: FilePath
    /// Parallel jobs; `nil` takes the number of processors.
    public var workers: Int?
    /// Free bytes on a destination's file system below which no job starts there.
    public var minFreeBytes: Int64
    /// How long ended jobs and events are kept; never the row of an original, nor its present job.
    public var keepHistory: Duration
    /// The hours in which the daemon may start jobs; `nil` for all. A single pass knows no hours.
    public var schedule: Schedule?
    /// What is done where the kernel lacks a part of the workers' seal.
    public var sandbox: SandboxPolicy
    /// Workers that wait, started, for the next job.
    public var spareWorkers: Int
    /// Where metrics are written for a collector of text files; `nil` for nowhere.
    public var metricsFile: FilePath?
    /// Where metrics are served; `nil` for nowhere.
    public var metricsListen: LoopbackAddress?
    public var hooks = HookSettings()
    public var watches: [WatchSettings]
    public var presets: [String: Preset]

    public init(
        stateDirectory: FilePath = Configuration.defaultStateDirectory, workers: Int? = nil,
        minFreeBytes: Int64 = Configuration.defaultMinFreeBytes, keepHistory: Duration = .seconds(90 * 86_400),
        schedule: Schedule? = nil, sandbox: SandboxPolicy = .required, spareWorkers: Int = 1, watches: [WatchSettings],
        presets: [String: Preset] = ["review": .review]
    ) {
        self.stateDirectory = stateDirectory
        self.workers = workers
        self.minFreeBytes = minFreeBytes
        self.keepHistory = keepHistory
        self.schedule = schedule
        self.sandbox = sandbox
        self.spareWorkers = spareWorkers
        self.watches = watches
        self.presets = presets
    }

    public static let defaultStateDirectory: FilePath = "/var/lib/understudy"
    public static let defaultMinFreeBytes: Int64 = 2 << 30
    /// Where the configuration is looked for when neither `--config` nor `$UNDERSTUDY_CONFIG` names it.
    public static let defaultFile: FilePath = "/etc/understudy/understudy.toml"

    /// The preset of a watch entry. The reader has checked that it exists.
    public func preset(of watch: WatchSettings) -> Preset { presets[watch.presetName] ?? .review }
}

/// One `[[watch]]` entry.
public struct WatchSettings: Sendable, Hashable {
    public var root: FilePath
    public var presetName: String
    public var originalDirectory: FileName
    public var proxyDirectory: FileName
    public var proxyRoot: FilePath?
    /// Lower case, without the dot; `nil` takes every file.
    public var extensions: Set<String>?
    public var ignored: [GlobPattern]
    public var settle: Duration
    public var stallTimeout: Duration
    public var poll: PollSetting
    public var onOriginalDeleted: OriginalDeletedSetting
    /// Whom proxies, sidecars and the directories made for them belong to.
    public var ownership: Ownership

    public init(
        root: FilePath, presetName: String = "review", originalDirectory: FileName = FileName("original"),
        proxyDirectory: FileName = FileName("proxy"), proxyRoot: FilePath? = nil,
        extensions: Set<String>? = NameRules.defaultExtensions, ignored: [GlobPattern] = [],
        settle: Duration = .seconds(10), stallTimeout: Duration = .seconds(600), poll: PollSetting = .auto,
        onOriginalDeleted: OriginalDeletedSetting = .keep, ownership: Ownership = Ownership()
    ) {
        self.root = root
        self.presetName = presetName
        self.originalDirectory = originalDirectory
        self.proxyDirectory = proxyDirectory
        self.proxyRoot = proxyRoot
        self.extensions = extensions
        self.ignored = ignored
        self.settle = settle
        self.stallTimeout = stallTimeout
        self.poll = poll
        self.onOriginalDeleted = onOriginalDeleted
        self.ownership = ownership
    }

    public var layout: MirrorLayout {
        MirrorLayout(
            root: root, originalDirectory: originalDirectory, proxyDirectory: proxyDirectory, proxyRoot: proxyRoot)
    }

    public var rules: NameRules { NameRules(extensions: extensions, ignored: ignored) }
}

/// How a root is watched.
public enum PollSetting: Sendable, Hashable {
    /// Events where the file system delivers them, polling where it does not.
    case auto
    /// Polling in this interval, whatever the file system.
    case every(Duration)
}

/// What becomes of a proxy whose original was deleted.
public enum OriginalDeletedSetting: String, Sendable, Hashable, CaseIterable {
    case keep
    case delete
}
