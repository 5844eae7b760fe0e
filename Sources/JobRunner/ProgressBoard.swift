public import Domain
import Synchronization
public import SystemPackage

/// The latest progress of each running job, for sidecars, `status` and the terminal.
public final class ProgressBoard: Sendable {
    public struct Entry: Sendable {
        public let videoID: String
        public let original: FilePath
        public var progress: JobProgress?
        /// Counts up with each report, so that a reader can tell whether anything is new.
        public var reports = 0
    }

    private let entries = Mutex<[String: Entry]>([:])

    public init() {}

    /// By job id.
    public var all: [String: Entry] { entries.withLock { $0 } }

    func begin(_ job: ClaimedJob) {
        entries.withLock { $0[job.token.jobID] = Entry(videoID: job.videoID, original: job.location.path) }
    }

    func report(_ jobID: String, _ progress: JobProgress) {
        entries.withLock {
            $0[jobID]?.progress = progress
            $0[jobID]?.reports += 1
        }
    }

    func end(_ jobID: String) { entries.withLock { $0[jobID] = nil } }

    func progress(ofJob jobID: String) -> JobProgress? { entries.withLock { $0[jobID]?.progress } }
}
