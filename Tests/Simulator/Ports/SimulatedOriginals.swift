import Domain
import SystemPackage

/// Originals of the simulated NAS, by descriptors that no kernel knows.
final class SimulatedOriginals: OriginalFiles, @unchecked Sendable {
    // SAFETY: used on the simulation's one thread only.
    private let handle: LifeHandle
    private var world: World { handle.world }

    init(handle: LifeHandle) { self.handle = handle }

    func open(_ location: OriginalLocation) async throws(Failure) -> OpenOriginal {
        guard await handle.begin("open original", "\(location.path)") else { throw Failure.dead }
        guard let file = world.file(at: location.path) else {
            throw Failure(.originalMissing, "\(location.path) is not there")
        }
        if world.fails(0.01) { throw Failure(.ioError, "EIO at open") }
        let identity = file.identity(onDevice: world.mediaDevice)
        return OpenOriginal(location: location, descriptor: handle.openFiles.open(file), identity: identity)
    }

    func identity(of original: OpenOriginal) async throws(Failure) -> FileIdentity {
        guard await handle.begin("fstat original"), let file = handle.openFiles.original(original.descriptor) else {
            throw Failure.dead
        }
        guard world.isMounted else { throw Failure(.ioError, "ESTALE at fstat") }
        return file.identity(onDevice: world.mediaDevice)
    }

    func identity(at location: OriginalLocation) async throws(Failure) -> FileIdentity? {
        guard await handle.begin("stat original", "\(location.path)") else { throw Failure.dead }
        if world.fails(0.01) { throw Failure(.ioError, "EIO at stat") }
        return world.file(at: location.path)?.identity(onDevice: world.mediaDevice)
    }

    func fingerprint(of original: OpenOriginal) async throws(Failure) -> ContentFingerprint? {
        guard await handle.begin("read samples"), let file = handle.openFiles.original(original.descriptor) else {
            throw Failure.dead
        }
        guard world.isMounted, !world.fails(0.01) else { throw Failure(.ioError, "EIO at read") }
        guard file.size == original.identity.sizeBytes else { return nil }
        return ContentFingerprint(text: "xxh64:\(file.content)")
    }

    func presence(of location: OriginalLocation, onDevice device: UInt64) async -> OriginalPresence {
        guard await handle.begin("look for original", "\(location.path)"), world.isMounted else {
            return .unreachable(Failure(.mountMissing, "not mounted"))
        }
        guard let file = world.file(at: location.path) else {
            // As the original reader: on another file system than it was, it is not known to be gone.
            guard device == world.mediaDevice else {
                return .unreachable(Failure(.mountMissing, "\(location.path) was on another file system"))
            }
            return .absent
        }
        return .present(file.identity(onDevice: world.mediaDevice))
    }

    func landmarks(of dropFolder: FilePath, below root: FilePath) async -> [Landmark] {
        guard await handle.begin("look for landmarks", "\(dropFolder)"), world.isMounted else {
            return []
        }
        return [Landmark(path: dropFolder, inode: 9, bornNanoseconds: 0, device: world.mediaDevice)]
    }

    func close(_ original: OpenOriginal) async { handle.openFiles.close(original.descriptor) }
}

/// Looks at candidates as the lease probe does.
final class SimulatedProbe: UploadProbe, @unchecked Sendable {
    // SAFETY: used on the simulation's one thread only.
    private let handle: LifeHandle

    init(handle: LifeHandle) { self.handle = handle }

    func probe(_ location: OriginalLocation) async -> UploadProbeOutcome {
        let world = handle.world
        guard await handle.begin("probe", "\(location.path)") else { return .unreadable(Failure.dead) }
        guard let file = world.file(at: location.path) else { return .gone }
        if world.fails(0.02) { return .unreadable(Failure(.ioError, "EIO at probe")) }
        let missing = file.fullSize - file.size
        let structure: ContainerStructure =
            switch file.container {
            case .opaque: .cannotTell
            case .structured: missing > 0 ? .cutShort(missingBytes: missing) : .whole
            }
        return .observed(
            UploadObservation(
                identity: file.identity(onDevice: world.mediaDevice),
                writer: world.hasLeases ? (file.writers > 0 ? .busy : .free) : .unknown, structure: structure,
                age: .nanoseconds(world.wallNanoseconds - max(file.modified, file.changed)), holes: .none))
    }
}

/// Open descriptors of one life.
final class OpenFiles {
    private var originals: [Int32: OriginalFile] = [:]
    private var outputs: [Int32: OutputFile] = [:]
    private var next: Int32 = 1_000_000

    func open(_ file: OriginalFile) -> FileDescriptor {
        next += 1
        originals[next] = file
        return FileDescriptor(rawValue: next)
    }

    func open(_ file: OutputFile) -> FileDescriptor {
        next += 1
        outputs[next] = file
        return FileDescriptor(rawValue: next)
    }

    func original(_ descriptor: FileDescriptor) -> OriginalFile? { originals[descriptor.rawValue] }
    func output(_ descriptor: FileDescriptor) -> OutputFile? { outputs[descriptor.rawValue] }

    func close(_ descriptor: FileDescriptor) {
        originals[descriptor.rawValue] = nil
        outputs[descriptor.rawValue] = nil
    }

    var count: Int { originals.count + outputs.count }
}

extension Failure {
    /// What a dead daemon's ports answer: nobody hears it.
    static let dead = Failure(.ioError, "the daemon is dead")
}

extension World {
    /// Whether a fault comes now.
    func fails(_ probability: Double) -> Bool { !isHealed && random.chance(probability) }
}
