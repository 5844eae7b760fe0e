import Synchronization
import SystemPackage

/// Workers that were started before anybody needs them: they have loaded libav and wait. Each request gets a new one that
/// one of them bears.
///
/// Those that are born share the order of their memory with the one that bore them. So that nobody can find it out by
/// crash after crash, all are replaced after each violent end.
final class SpareWorkers: Sendable {
    private struct State {
        var waiting: [WorkerProcess] = []
        var isStopping = false
    }

    private let executable: FilePath
    private let count: Int
    private let throttle: StartThrottle
    private let state = Mutex(State())
    /// Rung when a worker has ended, or none is wanted any more: one ring that was not heard is enough.
    private let bell: (stream: AsyncStream<Void>, ring: AsyncStream<Void>.Continuation)

    init(executable: FilePath, count: Int, throttle: StartThrottle) {
        self.executable = executable
        self.count = count
        self.throttle = throttle
        let made = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        bell = (made.stream, made.continuation)
    }

    /// A worker, from now on the caller's to keep, to converse with and to dismiss; `nil` where no spare is there to bear
    /// it.
    func take() -> WorkerProcess? {
        let waiting = state.withLock { state -> WorkerProcess? in
            guard !state.waiting.isEmpty else { return nil }
            let first = state.waiting.removeFirst()
            state.waiting.append(first)
            return first
        }
        // Without descriptors there is none either.
        return waiting.flatMap { try? WorkerProcess(bornBy: $0) }
    }

    /// Replaces all spares.
    func renew() {
        for process in state.withLock({ $0.waiting }) { process.dismiss(.now) }
    }

    /// Keeps the spares until `stop`.
    func run() async {
        await withDiscardingTaskGroup { group in
            refill(&group)
            for await _ in bell.stream {
                // The delay is waited for here: until then, requests start workers of their own, under the same rule.
                try? await Task.sleep(for: throttle.delay)
                refill(&group)
            }
            group.cancelAll()
        }
    }

    /// No conversation may run any more.
    func stop() {
        let waiting = state.withLock { state in
            state.isStopping = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for process in waiting { process.dismiss(.now) }
        bell.ring.finish()
    }

    private func refill(_ group: inout DiscardingTaskGroup) {
        while let process = newSpare() {
            group.addTask {
                let start = ContinuousClock.now
                await process.keep()
                let died = self.state.withLock { state -> Bool in
                    let before = state.waiting.count
                    state.waiting.removeAll { $0 === process }
                    return state.waiting.count < before
                }
                guard died else { return }
                if .now - start < StartThrottle.early { self.throttle.noteEarlyDeath() }
                self.bell.ring.yield()
            }
        }
    }

    private func newSpare() -> WorkerProcess? {
        state.withLock { state in
            guard !state.isStopping, state.waiting.count < count else { return nil }
            // Without descriptors there are no spares; requests say so themselves.
            guard let process = try? WorkerProcess(executable: executable) else { return nil }
            state.waiting.append(process)
            return process
        }
    }
}
