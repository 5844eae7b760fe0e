import Dispatch
public import Domain
import Synchronization

/// The watcher's output: batches of events in order, for one consumer.
///
/// At most `capacity` batches wait; then the watcher's own thread waits for the consumer. Events of the kernel go on
/// being drained meanwhile, and where too many come, a walk makes up for them.
public final class DropFolderBatches: AsyncSequence, Sendable {
    public typealias Element = [DropFolderEvent]

    static let capacity = 16
    /// The most events in one batch.
    static let batchSize = 256

    private let stream: AsyncStream<[DropFolderEvent]>
    private let continuation: AsyncStream<[DropFolderEvent]>.Continuation
    private let freeSlots = DispatchSemaphore(value: DropFolderBatches.capacity)
    private let isClosed = Mutex(false)
    private let isHeldUp = Atomic<Bool>(false)

    init() {
        // Unbounded here: `freeSlots` bounds it.
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .unbounded)
        continuation.onTermination = { [weak self] _ in self?.close() }
    }

    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var base: AsyncStream<[DropFolderEvent]>.AsyncIterator
        fileprivate let batches: DropFolderBatches

        public mutating func next() async -> [DropFolderEvent]? { await next(isolation: nil) }

        public mutating func next(isolation actor: isolated (any Actor)?) async -> [DropFolderEvent]? {
            guard let batch = await base.next(isolation: actor) else { return nil }
            batches.freeSlots.signal()
            return batch
        }
    }

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(base: stream.makeAsyncIterator(), batches: self)
    }

    /// Waits for a free slot, on the caller's thread. Does nothing once the consumer has gone.
    func send(_ batch: [DropFolderEvent]) {
        guard !isClosed.withLock({ $0 }) else { return }
        isHeldUp.store(true, ordering: .relaxed)
        freeSlots.wait()
        isHeldUp.store(false, ordering: .relaxed)
        guard !isClosed.withLock({ $0 }) else { return }
        continuation.yield(batch)
    }

    /// Whether the sender waits for the consumer.
    var isFull: Bool { isHeldUp.load(ordering: .relaxed) }

    /// Ends the sequence after the batches that wait; a sender that waits goes on.
    func close() {
        let wasClosed = isClosed.withLock { closed in
            defer { closed = true }
            return closed
        }
        guard !wasClosed else { return }
        continuation.finish()
        freeSlots.signal()
    }
}
