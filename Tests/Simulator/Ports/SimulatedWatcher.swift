import Domain
import SystemPackage

/// Tells of the NAS what the watcher would: the walk at the start, ends of writing and changes of names; late, and
/// looked at anew when told. Lost events are followed by another walk.
final class SimulatedWatcher: @unchecked Sendable {
    // SAFETY: used on the simulation's one thread only.
    let events: AsyncStream<[DropFolderEvent]>
    private let continuation: AsyncStream<[DropFolderEvent]>.Continuation
    private let world: World
    private var isClosed = false
    private var isLosing = false

    init(world: World) {
        self.world = world
        (events, continuation) = AsyncStream.makeStream(bufferingPolicy: .unbounded)
    }

    func close() {
        isClosed = true
        continuation.finish()
    }

    /// The first walk.
    func walk() {
        later { [self] in
            send(dropFolders + sightings)
            later { [self] in send([.scanned]) }
        }
    }

    /// A walk that follows a mount, or lost events.
    func walkAgain() {
        later { [self] in
            send(dropFolders + sightings)
            later { [self] in send([.walked]) }
        }
    }

    func loseEvents(for duration: Duration) {
        isLosing = true
        world.loop.call(after: duration) { [self] in
            isLosing = false
            walkAgain()
        }
    }

    /// An event about a path. What is told is what is there when the event is taken.
    func tell(_ path: FilePath, mayBeGone: Bool) {
        guard !isLosing, let location = world.location(path) else { return }
        later { [self] in
            if let file = world.file(at: path) {
                send([.seen(location, file.identity(onDevice: world.mediaDevice))])
            } else if mayBeGone {
                send([.gone(location)])
            }
        }
    }

    private var dropFolders: [DropFolderEvent] {
        world.isMounted ? World.cameras.map { .dropFolder($0, root: World.root) } : []
    }

    private var sightings: [DropFolderEvent] {
        guard world.isMounted else { return [] }
        return world.originals.sorted { $0.key.string < $1.key.string }.compactMap { path, file in
            world.location(path).map { .seen($0, file.identity(onDevice: world.mediaDevice)) }
        }
    }

    private func later(_ action: @escaping () -> Void) {
        world.loop.call(after: world.random.duration(.microseconds(50), .milliseconds(30)), action)
    }

    private func send(_ batch: [DropFolderEvent]) {
        guard !isClosed, !batch.isEmpty else { return }
        world.note("watcher tells", "\(batch.count) events, first \(batch[0])")
        continuation.yield(batch)
    }
}

/// Watches of single originals.
final class SimulatedWatches: OriginalWatches, @unchecked Sendable {
    // SAFETY: used on the simulation's one thread only.
    let touches: AsyncStream<[OriginalTouch]>
    private let continuation: AsyncStream<[OriginalTouch]>.Continuation
    private let world: World
    private var counts: [FilePath: Int] = [:]

    init(world: World) {
        self.world = world
        (touches, continuation) = AsyncStream.makeStream(bufferingPolicy: .unbounded)
    }

    func close() { continuation.finish() }

    func watch(_ location: OriginalLocation) { counts[location.path, default: 0] += 1 }
    func unwatch(_ location: OriginalLocation) { counts[location.path, default: 1] -= 1 }

    func touched(_ path: FilePath) {
        // An accelerator, never a proof: the product must be right without it.
        guard counts[path, default: 0] > 0, let location = world.location(path), world.random.chance(0.7) else {
            return
        }
        continuation.yield([OriginalTouch(location: location, isWritingOnly: true)])
    }
}
