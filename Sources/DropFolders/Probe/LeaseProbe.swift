public import Domain
import Glibc
import Inotify
import SystemPackage
import Synchronization

/// Looks at candidates: who writes, how old, how complete. Opens for reading only, and never waits for anybody.
///
/// Each root has a thread of its own, so that a file system that hangs holds up nobody else's probes.
public final class LeaseProbe: UploadProbe {
    /// When the container's structure is looked at; else it cannot tell.
    public enum StructureRule: Sendable, Hashable {
        case never
        /// Where no writer has the file open: it would have to be looked at again after the writer.
        case withoutWriter
        case always
    }

    private let structure: StructureRule
    private let probers = Mutex<[FilePath: Prober]>([:])

    public init(structure: StructureRule = .withoutWriter) {
        self.structure = structure
        // A writer that breaks our lease in its few microseconds sends SIGIO, which kills by default (fcntl(2)).
        _ = signal(SIGIO, SIG_IGN)
    }

    public func probe(_ location: OriginalLocation) async -> UploadProbeOutcome {
        do {
            return try await prober(for: location.root).probe(location)
        } catch {
            return .unreadable(
                Failure(.ioError, "No thread could be started to look at \(location.path.string).", detail: "\(error)"))
        }
    }

    private func prober(for root: FilePath) throws(InotifyError) -> Prober {
        if let known = probers.withLock({ $0[root] }) { return known }
        let made = try Prober(structure: structure)
        return probers.withLock { probers in
            // Another call may have been faster.
            if let known = probers[root] { return known }
            probers[root] = made
            return made
        }
    }
}
