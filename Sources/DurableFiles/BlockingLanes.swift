import Dispatch
import Synchronization

/// Threads for calls that wait for a disk: the cooperative pool has one thread per core, and a sync on a slow or hung
/// mount may last minutes. A call goes to the lane with the fewest calls before it, so that one slow sync does not
/// stop other jobs. Calls are not cut short by cancellation.
public final class BlockingLanes: Sendable {
    private let queues: [DispatchQueue]
    private let waiting: Mutex<[Int]>

    /// - Parameter count: how many calls may wait at the same time; at least 1.
    public init(count: Int = 8) {
        queues = (0..<max(count, 1)).map { DispatchQueue(label: "understudy.files.\($0)") }
        waiting = Mutex([Int](repeating: 0, count: max(count, 1)))
    }

    /// Runs `body` on a lane and hands back what it returned or threw.
    public func run<Value: Sendable, Failed: Error>(
        _ body: @escaping @Sendable () throws(Failed) -> Value
    ) async throws(Failed) -> Value {
        let lane = waiting.withLock { counts in
            let lane = counts.indices.min { counts[$0] < counts[$1] } ?? 0
            counts[lane] += 1
            return lane
        }
        let result: Result<Value, Failed> = await withCheckedContinuation { continuation in
            queues[lane].async { [self] in
                let result = Result(catching: body)
                waiting.withLock { $0[lane] -= 1 }
                continuation.resume(returning: result)
            }
        }
        return try result.get()
    }
}
