import Domain
import SystemPackage

/// The originals whose uploads are being followed, with the time of each one's next look. Pure; every verb takes
/// logarithmic time.
struct CandidateTable: Sendable {
    /// Where a candidate is between two looks. Only waiting ones are due.
    enum Phase: Sendable {
        case waiting
        case looking
        /// Found complete; the database is to be told.
        case arriving
    }

    struct Candidate: Sendable {
        let location: OriginalLocation
        var machine: SettleMachine
        /// The settle window without what was learned of the folder.
        let configuredSettle: Duration
        /// Whether the database is not known yet to want it followed.
        var isTentative: Bool
        /// When to look next, on the service's monotonic clock.
        var due: Duration
        /// The entry in the queue that holds.
        var entry: UInt64 = 0
        var phase = Phase.waiting
        /// Whether a writer held the file at the last look.
        var isBusy = false
        /// Whether an event came during a look.
        var wantsAnotherLook = false
        /// Failed attempts at opening it in a row.
        var troubles = 0
        /// Whether it is shown as incomplete.
        var isIncomplete = false
        /// Whether its inode is watched.
        var isWatched = false
        var lastLook: (end: Duration, identity: FileIdentity)?
    }

    /// What a look came to.
    enum Verdict: Sendable, Hashable {
        /// The upload is complete, for these reasons; `conclude` or `postpone` must follow.
        case ready([UploadEvidence])
        /// It stands still and is cut short; said once.
        case incomplete
        /// It was shown as incomplete and moves again.
        case resumed
        /// Nothing to tell.
        case undecided
    }

    private(set) var candidates: [FilePath: Candidate] = [:]
    /// By root, so that a root that hangs holds up no other.
    private var queues: [FilePath: DueQueue] = [:]
    private var looks: [FilePath: Int] = [:]
    private var busyPaths: Set<FilePath> = []
    private var memory = ResumeMemory()
    private var entries: UInt64 = 0

    /// Looks under way in one root at once.
    static let looksInOneRoot = 4
    /// A close-write this soon after a look of ours may be its own echo: the kernel's NFS server closes its clients'
    /// file when we ask for a lease.
    static let echo = Duration.milliseconds(50)
    /// The shortest pause between looks that only modifications ask for.
    static let writingPause = Duration.seconds(1)

    var count: Int { candidates.count }
    /// Candidates that a settle window, not a writer, holds back.
    var settlingCount: Int { candidates.count - busyPaths.count }
    var busy: [OriginalLocation] { busyPaths.compactMap { candidates[$0]?.location } }

    func isFollowing(_ path: FilePath) -> Bool { candidates[path] != nil }
    func isWatched(_ path: FilePath) -> Bool { candidates[path]?.isWatched ?? false }

    /// Notes that an undecided candidate's inode is watched.
    /// - Returns: whether it is not watched yet, and is still followed.
    mutating func markWatched(_ path: FilePath) -> Bool {
        guard let candidate = candidates[path], !candidate.isWatched else { return false }
        candidates[path]?.isWatched = true
        return true
    }

    /// Starts following an original, or asks for a look at once where it is followed already.
    ///
    /// - Parameter isTentative: whether the database is still to be asked.
    mutating func follow(
        _ location: OriginalLocation, machine: SettleMachine, at now: Duration, isTentative: Bool = false
    ) {
        if candidates[location.path] == nil {
            candidates[location.path] = Candidate(
                location: location, machine: machine, configuredSettle: machine.settle, isTentative: isTentative,
                due: now)
            schedule(location.path, at: now)
        } else {
            if !isTentative { confirm(location.path) }
            askForLook(at: location.path, now)
        }
    }

    /// The database wants it followed.
    mutating func confirm(_ path: FilePath) { candidates[path]?.isTentative = false }

    /// Whether it is followed only until the database is asked, which knows it as complete and unchanged.
    func isToBeRejected(_ path: FilePath) -> Bool {
        candidates[path].map { $0.isTentative && $0.phase != .arriving } ?? false
    }

    /// Something was seen to happen to a file; nothing where it is not followed.
    ///
    /// - Parameters:
    ///   - identity: what it was right after.
    ///   - isWritingOnly: whether its content changed and nothing else is known.
    mutating func touch(_ path: FilePath, identity: FileIdentity, isWritingOnly: Bool, at now: Duration) {
        guard let candidate = candidates[path] else { return }
        if let last = candidate.lastLook, candidate.phase == .waiting {
            let isEcho = now - last.end < CandidateTable.echo && identity == last.identity && !candidate.isBusy
            if isEcho { return }
            if isWritingOnly {
                // A writer that was seen already tells nothing new.
                guard !candidate.isBusy, candidate.due > last.end + CandidateTable.writingPause else { return }
                return schedule(path, at: max(now, last.end + CandidateTable.writingPause))
            }
        }
        askForLook(at: path, now)
    }

    /// The uploader says that the file is complete.
    mutating func notify(_ path: FilePath, at now: Duration) {
        candidates[path]?.machine.notify()
        askForLook(at: path, now)
    }

    mutating func forget(_ path: FilePath) {
        guard let candidate = candidates.removeValue(forKey: path) else { return }
        busyPaths.remove(path)
        if candidate.phase == .looking { looks[candidate.location.root, default: 1] -= 1 }
    }

