import Domain
import Inotify
import Logging
import Synchronization
import SystemPackage
import Testing

@testable import DropFolders

/// A running watcher and what it told so far.
struct WatcherFixture {
    let watcher: DropFolderWatcher
    let log: EventLog
    let warnings: LogCapture

    static let rules = NameRules(extensions: ["mp4", "mov"], ignored: [GlobPattern("*.skip")])

    /// Runs `body` beside a watcher, and stops the watcher.
    static func run(
        _ trees: [WatchedTree], times: WatcherTimes = quick(), seams: DropFolderWatcher.Seams = .init(),
        takingEvents: Bool = true, _ body: @escaping @Sendable (WatcherFixture) async throws -> Void
    ) async throws {
        let capture = LogCapture()
        let watcher = try DropFolderWatcher(
            trees: trees, watching: true, times: times, clock: ContinuousClock(), logger: capture.logger, seams: seams)
        let fixture = WatcherFixture(watcher: watcher, log: EventLog(), warnings: capture)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await watcher.run() }
            if takingEvents { group.addTask { await fixture.takeEvents() } }
            try await body(fixture)
            group.cancelAll()
        }
    }

    static func run(
        _ tree: TestTree, times: WatcherTimes = quick(), seams: DropFolderWatcher.Seams = .init(),
        _ body: @escaping @Sendable (WatcherFixture) async throws -> Void
    ) async throws {
        try await run(
            [WatchedTree(layout: tree.layout(), rules: rules)], times: times, seams: seams, body)
    }

    func takeEvents(until isEnough: @Sendable (Picture) -> Bool = { _ in false }) async {
        for await batch in watcher.events {
            await log.take(batch)
            if isEnough(await log.picture) { return }
        }
    }

    func expect(
        _ what: Comment, sourceLocation: SourceLocation = #_sourceLocation,
        _ condition: @escaping @Sendable (Picture) -> Bool
    ) async {
        let holds = await log.wait(until: condition)
        #expect(holds, what, sourceLocation: sourceLocation)
    }

    func expectScanned(sourceLocation: SourceLocation = #_sourceLocation) async {
        await expect("the first walk ends", sourceLocation: sourceLocation) { $0.scans == 1 }
    }

    func expectSeen(_ path: FilePath, sourceLocation: SourceLocation = #_sourceLocation) async {
        await expect("\(path) is seen", sourceLocation: sourceLocation) { $0.originals[path] != nil }
    }

    func expectGone(_ path: FilePath, sourceLocation: SourceLocation = #_sourceLocation) async {
        await expect("\(path) is gone", sourceLocation: sourceLocation) { $0.gone.contains(path) }
    }

    /// Pauses that keep tests short.
    static func quick() -> WatcherTimes {
        var times = WatcherTimes()
        times.poll = .milliseconds(100)
        times.overflow = .milliseconds(50)
        times.move = .milliseconds(100)
        times.missingRoot = .milliseconds(50)
        times.rootCheck = .milliseconds(200)
        return times
    }
}

/// Keeps log lines for tests.
final class LogCapture: Sendable {
    private let kept = Mutex<[String]>([])
    var lines: [String] { kept.withLock { $0 } }

    var logger: Logger { Logger(label: "test") { _ in Handler(capture: self) } }

    private struct Handler: LogHandler {
        let capture: LogCapture
        var logLevel = Logger.Level.trace
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            capture.kept.withLock { $0.append("\(event.level) \(event.message) \(event.metadata ?? [:])") }
        }
    }
}

/// Watches of which only some are granted. The kernel is not asked for the others: taking them back would make events, which
/// a full kernel does not.
final class LimitedWatches: DirectoryWatches {
    private let base: InotifyDescriptor
    private let limit: Mutex<Int>
    private let granted = Mutex<[FilePath: WatchDescriptor]>([:])

    init(_ base: InotifyDescriptor, limit: Int) {
        self.base = base
        self.limit = Mutex(limit)
    }

    func addWatch(_ path: FilePath, mask: InotifyMask) throws(InotifyError) -> WatchDescriptor {
        let limit = limit.withLock { $0 }
        return try granted.withLock { granted throws(InotifyError) in
            guard granted[path] != nil || granted.count < limit else {
                throw InotifyError(operation: "inotify_add_watch", errno: .noSpace, path: path)
            }
            let watch = try base.addWatch(path, mask: mask)
            granted[path] = watch
            return watch
        }
    }

    func removeWatch(_ watch: WatchDescriptor) {
        granted.withLock { granted in granted = granted.filter { $0.value != watch } }
        base.removeWatch(watch)
    }
}

/// Watches that are counted, and see nothing but the end of a directory where that is wished.
final class CountedWatches: DirectoryWatches {
    private let base: InotifyDescriptor
    private let isBlind: Bool
    private let added = Mutex<[FilePath: Int]>([:])

    init(_ base: InotifyDescriptor, isBlind: Bool) {
        self.base = base
        self.isBlind = isBlind
    }

    /// How often each directory was to be watched.
    var counts: [FilePath: Int] { added.withLock { $0 } }

    func addWatch(_ path: FilePath, mask: InotifyMask) throws(InotifyError) -> WatchDescriptor {
        added.withLock { $0[path, default: 0] += 1 }
        return try base.addWatch(path, mask: isBlind ? [.deleteSelf, .onlyDirectory] : mask)
    }

    func removeWatch(_ watch: WatchDescriptor) { base.removeWatch(watch) }
}
