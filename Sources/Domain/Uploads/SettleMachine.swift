/// Decides when one candidate's upload is complete. Pure: fed with observations and instants of a virtual clock.
///
/// | writer | holes | structure | then |
/// |---|---|---|---|
/// | free | none | whole | ready at once; 3 s quiet where the kernel's NFS server runs |
/// | free | none or unknown | cannot tell | quiet for the settle window |
/// | free | found | whole or cannot tell | 30 s quiet (or the settle window, where longer), with a warning |
/// | any | any | cut short, or a veto | never by time; stalled after the timeout |
/// | busy | | | never; looked at again after 1 s … 30 s |
/// | unknown | none or unknown | whole | two equal looks 5 s apart (30 s where holes are found) |
/// | unknown | | cannot tell | equal looks over 60 s |
///
/// Vetoes are the uploader's own marks of an unfinished file: no byte, modification time 0, a temporary name, Finder's
/// busy mark. Time never overrides a veto. What the uploader says itself (`notify`) replaces every wait, and no veto.
public struct SettleMachine: Sendable, Hashable {
    /// What the caller is to do next.
    public enum Action: Sendable, Hashable {
        /// The upload is complete, for these reasons.
        case ready([UploadEvidence])
        /// Look again after this long, or at the next event. `busy` where a writer holds the file.
        case look(after: Duration, busy: Bool)
        /// The file says that it is not complete, and nothing has moved for the stall timeout: show it as incomplete,
        /// and look again after this long.
        case stalled(lookAfter: Duration)
    }

    /// What becomes of a file that says that it is not complete, once nothing moves any more.
    public enum StallRule: Sendable, Hashable {
        /// It is shown as incomplete after this long without growth, and waits for more.
        case showIncomplete(after: Duration)
        /// After the settle window it counts as all that will ever come: for a single pass, which cannot wait. The
        /// attempt then fails with what is wrong.
        case takeAsItIs
    }

    /// The quiet that proves a file whose container cannot. May be changed between looks, as resumes are learned.
    public var settle: Duration
    public let stall: StallRule
    /// How often the file went on after it had been quiet for half of the settle window with no writer in sight: the
    /// window's margin was used up.
    public private(set) var resumes = 0

    /// Right after a close the kernel may still count the writer: it tells the close before it ends the file
    /// (`__fput` in fs/file_table.c; up to 9 ms on XFS and 25 ms on btrfs were measured). So the first looks after an
    /// event come fast.
    private static let closingPauses: [Duration] = [100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_000]
        .map { .microseconds($0) }
    /// The first and the longest pause between later looks at a file that a writer holds, or that a veto keeps.
    private static let firstBusyLook = Duration.seconds(1)
    private static let longestBusyLook = Duration.seconds(30)
    private static let quietForHoles = Duration.seconds(30)
    private static let quietForNFSServer = Duration.seconds(3)
    private static let wholeWithoutOracle = Duration.seconds(5)
    private static let anythingWithoutOracle = Duration.seconds(60)

    private var lastIdentity: FileIdentity?
    private var lastWriter: UploadObservation.WriterState?
    private var quietSince: Duration?
    private var slowLooks = 0
    private var closingLooks = 0
    private var isNotified = false
    /// Whether a writer or a change was seen: then the file's own times do not tell when it fell quiet. A server
    /// that gives up on a stalled upload closes it minutes after the last byte.
    private var hasSeenActivity = false

    public init(settle: Duration, stall: StallRule) {
        self.settle = settle
        self.stall = stall
    }

    /// Something happened to the file: the next looks come fast again.
    public mutating func noteEvent() { (closingLooks, slowLooks) = (0, 0) }

    /// The uploader says that it is complete. Holds until the content changes with no writer to be seen.
    public mutating func notify() {
        isNotified = true
        noteEvent()
    }

    /// Takes one observation.
    ///
    /// - Parameters:
    ///   - observation: the latest look.
    ///   - now: monotonic time since an arbitrary start.
    public mutating func take(_ observation: UploadObservation, at now: Duration) -> Action {
        compare(observation.identity, at: now)
        lastWriter = observation.writer
        if observation.writer == .busy {
            hasSeenActivity = true
            quietSince = nil
            return .look(after: busyPause(), busy: true)
        }
        // The window opens when the writer is first found gone, not when it was last found there.
        let since = quietSince ?? now
        quietSince = since
        guard !SettleMachine.isVetoed(observation) else { return judgeVetoed(observation, seenQuiet: now - since) }
        slowLooks = 0
        return judge(observation, seenQuiet: now - since)
    }

