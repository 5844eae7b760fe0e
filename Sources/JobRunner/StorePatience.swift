import Domain
import Logging

/// Repeats store verbs while the database is busy or its disk is full: nothing that was acknowledged to us is dropped.
struct StorePatience: Sendable {
    let logger: Logger
    let time: Stopwatch
    /// Of the loop that is held up by a pause.
    var heartbeat: Heartbeat?

    private static let firstPause = Duration.milliseconds(500)
    private static let longestPause = Duration.seconds(30)

    /// The verb's value; `nil` where the error will not pass by itself (logged as an error: a person must act), or
    /// where the task was cancelled while waiting.
    func persist<Value: Sendable>(
        _ intention: StaticString, _ verb: @Sendable () async throws(StoreError) -> Value
    ) async -> Value? {
        var pause = StorePatience.firstPause
        while true {
            do throws(StoreError) {
                return try await verb()
            } catch {
                if Task.isCancelled { return nil }
                let metadata: Logger.Metadata = ["intention": "\(intention)", "reason": "\(error.message)"]
                switch error.code {
                case .busy, .storage: logger.warning("database not writable, trying again", metadata: metadata)
                case .corrupt, .contradiction, .unreadable, .other:
                    logger.error("database refused", metadata: metadata)
                    return nil
                }
            }
            do { try await sleep(for: pause) } catch { return nil }  // Cancelled: the daemon ends.
            pause = min(pause * 2, StorePatience.longestPause)
        }
    }
    private func sleep(for pause: Duration) async throws {
        guard let heartbeat else { return try await time.sleep(for: pause) }
        try await heartbeat.resting { try await time.sleep(for: pause) }
    }
}