    /// Those to look at now, marked as being looked at; at most `limit`.
    mutating func takeDue(at now: Duration, limit: Int) -> [OriginalLocation] {
        var due: [OriginalLocation] = []
        // An array of its own: whoever iterates the dictionary makes each change below copy it, with all queues.
        for root in Array(queues.keys) {
            while due.count < limit, looks[root, default: 0] < CandidateTable.looksInOneRoot,
                let entry = firstEntry(of: root), entry.due <= now
            {
                queues[root]?.removeFirst()
                guard let location = candidates[entry.path]?.location else { continue }
                candidates[entry.path]?.phase = .looking
                candidates[entry.path]?.wantsAnotherLook = false
                looks[root, default: 0] += 1
                due.append(location)
            }
        }
        return due
    }

    /// The time of the next look, or a little before; `nil` where nothing waits, or roots with waiting ones have all
    /// looks under way that they may have.
    var nextDue: Duration? {
        queues.compactMap { root, queue in
            looks[root, default: 0] < CandidateTable.looksInOneRoot ? queue.first?.due : nil
        }.min()
    }

    /// Takes the result of a look.
    mutating func take(_ observation: UploadObservation, of path: FilePath, at now: Duration) -> Verdict {
        guard var candidate = candidates[path] else { return .undecided }
        endLook(&candidate)
        candidate.troubles = 0
        candidate.lastLook = (now, observation.identity)
        let folder = path.removingLastComponent()
        candidate.machine.settle = memory.window(in: folder, configured: candidate.configuredSettle)
        let resumes = candidate.machine.resumes
        let action = candidate.machine.take(observation, at: now)
        if candidate.machine.resumes > resumes { memory.noteResume(in: folder) }
        let verdict = CandidateTable.verdict(action, &candidate)
        // Fast looks are for the kernel's own closing: until they are through, nobody calls it held.
        if candidate.isBusy, CandidateTable.pause(after: action) >= .seconds(1) {
            busyPaths.insert(path)
        } else {
            busyPaths.remove(path)
        }
        candidates[path] = candidate
        guard candidate.phase == .waiting else { return verdict }
        let next = CandidateTable.pause(after: action)
        schedule(path, at: candidate.wantsAnotherLook ? now : now + max(next, .microseconds(50)))
        return verdict
    }

    private static func verdict(_ action: SettleMachine.Action, _ candidate: inout Candidate) -> Verdict {
        switch action {
        case .ready(let evidence):
            candidate.isBusy = false
            guard !candidate.wantsAnotherLook else { return .undecided }
            candidate.phase = .arriving
            return .ready(evidence)
        case .look(_, let isBusy):
            candidate.isBusy = isBusy
            guard candidate.isIncomplete else { return .undecided }
            candidate.isIncomplete = false
            return .resumed
        case .stalled:
            candidate.isBusy = false
            // What the database does not follow yet it cannot call incomplete: the next look says it.
            guard !candidate.isIncomplete, !candidate.isTentative else { return .undecided }
            candidate.isIncomplete = true
            return .incomplete
        }
    }

    private static func pause(after action: SettleMachine.Action) -> Duration {
        switch action {
        case .ready: .zero
        case .look(let pause, _), .stalled(let pause): pause
        }
    }

    /// The database has recorded that the upload is complete: it is followed no more, unless an event came meanwhile.
    mutating func conclude(_ path: FilePath, at now: Duration) {
        guard candidates[path]?.wantsAnotherLook == true else { return forget(path) }
        candidates[path]?.isTentative = true
        postpone(path, to: now)
    }

    /// The database could not be told: it is looked at again.
    mutating func postpone(_ path: FilePath, to due: Duration) {
        candidates[path]?.phase = .waiting
        schedule(path, at: due)
    }

    /// Takes a look that failed.
    /// - Returns: how many looks in a row have failed.
    mutating func takeTrouble(of path: FilePath, at now: Duration) -> Int {
        guard var candidate = candidates[path] else { return 0 }
        endLook(&candidate)
        candidate.troubles += 1
        candidates[path] = candidate
        schedule(path, at: now + .seconds(1))
        return candidate.troubles
    }

    // MARK: Queues

    private mutating func endLook(_ candidate: inout Candidate) {
        if candidate.phase == .looking { looks[candidate.location.root, default: 1] -= 1 }
        candidate.phase = .waiting
    }

    private mutating func askForLook(at path: FilePath, _ now: Duration) {
        candidates[path]?.machine.noteEvent()
        if candidates[path]?.phase == .waiting {
            schedule(path, at: now)
        } else {
            candidates[path]?.wantsAnotherLook = true
        }
    }

    private mutating func schedule(_ path: FilePath, at due: Duration) {
        guard let root = candidates[path]?.location.root else { return }
        entries += 1
        candidates[path]?.due = due
        candidates[path]?.entry = entries
        queues[root, default: DueQueue()].append(DueQueue.Entry(due: due, number: entries, path: path))
        guard let queue = queues[root], queue.count > 2 * candidates.count + 64 else { return }
        queues[root]?.removeAll { [candidates] in candidates[$0.path]?.entry != $0.number }
    }

    /// The first entry that holds.
    private mutating func firstEntry(of root: FilePath) -> DueQueue.Entry? {
        while let entry = queues[root]?.first {
            if let candidate = candidates[entry.path], candidate.entry == entry.number, candidate.phase == .waiting {
                return entry
            }
            queues[root]?.removeFirst()
        }
        return nil
    }
}
