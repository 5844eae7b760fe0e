/// How often and when a job is tried again after a transient failure.
public struct RetryPolicy: Sendable, Hashable {
    /// Attempts in all, the first included.
    public var maxAttempts: Int
    /// The pause before the second attempt; each further one is `factor` times longer.
    public var firstDelay: Duration
    public var factor: Int
    public var longestDelay: Duration

    public init(
        maxAttempts: Int = 3,
        firstDelay: Duration = .seconds(30),
        factor: Int = 4,
        longestDelay: Duration = .seconds(6 * 3600)
    ) {
        self.maxAttempts = maxAttempts
        self.firstDelay = firstDelay
        self.factor = factor
        self.longestDelay = longestDelay
    }

    /// What becomes of a job whose attempt number `attempt` (from 1) ended with `failure`.
    ///
    /// - Parameter jitter: a number in -1…1; shifts a back-off by up to a fifth so that jobs which failed together
    ///   do not all come back together.
    public func decision(after failure: Failure, attempt: Int, jitter: Double) -> RetryDecision {
        switch failure.code.disposition {
        case .permanent: .fail
        case .superseded: .cancel
        case .waits(let reason): .wait(reason, .seconds(15))
        case .transient:
            attempt >= maxAttempts ? .fail : .retry(after: delay(beforeAttempt: attempt + 1, jitter: jitter))
        }
    }

    /// From so many deaths of the daemon in a row on, a job runs alone: those that only ran beside the cause go on.
    public static let deathsBeforeAlone = 3
    /// With so many, a job fails: a file that takes the daemon down must not do so for ever. More than power cuts and
    /// kills make likely in the time of one job.
    public static let mostDeaths = 10
    private static let pauseAfterDeath = Duration.seconds(15)

    /// What becomes of a job over which the daemon has died `deaths` times in a row, this time included; each death was
    /// an attempt.
    public func decision(afterDeaths deaths: Int) -> RetryDecision {
        switch deaths {
        case ..<RetryPolicy.deathsBeforeAlone: .retry(after: .zero)
        case ..<RetryPolicy.mostDeaths: .retry(after: RetryPolicy.pauseAfterDeath)
        default: .fail
        }
    }

    private func delay(beforeAttempt attempt: Int, jitter: Double) -> Duration {
        var delay = firstDelay
        for _ in 2..<max(attempt, 2) where delay < longestDelay { delay *= factor }
        return min(delay, longestDelay) * (1 + 0.2 * min(max(jitter, -1), 1))
    }
}

/// The outcome of `RetryPolicy.decision`.
public enum RetryDecision: Sendable, Hashable {
    case fail
    case cancel
    /// Back to the queue after the given pause; the attempt counts.
    case retry(after: Duration)
    /// Back to the queue; the attempt is given back.
    case wait(WaitReason, Duration)
}
