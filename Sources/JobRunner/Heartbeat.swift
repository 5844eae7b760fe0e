import Synchronization

/// Shows that a loop goes round, to whoever watches over it.
public final class Heartbeat: Sendable {
    private struct State {
        var count: UInt64 = 0
        var rests = 0
    }

    private let state = Mutex(State())

    public init() {}

    /// The rounds so far.
    public var count: UInt64 { state.withLock { $0.count } }

    /// Whether the loop stands still for a reason that passes without it: it is not stuck.
    public var isResting: Bool { state.withLock { $0.rests > 0 } }

    func beat() { state.withLock { $0.count += 1 } }

    func resting<Value, Problem: Error>(
        _ body: () async throws(Problem) -> Value
    ) async throws(Problem) -> Value {
        state.withLock { $0.rests += 1 }
        defer { state.withLock { $0.rests -= 1 } }
        return try await body()
    }
}