    private mutating func compare(_ identity: FileIdentity, at now: Duration) {
        defer { lastIdentity = identity }
        // A change of attributes alone, as after an upload, restarts nothing.
        if let lastIdentity, lastIdentity.hasSameContent(as: identity) { return }
        defer { quietSince = now }
        guard let lastIdentity else { return }
        hasSeenActivity = true
        slowLooks = 0
        guard lastWriter != .busy else { return }
        isNotified = false
        // Many clients make an empty file first: that is no end that anybody could have taken for one.
        guard lastIdentity.sizeBytes > 0 else { return }
        if let quietSince, now - quietSince >= settle / 2 { resumes += 1 }
    }

    private mutating func judgeVetoed(_ observation: UploadObservation, seenQuiet: Duration) -> Action {
        let quiet = trustedQuiet(observation, seenQuiet)
        let pause = slowPause()
        switch stall {
        case .showIncomplete(let timeout):
            guard quiet < timeout else { return .stalled(lookAfter: pause) }
            return .look(after: min(pause, timeout - quiet), busy: false)
        case .takeAsItIs:
            guard quiet < settle else { return .ready(observation.writer == .free ? [.noWriter, .quiet] : [.quiet]) }
            return .look(after: min(pause, settle - quiet), busy: false)
        }
    }

    private func judge(_ observation: UploadObservation, seenQuiet: Duration) -> Action {
        let facts = SettleMachine.facts(observation)
        if isNotified { return .ready([.notified] + facts) }
        let isWhole = observation.structure == .whole
        let hasHoles = observation.holes == .found
        guard observation.writer == .free else {
            // Nothing but looks of our own counts: other machines' clocks and caches set the file's times.
            var window = isWhole ? SettleMachine.wholeWithoutOracle : max(settle, SettleMachine.anythingWithoutOracle)
            if hasHoles { window = max(window, SettleMachine.quietForHoles) }
            guard seenQuiet >= window else { return .look(after: window - seenQuiet, busy: false) }
            return .ready([.equalSamples] + facts)
        }
        let rule = SettleMachine.rule(isWhole: isWhole, observation, settle: settle)
        guard let rule else { return .ready(facts) }
        let quiet = trustedQuiet(observation, seenQuiet)
        guard quiet >= rule.window else { return .look(after: rule.window - quiet, busy: false) }
        return .ready(facts + [rule.evidence])
    }

    /// How long a file without a writer must be quiet, and what that proves; `nil` where it need not be.
    private static func rule(
        isWhole: Bool, _ observation: UploadObservation, settle: Duration
    ) -> (window: Duration, evidence: UploadEvidence)? {
        let server = observation.isNFSServerRunning ? quietForNFSServer : .zero
        switch (isWhole, observation.holes) {
        case (true, .none): return observation.isNFSServerRunning ? (server, .nfsServerQuiet) : nil
        case (true, .found): return (quietForHoles, .quiet)
        case (false, .found): return (max(settle, quietForHoles), .quiet)
        case (_, .unknown), (false, .none): return (max(settle, server), .quiet)
        }
    }

    /// What the look itself proves, in the order of the probe.
    private static func facts(_ observation: UploadObservation) -> [UploadEvidence] {
        var facts: [UploadEvidence] = []
        if observation.writer == .free { facts.append(.noWriter) }
        if observation.structure == .whole { facts.append(.containerComplete) }
        switch observation.holes {
        case .none: facts.append(.noHoles)
        case .found: facts.append(.hasHoles)
        case .unknown: break
        }
        return facts
    }

    /// Whether the file itself says that it is not complete.
    private static func isVetoed(_ observation: UploadObservation) -> Bool {
        if case .cutShort = observation.structure { return true }
        // An interrupted `rsync --partial` keeps what it has under the final name, with the time 0 seconds (measured).
        let isMarkedPartial = (0..<1_000_000_000).contains(observation.identity.modifiedNanoseconds)
        return observation.isMarkedUnfinished || observation.identity.sizeBytes == 0 || isMarkedPartial
    }

    private func trustedQuiet(_ observation: UploadObservation, _ seen: Duration) -> Duration {
        hasSeenActivity ? seen : max(seen, SettleMachine.unforgedAge(of: observation))
    }

    /// How long ago the file was last touched. Programs that copy set the modification time to an old one, but
    /// nobody sets the change time (utimensat(2)), so that the later of the two counts.
    private static func unforgedAge(of observation: UploadObservation) -> Duration {
        let identity = observation.identity
        let (later, overflow) = identity.changedNanoseconds.subtractingReportingOverflow(identity.modifiedNanoseconds)
        guard !overflow, later > 0 else { return observation.age }
        return max(.zero, observation.age - .nanoseconds(later))
    }

    private mutating func busyPause() -> Duration {
        guard closingLooks < SettleMachine.closingPauses.count else { return slowPause() }
        defer { closingLooks += 1 }
        return SettleMachine.closingPauses[closingLooks]
    }

    private mutating func slowPause() -> Duration {
        defer { slowLooks += 1 }
        return min(SettleMachine.firstBusyLook * Double(1 << min(slowLooks, 10)), SettleMachine.longestBusyLook)
    }
}
