import Synchronization
import SystemPackage

/// Workers that were started before anybody needs them: they have loaded libav and wait for their one request.
final class SpareWorkers: Sendable {
    private struct State {
        var waiting: [WorkerProcess] = []
        var isStopping = false
    }

    private let executable: FilePath
    private let count: Int
    private let throttle: StartThrottle
    private let state = Mutex(State())
    /// Rung when a worker was taken or has ended, or none is wanted any more: one ring that was not heard is enough.
    private let bell: (stream: AsyncStream<Void>, ring: AsyncStream<Void>.Continuation)

    init(executable: FilePath, count: Int, throttle: StartThrottle) {
        self.executable = executable
        self.count = count
        self.throttle = throttle
        let made = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        bell = (made.stream, made.continuation)
    }

    /// A started worker, from now on the caller's to converse with and to dismiss; `nil` where there is none.
    func take() -> WorkerProcess? {
        let taken = state.withLock { $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }
        if taken != nil { bell.ring.yield() }
        return taken
    }

    /// Keeps spares, and what was taken of them, until `stop`.
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
