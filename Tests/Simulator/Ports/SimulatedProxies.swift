import Domain
import SystemPackage

/// The outputs' file system: names, contents, and which of them a power cut would leave.
final class SimulatedProxies: ProxyFiles, @unchecked Sendable {
    // SAFETY: used on the simulation's one thread only.
    let handle: LifeHandle
    var world: World { handle.world }

    init(handle: LifeHandle) { self.handle = handle }

    func createTemporary(
        in directory: FilePath, jobID: String, attempt: Int
    ) async throws(Failure) -> TemporaryFile {
        guard await handle.begin("create temporary", "\(directory)") else { throw Failure.dead }
        try world.requireMount()
        if world.fails(0.01) { throw Failure(.ioError, "EIO at create") }
        let name = ProxyNaming.temporaryName(jobID: jobID, suffix: "\(attempt)-\(world.newNumber()).tmp")
        let file = OutputFile(inode: world.newNumber(), content: "", at: world.stamp())
        let path = directory.appending(name: name)
        world.outputs.entries[path] = file
        let temporary = TemporaryFile(path: path, descriptor: handle.openFiles.open(file))
        guard await handle.end() else { throw Failure.dead }
        return temporary
    }

    func harden(_ file: TemporaryFile) async throws(Failure) -> FileIdentity {
        guard await handle.begin("fsync", "\(file.path)"), let output = handle.openFiles.output(file.descriptor) else {
            throw Failure.dead
        }
        if world.fails(0.02) { throw Failure(.ioError, "EIO at fsync") }
        if world.freeBytes < World.minFreeBytes, world.fails(0.3) { throw Failure(.diskFull, "ENOSPC at fsync") }
        output.isSynced = true
        guard await handle.end() else { throw Failure.dead }
        return output.identity(onDevice: world.mediaDevice)
    }

    func publish(
        _ file: TemporaryFile, as path: FilePath, replacing replaceable: [PublishedFile]
    ) async throws(Failure) {
        guard await handle.begin("rename", "to \(path)"), let output = handle.openFiles.output(file.descriptor) else {
            throw Failure.dead
        }
        try world.requireMount()
        guard world.outputs.entries[file.path] === output else { throw Failure(.ioError, "the temporary file is gone") }
        if !output.isSynced { world.violate("published before its content was synced: \(path)") }
        if let there = world.outputs.entries[path] {
            let identity = there.identity(onDevice: world.mediaDevice)
            let isOurs = replaceable.contains { $0.isSameFile(as: identity) || $0.sha256 == there.content }
            guard isOurs || there.content == output.content else {
                throw Failure(.proxyPathOccupied, "\(path) is occupied")
            }
        }
        if world.fails(0.01) { throw Failure(.ioError, "EIO at rename") }
        try write(output, from: file.path, to: path)
        guard await handle.begin("sync directory") else { throw Failure.dead }
        try world.requireMount()
        if world.fails(0.02) { throw Failure(.ioError, "EIO at the directory's sync") }
        world.outputs.syncDirectory(path.removingLastComponent())
        guard await handle.end() else { throw Failure.dead }
    }

    func leftTemporary(
        in directory: FilePath, jobID: String, attempt: Int, file: PublishedFile
    ) async throws(Failure) -> TemporaryFile? {
        guard await handle.begin("look for what is left", "\(directory)") else { throw Failure.dead }
        try world.requireMount()
        let prefix = ProxyNaming.temporaryName(jobID: jobID, suffix: "\(attempt)-").text
        let left = world.outputs.entries.first { path, output in
            path.removingLastComponent() == directory && path.lastComponent?.string.hasPrefix(prefix) ?? false
                && file.isSameFile(as: output.identity(onDevice: world.mediaDevice))
        }
        return left.map { TemporaryFile(path: $0.key, descriptor: handle.openFiles.open($0.value)) }
    }

    private func write(_ file: OutputFile, from old: FilePath, to new: FilePath) throws(Failure) {
        if World.cameras.contains(where: { new.starts(with: $0) }) { world.violate("written among originals: \(new)") }
        world.outputs.entries[old] = nil
        world.outputs.entries[new] = file
        world.movedTo[new] = nil
        world.tampered.remove(new)
    }

    func discard(_ file: TemporaryFile) async {
        guard await handle.begin("discard"), let output = handle.openFiles.output(file.descriptor) else { return }
        if world.outputs.entries[file.path] === output { world.outputs.entries[file.path] = nil }
        handle.openFiles.close(file.descriptor)
    }

