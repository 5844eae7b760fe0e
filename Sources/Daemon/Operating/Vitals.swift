import Catalog
import DropFolders
import JobRunner
import Synchronization

/// The parts of the daemon that must go on, and how they show that they do.
final class Vitals: Sendable {
    private struct Database {
        var answers: UInt64 = 0
        var changes = 0
    }

    private let watcher: WatcherService
    private let executor: ExecutorService
    private let catalog: Catalog
    private let database = Mutex(Database())

    init(watcher: WatcherService, executor: ExecutorService, catalog: Catalog) {
        self.watcher = watcher
        self.executor = executor
        self.catalog = catalog
    }

    var signs: [Pulse.Organ: Pulse.Sign] {
        let rounds = watcher.follower.rounds
        return [
            .reader: Pulse.Sign(count: rounds.reader),
            .watcher: Pulse.Sign(count: rounds.engine, isExcused: rounds.isEngineHeldUp),
            .scheduler: Pulse.Sign(count: executor.heartbeat.count, isExcused: executor.heartbeat.isResting),
            .database: Pulse.Sign(count: database.withLock { $0.answers }),
        ]
    }

    /// Rows written, as of the database's last answer: as long as it stays, no number of rows has changed.
    var changes: Int { database.withLock { $0.changes } }

    func poke() {
        watcher.follower.poke()
        executor.poke()
        pokeDatabase()
    }

    func pokeDatabase() {
        catalog.askForLife { [self] changes in
            database.withLock {
                $0.answers += 1
                $0.changes = changes
            }
        }
    }
}
