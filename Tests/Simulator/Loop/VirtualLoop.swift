import CEnqueueHook
import Glibc

/// The one thread on which everything of a simulation runs, and its virtual time. Which of several ready jobs runs next
/// is chosen by the seed; when none is ready, time jumps to the next timer.
///
/// Two ways lead to it: tasks that prefer it as their executor (SE-0417), with all their children and the default actors
/// that they enter; and the runtime's hook for the global executor, for the tasks that libraries start by themselves.
// SAFETY: unchecked, for `TaskExecutor` asks for `Sendable` and a lock would hide a second thread: used on the main thread
// only; `enqueue` traps otherwise.
final class VirtualLoop: TaskExecutor, @unchecked Sendable {
    private struct Timer {
        let due: Duration
        let number: UInt64
        let action: Action

        func comes(before other: Timer) -> Bool { (due, number) < (other.due, other.number) }
    }

    private enum Action {
        /// A wait that cancellation ends early; found by its number.
        case sleep
        /// A wait that nothing ends but time, or `endPauses`.
        case pause(CheckedContinuation<Void, Never>)
        case call(() -> Void)
    }

    private(set) var now = Duration.zero
    private var ready: [UnownedJob] = []
    private var timers: [Timer] = []
    private var sleepers: [UInt64: CheckedContinuation<Void, any Error>] = [:]
    private var numbers: UInt64 = 0
    private var random = SeededGenerator(seed: 0)
    private let thread = pthread_self()

    /// Begins anew, for another seed. Nothing may be waiting.
    func reset(seed: UInt64) {
        precondition(ready.isEmpty && sleepers.isEmpty, "tasks of an earlier simulation are alive")
        (now, timers, numbers) = (.zero, [], 0)
        random = SeededGenerator(seed: seed)
    }

    var hasReadyJobs: Bool { !ready.isEmpty }

    func enqueue(_ job: consuming ExecutorJob) { append(UnownedJob(job)) }

    private func append(_ job: UnownedJob) {
        precondition(
            pthread_equal(pthread_self(), thread) != 0, "a job came from another thread: nothing is repeatable")
        ready.append(job)
    }

    /// Makes the runtime hand the jobs of unstructured tasks to this loop.
    func takeOverGlobalExecutor() {
        unsafe VirtualLoop.current = self
        typealias Original = @convention(thin) (UnownedJob) -> Void
        typealias Hook = @convention(thin) (UnownedJob, Original) -> Void
        let hook: Hook = { job, _ in unsafe VirtualLoop.current?.append(job) }
        unsafe enqueue_hook_place().pointee = unsafeBitCast(hook, to: UnsafeMutableRawPointer.self)
    }

    // SAFETY: set once by the main thread, before any task is started.
    private nonisolated(unsafe) static var current: VirtualLoop?

    // MARK: Running

    /// Runs one ready job, or lets time pass until the next timer.
    /// - Returns: `false` where nothing is left to do before `end`.
    func step(until end: Duration) -> Bool {
        if runReadyJob() { return true }
        while let first = timers.first {
            guard first.due <= end else { return false }
            removeFirst()
            now = max(now, first.due)
            switch first.action {
            case .sleep:
                guard let sleeper = sleepers.removeValue(forKey: first.number) else { continue }
                sleeper.resume()
            case .pause(let continuation): continuation.resume()
            case .call(let action): action()
            }
            return true
        }
        return false
    }

    /// Runs one ready job.
    func runReadyJob() -> Bool {
        guard !ready.isEmpty else { return false }
        let index = ready.count == 1 ? 0 : random.below(ready.count)
        ready.swapAt(index, ready.count - 1)
        unsafe ready.removeLast().runSynchronously(on: asUnownedTaskExecutor())
        return true
    }

    // MARK: Waiting

    /// Waits for virtual time; cancellation ends it.
    func sleep(until due: Duration) async throws {
        numbers += 1
        let number = numbers
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                guard !Task.isCancelled else { return continuation.resume(throwing: CancellationError()) }
                sleepers[number] = continuation
                append(Timer(due: due, number: number, action: .sleep))
            }
        } onCancel: {
            sleepers.removeValue(forKey: number)?.resume(throwing: CancellationError())
        }
    }

    /// Waits for virtual time, as a system call does: cancellation does not end it.
    func pause(for duration: Duration) async {
        await withCheckedContinuation { continuation in
            numbers += 1
            append(Timer(due: now + duration, number: numbers, action: .pause(continuation)))
        }
    }

    /// Ends all pauses at once: their caller is dead.
    func endPauses() {
        let paused = timers
        timers = []
        for timer in paused {
            guard case .pause(let continuation) = timer.action else {
                append(timer)
                continue
            }
            continuation.resume()
        }
    }

    /// Does something at a later time.
    func call(after duration: Duration, _ action: @escaping () -> Void) {
        numbers += 1
        append(Timer(due: now + duration, number: numbers, action: .call(action)))
    }

    // MARK: The heap of timers

    private func append(_ timer: Timer) {
        timers.append(timer)
        var child = timers.count - 1
        while child > 0, timers[child].comes(before: timers[(child - 1) / 2]) {
            timers.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private func removeFirst() {
        timers.swapAt(0, timers.count - 1)
        timers.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < timers.count {
                if timers[child].comes(before: timers[least]) { least = child }
            }
            guard least != parent else { return }
            timers.swapAt(parent, least)
            parent = least
        }
    }
}

/// The loop's time as a clock for the services.
struct VirtualClock: Clock {
    struct Instant: InstantProtocol {
        let offset: Duration

        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    let loop: VirtualLoop

    var now: Instant { Instant(offset: loop.now) }
    var minimumResolution: Duration { .nanoseconds(1) }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try await loop.sleep(until: deadline.offset)
    }
}
