import Synchronization

/// Delays starts after early deaths, so that a broken installation or a flood of poisonous files costs little.
final class StartThrottle: Sendable {
    private let deaths = Mutex(0)

    private static let firstDelay = Duration.milliseconds(250)
    private static let longestDelay = Duration.seconds(5)
    /// A worker that ends without an answer within this time has died early.
    static let early = Duration.seconds(1)

    func noteEarlyDeath() { deaths.withLock { $0 += 1 } }

    /// A worker answered: starts are fine again.
    func noteAnswer() { deaths.withLock { $0 = 0 } }

    /// How long the next start has to wait.
    var delay: Duration { StartThrottle.delay(afterDeaths: deaths.withLock { $0 }) }

    /// None after the first death, which may be the file's fault; then a quarter of a second, doubled each time.
    static func delay(afterDeaths deaths: Int) -> Duration {
        guard deaths > 1 else { return .zero }
        return deaths > 8 ? longestDelay : min(longestDelay, firstDelay * (1 << (deaths - 2)))
    }
}
