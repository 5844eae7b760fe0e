import Domain
import JobRunner
import SystemPackage

/// Has the directory of each newly published proxy watched, and passes everything on.
struct PublicationObserver: EngineObserver {
    private let next: any EngineObserver
    private let watches: any ProxyWatches

    init(_ next: any EngineObserver, watches: any ProxyWatches) {
        self.next = next
        self.watches = watches
    }

    func jobStarted(_ job: ClaimedJob) { next.jobStarted(job) }
    func jobProgressed(_ job: ClaimedJob, _ progress: JobProgress) { next.jobProgressed(job, progress) }
    func originalRefused(_ location: OriginalLocation, _ failure: Failure) { next.originalRefused(location, failure) }

    func jobEnded(_ job: ClaimedJob, _ ending: AttemptEnding) {
        if case .completed = ending { watches.watch(job.destination) }
        next.jobEnded(job, ending)
    }
}
