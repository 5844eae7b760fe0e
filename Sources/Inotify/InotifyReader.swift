import Glibc
import Synchronization
import SystemPackage

/// Drains an inotify instance on a thread of its own, so that the kernel's queue stays short however long a consumer
/// takes. Decides nothing.
///
/// Life: `start` → batches flow → `stop` (or the consumer ends the stream) → `batches` ends. Start it once.
public final class InotifyReader: Sendable {
    /// What was read, in order. Holds at most `bufferedBatches`: where the consumer is that far behind, the oldest
    /// batch goes and an `overflow` takes its place at the end, so that a loss is never silent.
    public let batches: AsyncStream<InotifyBatch>

    private let inotify: InotifyDescriptor
    private let output: AsyncStream<InotifyBatch>.Continuation
    private let waker: Waker
    private let mounts: FileDescriptor?
    private let rest: Duration
    private let rounds = Atomic<UInt64>(0)
    private static let bufferBytes = 256 * 1024

    /// - Parameters:
    ///   - bufferedBatches: how many reads may wait for the consumer; at least 1. One read has at most 256 KiB.
    ///   - watchingMounts: whether changes of this process's mounts are reported too.
    ///   - rest: the shortest time between two reads, for watches of content: the kernel folds equal events that
    ///     nobody has read.
    public init(
        _ inotify: InotifyDescriptor, bufferedBatches: Int = 1024, watchingMounts: Bool = true, rest: Duration = .zero
    ) throws(InotifyError) {
        self.inotify = inotify
        self.rest = rest
        waker = try Waker()
        (batches, output) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(max(1, bufferedBatches)))
        // Without /proc the mounts cannot be followed; the watcher's periodic walk then has to do.
        let list = FilePath("/proc/self/mountinfo")
        mounts = watchingMounts ? try? FileDescriptor.open(list, .readOnly, options: .closeOnExec) : nil
    }

    deinit { try? mounts?.close() }  // Nothing can be done about a failed close of a file that was only read.

    /// Starts the thread; what it reads goes into `batches`.
    public func start() throws(InotifyError) {
        output.onTermination = { [waker] _ in waker.wake() }
        try DedicatedThread.start { self.run { self.send($0) } }
    }

    /// Starts the thread; what it reads goes to `body`, on the thread, and `batches` stays empty.
    public func start(handing body: @escaping @Sendable (InotifyBatch) -> Void) throws(InotifyError) {
        try DedicatedThread.start { self.run(body) }
    }

    /// How often the thread has come round.
    public var roundCount: UInt64 { rounds.load(ordering: .relaxed) }

    /// Makes the thread come round once more, where it can.
    public func poke() { waker.knock() }

    /// Ends the thread and the stream. Harmless where that has happened.
    public func stop() { waker.wake() }

    private func run(_ send: (InotifyBatch) -> Void) {
        var buffer = [UInt8](repeating: 0, count: InotifyReader.bufferBytes)
        defer { output.finish() }
        while let ready = waitForInput() {
            rounds.add(1, ordering: .relaxed)
            if ready.mounts { send(.mountsChanged) }
            guard ready.inotify else { continue }
            do {
                let count = try inotify.read(into: &buffer)
                if count > 0 { InotifyReader.forward(buffer[..<count], to: send) }
            } catch {
                // A read of a healthy instance cannot fail (inotify(7)); without it nothing is known any more.
                send(.overflow)
                return
            }
            if rest > .zero { usleep(UInt32(rest / .microseconds(1))) }
        }
    }

    private static func forward(_ bytes: ArraySlice<UInt8>, to send: (InotifyBatch) -> Void) {
        guard let events = InotifyEventParser.parse(bytes) else { return send(.overflow) }
        let isOverflow = events.contains { $0.mask.contains(.queueOverflow) }
        let rest = isOverflow ? events.filter { !$0.mask.contains(.queueOverflow) } : events
        if !rest.isEmpty { send(.events(rest)) }
        if isOverflow { send(.overflow) }
    }

    private func send(_ batch: InotifyBatch) {
        guard case .dropped = output.yield(batch), batch != .overflow else { return }
        // The buffer was full. An overflow at its end stands for everything lost; it may push out one batch more.
        output.yield(.overflow)
    }

    /// Which descriptors have something to read; `nil` when the thread is to end.
    private func waitForInput() -> (inotify: Bool, mounts: Bool)? {
        var polled = [
            pollfd(fd: inotify.descriptor.rawValue, events: Int16(POLLIN), revents: 0),
            pollfd(fd: waker.listening, events: Int16(POLLIN), revents: 0),
            // poll(2) skips negative descriptors. A change shows as POLLPRI and POLLERR, once (proc(5)).
            pollfd(fd: mounts?.rawValue ?? -1, events: Int16(POLLPRI), revents: 0),
        ]
        while unsafe poll(&polled, nfds_t(polled.count), -1) < 0 {
            guard errno == EINTR || errno == EAGAIN else { return nil }
        }
        guard polled[1].revents == 0 || waker.takeKnocks() else { return nil }
        return (polled[0].revents != 0, polled[2].revents != 0)
    }
}
