/// The monotonic time that a service measures its waits by, from the service's own beginning. Every wait of a service
/// goes through one, so that a simulation can let hours pass at once.
struct Stopwatch: Sendable {
    let clock: any Clock<Duration>
    private let elapsed: @Sendable () -> Duration

    init(_ clock: any Clock<Duration>) { self.init(starting: clock) }

    private init(starting clock: some Clock<Duration>) {
        let start = clock.now
        self.clock = clock
        elapsed = { start.duration(to: clock.now) }
    }

    /// Since the service began.
    var now: Duration { elapsed() }

    /// - Throws: `CancellationError` where the task is cancelled meanwhile.
    func sleep(for duration: Duration) async throws { try await clock.sleep(for: duration) }
}
