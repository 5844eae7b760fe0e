import Glibc
import Synchronization

/// How many threads a worker decodes with: a lone job gets all processors, and the jobs of a backlog one each, which takes
/// the least processor time for all of them together.
final class ProcessorShares: Sendable {
    /// Each thread holds pictures of its own, up to 8K in 10 bits, within the worker's bound on memory.
    static let most = 8

    private let processors: Int
    private let running = Mutex(0)

    /// - Parameter processors: those that this process may run on.
    init(processors: Int = ProcessorShares.available) { self.processors = processors }

    /// A job begins.
    /// - Returns: its threads, from what runs at this moment.
    func begin() -> Int {
        running.withLock { running in
            running += 1
            return min(ProcessorShares.most, max(1, processors / running))
        }
    }

    /// A job has ended.
    func end() { running.withLock { $0 -= 1 } }

    /// sysconf(3); 1 where it cannot say.
    static var available: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
}
