import Synchronization
import SystemPackage

/// Workers that were started before anybody needs them: they have loaded libav and wait. Each request gets a new one that
/// one of them has borne, ahead of the request where there was time for it: a birth takes as long as all the rest up to the
/// first read of an original.
///
/// Those that are born share the order of their memory with the one that bore them. So that nobody can find it out by
/// crash after crash, all are replaced after each violent end.
final class SpareWorkers: Sendable {
    private struct State {
        var waiting: [WorkerProcess] = []
        /// Borne and kept, each for the next request.
        var newborn: [WorkerProcess] = []
        var isStopping = false
    }

    /// A birth must not take its processor from the worker that was just taken.
    private static let pause = Duration.milliseconds(100)

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

    /// A worker for one request.
    struct Taken {
        /// The caller's to converse with and to dismiss.
        let process: WorkerProcess
        /// Whether it is kept already; else the caller has to keep it.
        let isKept: Bool
    }

    /// - Returns: `nil` where no spare is there to bear a worker.
    func take() -> Taken? {
        let newborn = state.withLock { state in state.newborn.isEmpty ? nil : state.newborn.removeFirst() }
        if let newborn {
            bell.ring.yield()
            return Taken(process: newborn, isKept: true)
        }
        return bear().map { Taken(process: $0, isKept: false) }
    }

    /// Replaces all spares, and those that they have borne.
    func renew() {
        let (waiting, newborn) = state.withLock { state in
            // Their end is our doing, and no early death.
            defer { state.newborn = [] }
            return (state.waiting, state.newborn)
        }
        for process in waiting { process.dismissAfterBirths() }
        for process in newborn { process.dismiss(.now) }
        bell.ring.yield()
    }

    /// Keeps the spares until `stop`.
    func run() async {
        await withDiscardingTaskGroup { group in
            refill(&group)
            for await _ in bell.stream {
                // The delay is waited for here: until then, requests have workers borne or started for them, under the same
                // rule.
                try? await Task.sleep(for: max(SpareWorkers.pause, throttle.delay))
                refill(&group)
            }
        }
    }

    /// No conversation may run any more.
    func stop() {
        state.withLock { $0.isStopping = true }
        renew()
        bell.ring.finish()
    }

    private func refill(_ group: inout DiscardingTaskGroup) {
        while let process = newSpare() { keep(process, in: \.waiting, &group) }
        while let process = nextNewborn() { keep(process, in: \.newborn, &group) }
    }

    /// Until its end, which is an early death where it still waited for its request.
    private func keep(
        _ process: WorkerProcess, in list: any WritableKeyPath<State, [WorkerProcess]> & Sendable,
        _ group: inout DiscardingTaskGroup
    ) {
        group.addTask {
            let start = ContinuousClock.now
            await process.keep()
            let died = self.state.withLock { state -> Bool in
                let before = state[keyPath: list].count
                state[keyPath: list].removeAll { $0 === process }
                return state[keyPath: list].count < before
            }
            guard died else { return }
            if .now - start < StartThrottle.early { self.throttle.noteEarlyDeath() }
            self.bell.ring.yield()
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

    private func nextNewborn() -> WorkerProcess? {
        guard state.withLock({ !$0.isStopping && $0.newborn.count < count }), let process = bear() else { return nil }
        return state.withLock { state in
            guard !state.isStopping else { return nil }
            state.newborn.append(process)
            return process
        }
    }

    /// To be borne, when it is kept, by one spare after the other.
    private func bear() -> WorkerProcess? {
        let mother = state.withLock { state -> WorkerProcess? in
            guard !state.waiting.isEmpty else { return nil }
            let first = state.waiting.removeFirst()
            state.waiting.append(first)
            return first
        }
        // Without descriptors there is none either.
        return mother.flatMap { try? WorkerProcess(bornBy: $0) }
    }
}
