// UNSAFE: POSIX threads, mutexes and condition variables are pointers to the C library's objects; none leaves this file.
import Domain
import Glibc
import LibAV

/// A thread that works off what it is given, in that order. Little waits for it at a time: whoever gives more waits.
///
/// Items are objects that go round: given full, they come back empty with `spare`.
final class Stage<Item: AnyObject> {
    /// What giver and thread share. The thread holds it too, so that neither outlives it.
    // SAFETY: everything that changes is touched with `monitor` locked. An item belongs to the giver until `give`, to
    // the thread until it lies in `spares`, and to the giver again from `spare` on. `work` is called on the thread alone.
    private final class Core: @unchecked Sendable {
        let monitor = Monitor()
        let capacity: Int
        let work: (Item) throws(Failure) -> Void
        var waiting: [(item: Item, weight: Int)] = []
        var weight = 0
        var spares: [Item] = []
        /// No more items come.
        var isClosed = false
        var failure: Failure?

        init(capacity: Int, work: @escaping (Item) throws(Failure) -> Void) {
            self.capacity = capacity
            self.work = work
        }

        func run() {
            while let item = next() {
                var failed: Failure?
                do throws(Failure) { try work(item) } catch { failed = error }
                monitor.locked {
                    spares.append(item)
                    if let failed {
                        failure = failed
                        discard()
                    }
                }
            }
        }

        private func next() -> Item? {
            monitor.locked {
                monitor.wait { !waiting.isEmpty || isClosed || failure != nil }
                guard failure == nil, !waiting.isEmpty else { return nil }
                let next = waiting.removeFirst()
                weight -= next.weight
                return next.item
            }
        }

        func discard() {
            waiting = []
            weight = 0
        }
    }

    private let core: Core
    private var thread: PlainThread?

    /// - Parameters:
    ///   - capacity: weight of what waits at most, beside the one item that is worked on.
    ///   - work: called on the stage's thread. What it touches is the stage's until `finish` or the end of the stage.
    /// - Returns: `nil` where there is no thread to be had.
    init?(capacity: Int, _ work: @escaping (Item) throws(Failure) -> Void) {
        let core = Core(capacity: capacity, work: work)
        guard let thread = PlainThread.start({ LogCapture.countingErrorsApart { core.run() } }) else { return nil }
        self.core = core
        self.thread = thread
    }

    deinit { stop() }

    /// An item that was worked off; `nil` where none is left: then the giver makes one.
    func spare() -> Item? { core.monitor.locked { core.spares.popLast() } }

    /// Hands an item over, as soon as there is room for it; where nothing waits, there is room for any.
    /// - Throws: the failure of an earlier one.
    func give(_ item: Item, weight: Int = 1) throws(Failure) {
        let failure = core.monitor.locked { () -> Failure? in
            core.monitor.wait {
                core.waiting.isEmpty || core.weight + weight <= core.capacity || core.failure != nil
            }
            if core.failure == nil {
                core.waiting.append((item, weight))
                core.weight += weight
            }
            return core.failure
        }
        if let failure { throw failure }
    }

    /// Waits until all was worked off, and ends the thread.
    func finish() throws(Failure) {
        core.monitor.locked { core.isClosed = true }
        thread?.join()
        thread = nil
        if let failure = core.monitor.locked({ core.failure }) { throw failure }
    }

    /// Ends the thread after the item that it works on.
    func stop() {
        core.monitor.locked {
            core.discard()
            core.isClosed = true
        }
        thread?.join()
        thread = nil
    }
}

/// A mutex and a condition that is signalled whenever the mutex is left.
@safe
private final class Monitor {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>

    init() {
        unsafe mutex = .allocate(capacity: 1)
        unsafe condition = .allocate(capacity: 1)
        // Neither can fail without attributes (pthread_mutex_init(3), pthread_cond_init(3)).
        unsafe _ = pthread_mutex_init(mutex, nil)
        unsafe _ = pthread_cond_init(condition, nil)
    }

    deinit {
        unsafe _ = pthread_cond_destroy(condition)
        unsafe _ = pthread_mutex_destroy(mutex)
        unsafe condition.deallocate()
        unsafe mutex.deallocate()
    }

    func locked<Result>(_ body: () -> Result) -> Result {
        unsafe _ = pthread_mutex_lock(mutex)
        defer {
            unsafe _ = pthread_cond_broadcast(condition)
            unsafe _ = pthread_mutex_unlock(mutex)
        }
        return body()
    }

    /// Within `locked`: waits until something holds.
    func wait(until holds: () -> Bool) {
        while !holds() { unsafe _ = pthread_cond_wait(condition, mutex) }
    }
}

/// A thread that is waited for. `Inotify.DedicatedThread` is the daemon's: detached, deaf to signals, and no part of the worker.
private struct PlainThread {
    private final class Body {
        let run: () -> Void
        init(_ run: @escaping () -> Void) { self.run = run }
    }

    private let thread: pthread_t

    static func start(_ body: @escaping () -> Void) -> PlainThread? {
        let context = unsafe Unmanaged.passRetained(Body(body))
        var thread = pthread_t()
        let failure = unsafe pthread_create(
            &thread, nil,
            { context in
                if let context = unsafe context { unsafe Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run() }
                return nil
            }, context.toOpaque())
        guard failure == 0 else {
            unsafe context.release()
            return nil
        }
        return PlainThread(thread: thread)
    }

    func join() { _ = pthread_join(thread, nil) }
}
