import Dispatch
import Inotify
import Synchronization

/// Runs an actor's work on one thread of its own, where it may block.
final class ThreadExecutor: SerialExecutor {
    private let queue = JobQueue()

    init() throws(InotifyError) {
        try DedicatedThread.start { [queue] in
            while let work = queue.next() { work() }
        }
    }

    deinit { queue.close() }

    func enqueue(_ job: consuming ExecutorJob) {
        // An unowned job must be run exactly once: the queue hands each out once, and the thread runs it.
        let job = UnownedJob(job)
        queue.append { unsafe job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    /// The thread's work in order; bounded by the number of tasks that wait for the actor.
    private final class JobQueue: Sendable {
        private struct State {
            var work: [@Sendable () -> Void] = []
            var isClosed = false
        }
        private let state = Mutex(State())
        private let available = DispatchSemaphore(value: 0)

        func append(_ work: @escaping @Sendable () -> Void) {
            state.withLock { $0.work.append(work) }
            available.signal()
        }

        func close() {
            state.withLock { $0.isClosed = true }
            available.signal()
        }

        func next() -> (@Sendable () -> Void)? {
            available.wait()
            return state.withLock { $0.work.isEmpty ? nil : $0.work.removeFirst() }
        }
    }
}
