/// The one deadline of all tests that wait for another thread or process.
public let testDeadline = Duration.seconds(60)

/// Waits until a condition holds.
/// - Returns: whether it held before the deadline.
public func eventually(within deadline: Duration = testDeadline, _ condition: () async throws -> Bool) async rethrows
    -> Bool
{
    let end = ContinuousClock.now + deadline
    while ContinuousClock.now < end {
        if try await condition() { return true }
        // A cancelled test ends at the next look at the clock.
        try? await Task.sleep(for: .milliseconds(10))
    }
    return try await condition()
}
