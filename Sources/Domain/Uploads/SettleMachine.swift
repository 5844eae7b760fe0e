/// Decides when one candidate's upload is complete. Pure: fed with observations and instants of a virtual clock.
///
/// - A writer, a container that is cut short, and an uploader's own mark of an unfinished file each forbid it, however
///   long nothing moves: time never overrides a veto.
/// - No writer and a whole container prove it at once.
/// - Else size and modification time must be quiet for the settle window. Where the kernel cannot be asked about
///   writers, the quiet must be seen by us for the whole window.
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

    public let settle: Duration
    public let stall: StallRule
    /// The first and the longest pause between looks at a file that a writer holds, or that a veto keeps.
    private static let firstBusyLook = Duration.milliseconds(250)
    private static let longestBusyLook = Duration.seconds(30)
    /// The quiet that a whole container needs where the kernel cannot be asked about writers.
    private static let wholeWithoutOracle = Duration.seconds(5)

    private var lastIdentity: FileIdentity?
    private var quietSince: Duration?
    private var busyLooks = 0
    /// Whether a writer or a change was seen: then the file's own times do not tell when it fell quiet. A server
    /// that gives up on a stalled upload closes it minutes after the last byte.
    private var hasSeenActivity = false

    public init(settle: Duration, stall: StallRule) {
        self.settle = settle
        self.stall = stall
    }

    /// Takes one observation.
    ///
    /// - Parameters:
    ///   - observation: the latest look.
    ///   - now: monotonic time since an arbitrary start.
    public mutating func take(_ observation: UploadObservation, at now: Duration) -> Action {
        if let lastIdentity, lastIdentity.hasSameContent(as: observation.identity) {
            // Nothing moved; a change of attributes alone, as after an upload, restarts nothing.
        } else {
            hasSeenActivity = lastIdentity != nil
            quietSince = now
        }
        lastIdentity = observation.identity
        if observation.writer == .busy {
            hasSeenActivity = true
            quietSince = nil
            return .look(after: nextPause(), busy: true)
        }
        // The window opens when the writer is first found gone, not when it was last found there.
        let since = quietSince ?? now
        quietSince = since
        guard !SettleMachine.isVetoed(observation) else { return judgeVetoed(observation, seenQuiet: now - since) }
        busyLooks = 0
        return judge(observation, seenQuiet: now - since)
    }

    private mutating func judgeVetoed(_ observation: UploadObservation, seenQuiet: Duration) -> Action {
        let quiet = hasSeenActivity ? seenQuiet : max(seenQuiet, SettleMachine.unforgedAge(of: observation))
        let pause = nextPause()
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
        let isWhole = observation.structure == .whole
        let structure: [UploadEvidence] = isWhole ? [.containerComplete] : []
        guard observation.writer == .free else {
            let window = isWhole ? min(settle, SettleMachine.wholeWithoutOracle) : settle
            guard seenQuiet >= window else { return .look(after: window - seenQuiet, busy: false) }
            return .ready([.quiet] + structure)
        }
        if isWhole { return .ready([.noWriter, .containerComplete]) }
        let quiet = hasSeenActivity ? seenQuiet : max(seenQuiet, SettleMachine.unforgedAge(of: observation))
        guard quiet >= settle else { return .look(after: settle - quiet, busy: false) }
        return .ready([.noWriter, .quiet])
    }

    /// Whether the file itself says that it is not complete.
    private static func isVetoed(_ observation: UploadObservation) -> Bool {
        if case .cutShort = observation.structure { return true }
        // An interrupted `rsync --partial` keeps what it has under the final name, with the time 0 seconds (measured).
        let isMarkedPartial = (0..<1_000_000_000).contains(observation.identity.modifiedNanoseconds)
        return observation.identity.sizeBytes == 0 || isMarkedPartial
    }

    /// How long ago the file was last touched. Programs that copy set the modification time to an old one, but
    /// nobody sets the change time (utimensat(2)), so that the later of the two counts.
    private static func unforgedAge(of observation: UploadObservation) -> Duration {
        let identity = observation.identity
        let (later, overflow) = identity.changedNanoseconds.subtractingReportingOverflow(identity.modifiedNanoseconds)
        guard !overflow, later > 0 else { return observation.age }
        return max(.zero, observation.age - .nanoseconds(later))
    }

    private mutating func nextPause() -> Duration {
        busyLooks += 1
        let doubled = SettleMachine.firstBusyLook * Double(1 << min(busyLooks - 1, 10))
        return min(doubled, SettleMachine.longestBusyLook)
    }
}
