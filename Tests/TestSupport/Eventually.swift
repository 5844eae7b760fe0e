import Foundation

/// The one deadline of all tests that wait for another thread or process: a minute, or what
/// `UNDERSTUDY_TEST_DEADLINE` says in seconds, for runs that are slowed down by a sanitizer.
public let testDeadline = Duration.seconds(
    ProcessInfo.processInfo.environment["UNDERSTUDY_TEST_DEADLINE"].flatMap { Int($0) } ?? 60)

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
