import Domain
import Glibc
import Inotify
import SystemPackage

/// Looks at candidates of one root, on a thread of its own.
actor Prober {
    nonisolated let executor: ThreadExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    private let examinesStructure: Bool
    /// Right after a close the kernel may still count the writer (it tells the close before it ends the file: up to
    /// 9 ms on XFS and 25 ms on btrfs were measured).
    private static let leasePauses: [Duration] = [100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_000]
        .map { .microseconds($0) }

    init(examinesStructure: Bool) throws(InotifyError) {
        executor = try ThreadExecutor()
        self.examinesStructure = examinesStructure
    }

    func probe(_ location: OriginalLocation) async -> UploadProbeOutcome {
        do {
            let file = try ProbedFile.open(location)
            return try await observe(file)
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

    private func observe(_ file: consuming ProbedFile) async throws -> UploadProbeOutcome {
        let before = try file.status()
        guard before.kind == .regular else { return .notRegular }
        let trusts = file.hasTrustedLeases
        var writer: UploadObservation.WriterState = trusts ? file.writer() : .unknown
        for pause in Prober.leasePauses where writer == .busy {
            // Only cancellation ends a sleep early: then the answer matters to nobody.
            try? await Task.sleep(for: pause)
            writer = file.writer()
        }
        var structure = ContainerStructure.cannotTell
        if writer != .busy, examinesStructure, before.identity.sizeBytes > 0 {
            structure = examine(file, sizeBytes: before.identity.sizeBytes)
            // Somebody may have begun to write meanwhile.
            if trusts, writer == .free { writer = file.writer() }
        }
        let after = try file.status()
        // It moved under our eyes: whoever did that is a writer.
        if after.identity != before.identity { (writer, structure) = (.busy, .cannotTell) }
        return .observed(
            UploadObservation(
                identity: after.identity, writer: writer, structure: structure,
                age: age(ofModification: after.identity.modifiedNanoseconds)))
    }

    private func examine(_ file: borrowing ProbedFile, sizeBytes: Int64) -> ContainerStructure {
        let bytes = DescriptorBytes(descriptor: file.descriptor, sizeBytes: sizeBytes)
        let structure = StructureCheck.structure(of: bytes)
        // A whole structure proves the end and not the middle: parts never written speak against it.
        if structure == .whole, file.hasHole(within: sizeBytes) { return .cannotTell }
        return structure
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