    func identity(at path: FilePath) async -> FileIdentity? {
        guard await handle.begin("stat proxy", "\(path)") else { return nil }
        return world.outputs.entries[path]?.identity(onDevice: world.mediaDevice)
    }

    func syncDirectory(_ directory: FilePath) async throws(Failure) {
        guard await handle.begin("sync directory", "\(directory)") else { throw Failure.dead }
        try world.requireMount()
        if world.fails(0.02) { throw Failure(.ioError, "EIO at the directory's sync") }
        world.outputs.syncDirectory(directory)
    }

    func move(_ file: PublishedFile, from path: FilePath, to newPath: FilePath) async throws(Failure) -> ProxyMove {
        guard await handle.begin("move proxy", "\(path) to \(newPath)") else { throw Failure.dead }
        try world.requireMount()
        if world.fails(0.02) { throw Failure(.ioError, "EIO at rename") }
        if isHere(file, newPath) {
            world.outputs.syncDirectory(newPath.removingLastComponent())
            if isHere(file, path) { world.outputs.entries[path] = nil }
            world.outputs.syncDirectory(path.removingLastComponent())
            return .moved
        }
        guard isHere(file, path), let output = world.outputs.entries[path] else { return .lost }
        guard world.outputs.entries[newPath] == nil else { return .occupied }
        try write(output, from: path, to: newPath)
        world.movedTo[path] = newPath
        guard await handle.begin("sync directory") else { throw Failure.dead }
        try world.requireMount()
        world.outputs.syncDirectory(newPath.removingLastComponent())
        world.outputs.syncDirectory(path.removingLastComponent())
        guard await handle.end() else { throw Failure.dead }
        return .moved
    }

    func remove(_ file: PublishedFile, at path: FilePath) async throws(Failure) {
        guard await handle.begin("remove proxy", "\(path)") else { throw Failure.dead }
        try world.requireMount()
        guard isHere(file, path) else { return }
        world.outputs.entries[path] = nil
        world.outputs.syncDirectory(path.removingLastComponent())
    }

    private func isHere(_ file: PublishedFile, _ path: FilePath) -> Bool {
        world.outputs.entries[path].map { file.isSameFile(as: $0.identity(onDevice: world.mediaDevice)) } ?? false
    }

    func availableBytes(at directory: FilePath) async -> Int64? {
        guard await handle.begin("statvfs") else { return nil }
        return world.freeBytes
    }

    func removeStrayTemporaries(below directory: FilePath) async -> Int {
        guard await handle.begin("remove strays", "\(directory)") else { return 0 }
        let strays = world.outputs.entries.keys.filter {
            $0.starts(with: directory) && $0.lastComponent?.string.hasPrefix(".understudy-") ?? false
        }
        for path in strays { world.outputs.entries[path] = nil }
        return strays.count
    }
}

/// Sidecars; atomic, and durable once written.
final class SimulatedSidecars: SidecarFiles, @unchecked Sendable {
    // SAFETY: used on the simulation's one thread only.
    private let handle: LifeHandle
    private var newest: [String: Int] = [:]
    private var world: World { handle.world }

    init(handle: LifeHandle) { self.handle = handle }

    func publish(_ video: VideoSnapshot, progress: JobProgress?, updatedAt: String) async throws(Failure) {
        guard await handle.begin("write sidecar", "\(video.originalPath) revision \(video.revision)") else {
            throw Failure.dead
        }
        try world.requireMount()
        if world.fails(0.02) { throw Failure(.ioError, "EIO at sidecar") }
        guard video.revision >= newest[video.id] ?? 0, let path = SimulatedSidecars.path(of: video) else { return }
        newest[video.id] = video.revision
        world.checkSidecar(video)
        world.outputs.sidecars[path] = SidecarNote(
            videoID: video.id, revision: video.revision, upload: video.uploadStatus,
            processing: video.processingStatus)
        guard await handle.end() else { throw Failure.dead }
    }

    func remove(videoID: String, at path: FilePath) async throws(Failure) {
        guard await handle.begin("remove sidecar", "\(path)") else { throw Failure.dead }
        try world.requireMount()
        if world.fails(0.02) { throw Failure(.ioError, "EIO at unlink") }
        if world.outputs.sidecars[path]?.videoID == videoID { world.outputs.sidecars[path] = nil }
    }

    static func path(of video: VideoSnapshot) -> FilePath? {
        video.originalPath.fileName.map { video.destination.appending(name: ProxyNaming.sidecarName(for: $0)) }
    }
}

extension World {
    /// Where a mirror's place is not there, nothing is made in its stead.
    func requireMount() throws(Failure) {
        guard !isMounted else { return }
        throw Failure(.mountMissing, "not mounted")
    }
}
