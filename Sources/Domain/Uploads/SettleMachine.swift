/// Decides when one candidate's upload is complete. Pure: fed with observations and instants of a virtual clock.
///
/// The rule: no writer holds the file, and size and modification time were quiet for the settle window. Where the
/// kernel cannot be asked about writers, the quiet must be seen by us for the whole window.
public struct SettleMachine: Sendable, Hashable {
    /// What the caller is to do next.
    public enum Action: Sendable, Hashable {
        /// The upload is complete, for these reasons.
        case ready([UploadEvidence])
        /// Look again after this long, or at the next event. `busy` where a writer holds the file.
        case look(after: Duration, busy: Bool)
    }

    public let settle: Duration
    /// The first and the longest pause between looks at a file that a writer holds.
    private static let firstBusyLook = Duration.milliseconds(250)
    private static let longestBusyLook = Duration.seconds(30)

    private var lastIdentity: FileIdentity?
    private var quietSince: Duration?
    private var busyLooks = 0

    public init(settle: Duration) { self.settle = settle }

    /// Takes one observation.
    ///
    /// - Parameters:
    ///   - observation: the latest look.
    ///   - now: monotonic time since an arbitrary start.
    public mutating func take(_ observation: UploadObservation, at now: Duration) -> Action {
        let moved = lastIdentity.map { !$0.hasSameContent(as: observation.identity) } ?? true
        if moved { quietSince = now }
        lastIdentity = observation.identity
        guard observation.writer != .busy else { return waitForWriter(at: now) }
        busyLooks = 0
        let seenQuiet = now - (quietSince ?? now)
        let quiet = observation.writer == .free ? max(seenQuiet, observation.age) : seenQuiet
        guard quiet >= settle else { return .look(after: settle - quiet, busy: false) }
        return .ready(observation.writer == .free ? [.noWriter, .quiet] : [.quiet])
    }

    private mutating func waitForWriter(at now: Duration) -> Action {
        quietSince = now
        busyLooks += 1
        let doubled = SettleMachine.firstBusyLook * Double(1 << min(busyLooks - 1, 10))
        return .look(after: min(doubled, SettleMachine.longestBusyLook), busy: true)
    }
}
