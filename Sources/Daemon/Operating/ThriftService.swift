import JobRunner
import ServiceLifecycle
import Supervision

/// Gives back the memory that the start and the first scan took, and every quarter of an hour, as often as the watcher walks,
/// what work has taken since.
struct ThriftService: Service {
    let gate: StartGate

    /// What the end of the first scan has set off comes first.
    private static let delay = Duration.seconds(5)
    private static let interval = Duration.seconds(900)

    func run() async {
        await cancelWhenGracefulShutdown {
            await self.gate.pass()
            var pause = ThriftService.delay
            while !Task.isCancelled {
                guard (try? await Task.sleep(for: pause)) != nil else { return }  // Cancelled: the daemon stops.
                OwnMemory.giveBack()
                pause = ThriftService.interval
            }
        }
    }
}
