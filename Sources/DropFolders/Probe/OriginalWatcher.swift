import Dispatch
public import Domain
public import Inotify
import Synchronization
import SystemPackage

/// Inotify watches on single originals, with an inotify instance of its own.
public final class OriginalWatcher: OriginalWatches {
    /// Originals that are watched at most: undecided candidates are few, and each watch pins an inode.
    static let most = 4096
    static let mask: InotifyMask = [.modify, .closeWrite, .attributes, .moveSelf, .deleteSelf, .doNotFollow]
    /// Between two reads, so that a writer's many modifications come as one: the kernel folds equal neighbours
    /// (inotify(7)).
    private static let rest = Duration.milliseconds(5)

    public let touches: AsyncStream<[OriginalTouch]>

    private struct Watched {
        let location: OriginalLocation
        var uses: Int
        var watch: WatchDescriptor?
    }

    private struct State {
        var watched: [FilePath: Watched] = [:]
        /// One inode has one watch, under however many names.
        var paths: [WatchDescriptor: Set<FilePath>] = [:]
    }

    private let inotify: InotifyDescriptor
    private let reader: InotifyReader
    private let output: AsyncStream<[OriginalTouch]>.Continuation
    private let state = Mutex(State())
    /// inotify_add_watch(2) looks the path up, which may block: it has a queue of its own.
    private let calls = DispatchQueue(label: "understudy.original-watches")

    /// - Throws: `instanceLimit` where the user has no inotify instance left (`fs.inotify.max_user_instances`).
    public init() throws(InotifyError) {
        inotify = try InotifyDescriptor()
        reader = try InotifyReader(inotify, watchingMounts: false, rest: OriginalWatcher.rest)
        // Touches that nobody takes are lost; looks by the clock make up for them.
        (touches, output) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(256))
        try reader.start { [weak self] batch in self?.take(batch) }
    }

    deinit {
        reader.stop()
        output.finish()
    }

    /// How many originals are watched now.
    public var count: Int { state.withLock { $0.watched.count } }

    public func watch(_ location: OriginalLocation) { calls.async { [weak self] in self?.begin(location) } }

    public func unwatch(_ location: OriginalLocation) { calls.async { [weak self] in self?.end(location) } }

    private func begin(_ location: OriginalLocation) {
        let isNew = state.withLock { state in
            if state.watched[location.path] != nil {
                state.watched[location.path]?.uses += 1
                return false
            }
            guard state.watched.count < OriginalWatcher.most else { return false }
            state.watched[location.path] = Watched(location: location, uses: 1)
            return true
        }
        // Gone, or no watch left: looks by the clock have to do.
        guard isNew, let watch = try? inotify.addWatch(location.path, mask: OriginalWatcher.mask) else { return }
        state.withLock { state in
            state.watched[location.path]?.watch = watch
            state.paths[watch, default: []].insert(location.path)
        }
    }

    private func end(_ location: OriginalLocation) {
        let unused = state.withLock { state -> WatchDescriptor? in
            guard var watched = state.watched[location.path] else { return nil }
            watched.uses -= 1
            state.watched[location.path] = watched.uses > 0 ? watched : nil
            guard watched.uses == 0, let watch = watched.watch else { return nil }
            state.paths[watch]?.remove(location.path)
            guard state.paths[watch]?.isEmpty ?? true else { return nil }
            state.paths[watch] = nil
            return watch
        }
        if let unused { inotify.removeWatch(unused) }
    }

    /// On the reader's thread.
    private func take(_ batch: InotifyBatch) {
        // Lost events are made up for by looks, and by the walk that the directories' watcher makes.
        guard case .events(let events) = batch else { return }
        let touches = state.withLock { state in
            var isWritingOnly: [FilePath: Bool] = [:]
            for event in events {
                guard let paths = state.paths[event.watch] else { continue }
                if event.mask.contains(.ignored) {
                    state.paths[event.watch] = nil
                    for path in paths { state.watched[path]?.watch = nil }
                }
                let isWrite = event.mask == .modify
                for path in paths { isWritingOnly[path] = (isWritingOnly[path] ?? true) && isWrite }
            }
            return isWritingOnly.compactMap { path, isWritingOnly in
                state.watched[path].map { OriginalTouch(location: $0.location, isWritingOnly: isWritingOnly) }
            }
        }
        if !touches.isEmpty { output.yield(touches) }
    }
}
