import Domain
import SystemPackage

// Published proxies held against their record.
extension SimulatedProxies: ProxyContents {
    func standing(of file: PublishedFile, at path: FilePath, reading: ContentReading) async -> ProxyStanding {
        guard await handle.begin("look at proxy", "\(path)") else { return .unreachable(Failure.dead) }
        guard world.isMounted else { return .unreachable(Failure(.mountMissing, "not mounted")) }
        if world.fails(0.02) { return .unreachable(Failure(.ioError, "EIO at proxy")) }
        guard let there = world.media.entries[path] else { return .missing }
        let identity = there.identity(onDevice: world.mediaDevice)
        if reading == .whereDoubtful, file.isSameFile(as: identity) { return .intact }
        let found = PublishedFile(
            inode: there.inode, sizeBytes: there.sizeBytes, modifiedNanoseconds: there.modified,
            sha256: there.content)
        if found == file { return .intact }
        if found.sha256 == file.sha256 { return .elsewhere(found) }
        return found.inode == file.inode ? .altered(found) : .replaced
    }
}

/// Watches of the proxies' directories: they tell of most of what happens there.
final class SimulatedProxyWatches: ProxyWatches, @unchecked Sendable {
    // SAFETY: used on the simulation's one thread only.
    let news: AsyncStream<ProxyNews>
    private let continuation: AsyncStream<ProxyNews>.Continuation
    private let world: World
    private var directories: Set<FilePath> = []

    init(world: World) {
        self.world = world
        (news, continuation) = AsyncStream.makeStream(bufferingPolicy: .unbounded)
    }

    func close() { continuation.finish() }

    func watch(_ directory: FilePath) { directories.insert(directory) }

    func touched(_ path: FilePath) {
        // An accelerator, never a proof.
        guard directories.contains(path.removingLastComponent()), world.random.chance(0.7) else { return }
        continuation.yield(world.random.chance(0.1) ? .lost : .touched([path]))
    }
}
