import Dispatch
public import Domain
public import Inotify
import Synchronization
public import SystemPackage

/// Inotify watches on the directories of published proxies, with an inotify instance of its own.
public final class ProxyWatcher: ProxyWatches {
    /// Directories that are watched at most; the others are looked after by the clock.
    static let most = 16_384
    static let mask: InotifyMask = [
        .delete, .movedFrom, .movedTo, .closeWrite, .deleteSelf, .moveSelf, .onlyDirectory, .doNotFollow,
        .excludeUnlinked,
    ]

    public let news: AsyncStream<ProxyNews>

    private struct State {
        var watches: [FilePath: WatchDescriptor?] = [:]
        var paths: [WatchDescriptor: FilePath] = [:]
    }

    private let inotify: InotifyDescriptor
    private let reader: InotifyReader
    private let output: AsyncStream<ProxyNews>.Continuation
    private let state = Mutex(State())
    /// inotify_add_watch(2) looks the path up, which may block: it has a queue of its own.
    private let calls = DispatchQueue(label: "understudy.proxy-watches")

    /// - Throws: `instanceLimit` where the user has no inotify instance left (`fs.inotify.max_user_instances`).
    public init() throws(InotifyError) {
        inotify = try InotifyDescriptor()
        reader = try InotifyReader(inotify, watchingMounts: false)
        (news, output) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(256))
        try reader.start { [weak self] batch in self?.take(batch) }
    }

    deinit {
        reader.stop()
        output.finish()
    }

    public func watch(_ directory: FilePath) {
        let isNew = state.withLock { state in
            guard state.watches[directory] == nil, state.watches.count < ProxyWatcher.most else { return false }
            state.watches[directory] = .some(nil)
            return true
        }
        if isNew { calls.async { [weak self] in self?.begin(directory) } }
    }

    /// Whether a directory is watched now.
    func isWatching(_ directory: FilePath) -> Bool { state.withLock { $0.watches[directory] ?? nil } != nil }

    private func begin(_ directory: FilePath) {
        // Gone, or no watch left: looks by the clock have to do, and the next proxy there asks again.
        let watch = try? inotify.addWatch(directory, mask: ProxyWatcher.mask)
        state.withLock { state in
            state.watches[directory] = watch.map { .some($0) }
            if let watch { state.paths[watch] = directory }
        }
    }

    /// On the reader's thread.
    private func take(_ batch: InotifyBatch) {
        guard case .events(let events) = batch else { return send(.lost) }
        var touched: Set<FilePath> = []
        state.withLock { state in
            for event in events {
                guard let directory = state.paths[event.watch] else { continue }
                if event.mask.contains(.ignored) {
                    state.paths[event.watch] = nil
                    state.watches[directory] = nil
                } else if event.mask.contains(.unmounted) {
                    continue
                } else if event.name.isEmpty {
                    touched.insert(directory)
                } else if ProxyWatcher.mayBeAProxy(FileName(bytes: event.name)) {
                    touched.insert(directory.appending(name: FileName(bytes: event.name)))
                }
            }
        }
        if !touched.isEmpty { send(.touched(touched)) }
    }

    private static func mayBeAProxy(_ name: FileName) -> Bool {
        !name.hasPrefix(ProxyNaming.temporaryPrefix) && !name.hasSuffix(".json")
    }

    private func send(_ news: ProxyNews) {
        // Dropped news are made up for by one look at all.
        if case .dropped = output.yield(news), news != .lost { output.yield(.lost) }
    }
}
