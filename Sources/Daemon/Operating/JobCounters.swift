import Domain
import JobRunner
import Synchronization
import SystemPackage

/// Counts what attempts come to since the daemon's start, for monitoring, and passes everything on.
final class JobCounters: EngineObserver {
    struct Counts: Sendable, Hashable {
        /// Attempts that began.
        var started = 0
        /// Attempts by how they ended.
        var ended: [String: Int] = [:]
        /// Failures that ended a job, by code.
        var failures: [String: Int] = [:]
        var originalBytes: Int64 = 0
        var proxyBytes: Int64 = 0
        var mediaSeconds = 0.0
    }

    private let next: any EngineObserver
    /// Rung when an original's fate was sealed.
    private let bell: Doorbell
    private let counts = Mutex(Counts())

    init(_ next: any EngineObserver, bell: Doorbell) {
        self.next = next
        self.bell = bell
    }

    var all: Counts { counts.withLock { $0 } }

    func jobStarted(_ job: ClaimedJob) {
        counts.withLock { $0.started += 1 }
        next.jobStarted(job)
    }

    func jobProgressed(_ job: ClaimedJob, _ progress: JobProgress) { next.jobProgressed(job, progress) }

    func jobEnded(_ job: ClaimedJob, _ ending: AttemptEnding) {
        counts.withLock { counts in
            counts.ended[JobCounters.word(for: ending), default: 0] += 1
            switch ending {
            case .completed(let proxy):
                counts.originalBytes += job.identity.sizeBytes
                counts.proxyBytes += proxy.sizeBytes
                counts.mediaSeconds += proxy.durationSeconds
            case .failed(let failure): counts.failures[failure.code.rawValue, default: 0] += 1
            case .requeued, .superseded, .withdrawn: break
            }
        }
        bell.ring()
        next.jobEnded(job, ending)
    }

    func originalRefused(_ location: OriginalLocation, _ failure: Failure) {
        counts.withLock { $0.failures[failure.code.rawValue, default: 0] += 1 }
        bell.ring()
        next.originalRefused(location, failure)
    }

    private static func word(for ending: AttemptEnding) -> String {
        switch ending {
        case .completed: "completed"
        case .failed: "failed"
        case .requeued: "requeued"
        case .superseded: "superseded"
        case .withdrawn: "withdrawn"
        }
    }
}
