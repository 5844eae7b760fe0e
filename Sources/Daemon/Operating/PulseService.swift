import Catalog
import Domain
import JobRunner
import Logging
import ServiceLifecycle
import Systemd

/// Tells the service manager that the daemon is ready, that it lives, how it does, and that it stops.
struct PulseService: Service {
    let manager: ServiceManager
    let vitals: Vitals
    let watcher: WatcherService
    let intake: IntakeService
    let catalog: Catalog
    let gate: StartGate
    let logger: Logger

    /// Where the manager does not ask for life: between two looks at the numbers.
    private static let leisure = Duration.seconds(30)

    /// Half of the manager's patience, as sd_watchdog_enabled(3) recommends.
    private var interval: Duration { manager.watchdog.map { $0 / 2 } ?? PulseService.leisure }

    func run() async {
        await cancelWhenGracefulShutdown { await self.live() }
        tell([.stopping, .status("stopping")])
    }

    private func live() async {
        let start = ContinuousClock.now
        var pulse = Pulse(interval: interval)
        var (isReady, wasSilent) = (false, false)
        var numbers = Numbers()
        while !Task.isCancelled {
            let isScanned = gate.isOpen ? await intake.standing.isScanned : false
            if isScanned, !isReady {
                isReady = true
                tell([.ready])
            }
            switch pulse.tick(at: ContinuousClock.now - start, vitals.signs) {
            case .ask: vitals.poke()
            case .wait: break
            case .feed:
                if wasSilent { logger.notice("signs of life again") }
                wasSilent = false
                vitals.poke()
                if let life = life(isReady) { tell([life]) }
            case .withhold(let organs):
                if !wasSilent { complain(organs) }
                wasSilent = true
            }
            await tellNumbers(&numbers, isReady)
            await pause(isReady)
        }
    }

    /// Before the start is over, it is prolonged as long as everything goes on.
    private func life(_ isReady: Bool) -> ServiceManager.Assignment? {
        guard isReady else { return .extendTimeout(interval * 3) }
        return manager.watchdog == nil ? nil : .watchdog
    }

    private func complain(_ organs: [Pulse.Organ]) {
        logger.error(
            "no sign of life; the service manager will restart the daemon",
            metadata: ["of": "\(organs.map(\.rawValue).joined(separator: ", "))"])
    }

    private func pause(_ isReady: Bool) async {
        let interval = interval
        guard !isReady else {
            try? await Task.sleep(for: interval / 2)  // Cancelled: the loop ends at its condition.
            return
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await gate.pass() }
            group.addTask { try? await Task.sleep(for: interval / 2) }  // Cancelled where the gate opened first.
            await group.next()
            group.cancelAll()
        }
    }

    /// What was told last, and when it must be counted again.
    private struct Numbers {
        var changes: Int?
        var tally = Tally(uploads: [:], videos: [:], jobs: [:], failures: [:])
        var isPaused = false
        var line = ""
    }

    private func tellNumbers(_ numbers: inout Numbers, _ isReady: Bool) async {
        let changes = vitals.changes
        if isReady, numbers.changes != changes {
            // What cannot be counted now is counted at the next tick; the line tells of the trouble itself.
            if let tally = try? await catalog.tally() {
                numbers.tally = tally
                numbers.changes = changes
            }
            numbers.isPaused = ((try? await catalog.pausedSince()) ?? nil) != nil
        }
        let line = StatusLine(
            tally: numbers.tally, watcher: watcher.health, isScanned: isReady, trouble: catalog.trouble?.message,
            isPaused: numbers.isPaused
        ).text
        guard line != numbers.line else { return }
        numbers.line = line
        tell([.status(line)])
    }

    private func tell(_ assignments: [ServiceManager.Assignment]) {
        do { try manager.tell(assignments) } catch {
            logger.warning("service manager not reached", metadata: ["reason": "\(error)"])
        }
    }
}
