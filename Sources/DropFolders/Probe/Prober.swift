import Domain
import Glibc
import Inotify
import SystemPackage

/// Looks at candidates of one root, on a thread of its own.
actor Prober {
    nonisolated let executor: ThreadExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    private let structure: LeaseProbe.StructureRule

    init(structure: LeaseProbe.StructureRule) throws(InotifyError) {
        executor = try ThreadExecutor()
        self.structure = structure
    }

    func probe(_ location: OriginalLocation) -> UploadProbeOutcome {
        do {
            let file = try ProbedFile.open(location)
            return try observe(file, at: location)
        } catch let refusal as ProbedFile.Refusal {
            switch refusal {
            case .gone: return .gone
            case .notRegular: return .notRegular
            case .busy(let identity):
                return .observed(
                    UploadObservation(
                        identity: identity, writer: .busy, structure: .cannotTell,
                        age: age(ofModification: identity.modifiedNanoseconds)))
            case .failed(let error): return .unreadable(failure(error, location.path))
            }
        } catch {
            return .unreadable(failure(error as? Errno ?? .ioError, location.path))
        }
    }

    private func observe(_ file: consuming ProbedFile, at location: OriginalLocation) throws -> UploadProbeOutcome {
        let before = try file.status()
        guard before.kind == .regular else { return .notRegular }
        let trusts = file.hasTrustedLeases
        var observation = UploadObservation(
            identity: before.identity, writer: trusts ? file.writer() : .unknown, structure: .cannotTell, age: .zero)
        let size = before.identity.sizeBytes
        if observation.writer != .busy {
            observation.holes = file.holes(within: size)
            observation.isNFSServerRunning = KernelNFSServer.isRunning()
            let isTemporary = location.path.fileName.map(NameRules.isTemporary) ?? false
            observation.isMarkedUnfinished = isTemporary || FinderMark.isBusy(file, at: location)
        }
        if size > 0, structure == .always || (structure == .withoutWriter && observation.writer != .busy) {
            observation.structure = StructureCheck.structure(
                of: DescriptorBytes(descriptor: file.descriptor, sizeBytes: size))
        }
        // Somebody may have begun to write meanwhile.
        if observation.writer == .free { observation.writer = file.writer() }
        let after = try file.status()
        observation.identity = after.identity
        observation.age = age(ofModification: after.identity.modifiedNanoseconds)
        // It moved under our eyes: whoever did that is a writer.
        if after.identity != before.identity { (observation.writer, observation.structure) = (.busy, .cannotTell) }
        return .observed(observation)
    }

    private func age(ofModification nanoseconds: Int64) -> Duration {
        var time = timespec()
        // clock_gettime(2) writes through a pointer; CLOCK_REALTIME cannot fail.
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        let now = Duration.seconds(time.tv_sec) + .nanoseconds(Int64(time.tv_nsec))
        return max(.zero, now - .nanoseconds(nanoseconds))
    }

    private func failure(_ error: Errno, _ path: FilePath) -> Failure {
        let name = PathText.encode(path.bytes)
        return switch error {
        case .permissionDenied, .notPermitted:
            Failure(
                .permissionDenied, "\(name) may not be read: give the service's user the right to read it.",
                detail: "\(error)")
        default:
            Failure(.ioError, "\(name) could not be read: check its disk or mount.", detail: "\(error)")
        }
    }
}
