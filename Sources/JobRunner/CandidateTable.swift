import Domain
import SystemPackage

/// The originals whose uploads are being followed, with the time of each one's next look. Pure.
struct CandidateTable: Sendable {
    struct Candidate: Sendable {
        let location: OriginalLocation
        var machine: SettleMachine
        /// When to look next, on the service's monotonic clock.
        var due: Duration
        /// Whether a writer held the file at the last look.
        var isBusy = false
        /// Whether a look is under way; an event meanwhile asks for another.
        var isLooking = false
        var wantsAnotherLook = false
        /// Failed attempts at opening it in a row.
        var troubles = 0
        /// Whether it is shown as incomplete.
        var isIncomplete = false
    }

    /// What a look came to.
    enum Verdict: Sendable, Hashable {
        /// The upload is complete, for these reasons.
        case ready([UploadEvidence])
        /// It stands still and is cut short; said once.
        case incomplete
        /// It was shown as incomplete and moves again.
        case resumed
        /// Nothing to tell.
        case undecided
    }

    private(set) var candidates: [FilePath: Candidate] = [:]

    var count: Int { candidates.count }
    /// Candidates that a settle window, not a writer, holds back.
    var settlingCount: Int { candidates.values.count { !$0.isBusy } }
    var busy: [OriginalLocation] { candidates.values.filter(\.isBusy).map(\.location) }

    /// Starts following an original, or asks for a look at once where it is followed already.
    mutating func follow(_ location: OriginalLocation, machine: SettleMachine, at now: Duration) {
        guard candidates[location.path] != nil else {
            candidates[location.path] = Candidate(location: location, machine: machine, due: now)
            return
        }
        candidates[location.path]?.due = now
        if candidates[location.path]?.isLooking == true { candidates[location.path]?.wantsAnotherLook = true }
    }

    mutating func forget(_ path: FilePath) { candidates[path] = nil }

    /// Those to look at now, marked as being looked at; at most `limit`.
    mutating func takeDue(at now: Duration, limit: Int) -> [OriginalLocation] {
        let due = candidates.values.filter { $0.due <= now && !$0.isLooking }.prefix(limit).map(\.location)
        for location in due {
            candidates[location.path]?.isLooking = true
            candidates[location.path]?.wantsAnotherLook = false
        }
        return due
    }

    /// The time of the next look; `nil` where nothing waits.
    var nextDue: Duration? { candidates.values.filter { !$0.isLooking }.map(\.due).min() }

    /// Takes the result of a look.
    mutating func take(_ observation: UploadObservation, of path: FilePath, at now: Duration) -> Verdict {
        guard var candidate = candidates[path] else { return .undecided }
        candidate.isLooking = false
        candidate.troubles = 0
        defer { candidates[path] = candidate }
        switch candidate.machine.take(observation, at: now) {
        case .ready(let evidence):
            guard !candidate.wantsAnotherLook else {
                candidate.due = now
                return .undecided
            }
            candidate.due = now + .seconds(1)
            return .ready(evidence)
        case .look(let pause, let isBusy):
            candidate.isBusy = isBusy
            candidate.due = candidate.wantsAnotherLook ? now : now + max(pause, .milliseconds(1))
            guard candidate.isIncomplete else { return .undecided }
            candidate.isIncomplete = false
            return .resumed
        case .stalled(let pause):
            candidate.isBusy = false
            candidate.due = candidate.wantsAnotherLook ? now : now + pause
            guard !candidate.isIncomplete else { return .undecided }
            candidate.isIncomplete = true
            return .incomplete
        }
    }

    /// Takes a look that failed.
    /// - Returns: how many looks in a row have failed.
    mutating func takeTrouble(of path: FilePath, at now: Duration) -> Int {
        guard var candidate = candidates[path] else { return 0 }
        candidate.isLooking = false
        candidate.troubles += 1
        candidate.due = now + .seconds(1)
        candidates[path] = candidate
        return candidate.troubles
    }
}
