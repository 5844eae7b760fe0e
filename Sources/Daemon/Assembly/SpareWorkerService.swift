import ServiceLifecycle
import Supervision

/// Keeps the spare workers while the engine runs.
struct SpareWorkerService: Service {
    let workers: WorkerSupervisor

    func run() async {
        await withGracefulShutdownHandler {
            await workers.keepSpares()
            // A service that returns early would end the group: none may be wanted.
            try? await gracefulShutdown()
        } onGracefulShutdown: {
            workers.stopSpares()
        }
    }
}
