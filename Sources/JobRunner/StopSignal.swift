import Synchronization

/// Tells one running attempt to end early. Tripped at most once; the first reason counts.
final class StopSignal: Sendable {
    enum Reason: Sendable {
        /// The daemon stops in order: the job goes back to the queue with its attempt.
        case shutdown
        /// The job's row was cancelled (by a person, or because the original was replaced).
        case withdrawn
        /// The original has another name now: the job goes back to the queue and is claimed anew.
        case moved
    }

    private let state = Mutex<Reason?>(nil)
    private let bell = Doorbell()

    var reason: Reason? { state.withLock { $0 } }

    func trip(_ reason: Reason) {
        state.withLock { $0 = $0 ?? reason }
        bell.ring()
    }

    /// Runs `work` in a child task that is cancelled when the signal trips. The work's own cleaning up is awaited.
    func guarding<Value: Sendable, Problem: Error>(
        _ work: @escaping @Sendable () async throws(Problem) -> Value
    ) async throws(Problem) -> Value {
        let result = await withTaskGroup(of: Result<Value, Problem>?.self) { group in
            group.addTask {
                do throws(Problem) { return .success(try await work()) } catch { return .failure(error) }
            }
            group.addTask {
                if self.reason == nil { await self.bell.wait(atMost: nil, clock: .continuous) }
                return nil
            }
            var result: Result<Value, Problem>?
            while result == nil, let next = await group.next() {
                group.cancelAll()
                result = next
            }
            return result
        }
        switch result {
        case .success(let value): return value
        case .failure(let problem): throw problem
        case nil: preconditionFailure("the group ended before the task that it runs")
        }
    }
}
