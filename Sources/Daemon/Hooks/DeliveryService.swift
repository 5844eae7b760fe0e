import Catalog
import Domain
import FoundationEssentials
import JobRunner
import Logging
import ServiceLifecycle
import Sidecars
import Supervision
import SystemPackage

/// Tells the operator's programs of jobs that ended: at least once each, also after a crash, as what is to be told was
/// written in the transaction that ended the job.
struct DeliveryService: Service {
    let catalog: Catalog
    let configuration: CurrentConfiguration
    /// Rung when a job has ended.
    let bell: Doorbell
    let logger: Logger

    /// Told at the same time.
    private static let atOnce = 4
    /// After a database that could not be asked.
    private static let pauseAfterTrouble = Duration.seconds(30)

    private var settings: HookSettings { configuration.value.hooks }

    func run() async {
        await cancelWhenGracefulShutdown {
            await self.announce()
            while !Task.isCancelled {
                let due = await self.due()
                guard let due, !due.isEmpty else {
                    await self.bell.wait(atMost: await self.nap(hasTrouble: due == nil), clock: .continuous)
                    continue
                }
                await withDiscardingTaskGroup { group in
                    for delivery in due { group.addTask { await self.deliver(delivery) } }
                }
            }
        }
    }

    /// Says to the database who wants to be told of what, by the present configuration.
    func announce() async {
        let hooks = Hook.allCases.flatMap { hook in
            hook.events(in: settings).map { (name: hook.rawValue, event: $0) }
        }
        do throws(StoreError) { try await catalog.setHooks(hooks) } catch {
            logger.error("hooks not recorded", metadata: ["reason": "\(PrintableText.escaped(error.message))"])
        }
        bell.ring()
    }

    /// - Returns: `nil` where the database cannot be asked.
    private func due() async -> [Delivery]? {
        guard !settings.isEmpty else { return [] }
        return try? await catalog.dueDeliveries(limit: DeliveryService.atOnce)  // Asked again after a pause.
    }

    private func nap(hasTrouble: Bool) async -> Duration? {
        guard !settings.isEmpty else { return nil }
        guard !hasTrouble, let next = try? await catalog.timeUntilNextDelivery() else {
            return hasTrouble ? DeliveryService.pauseAfterTrouble : nil
        }
        return next
    }

    private func deliver(_ delivery: Delivery) async {
        do {
            guard let hook = Hook(rawValue: delivery.hook), let message = try await message(of: delivery),
                let program = try hook.program(for: message, settings)
            else { return try await catalog.removeDelivery(delivery.id) }
            let metadata = Logger.Metadata.original(message.video.originalPath).adding(["hook": "\(hook.rawValue)"])
            switch await program.run() {
            case .succeeded:
                logger.info("hook told", metadata: metadata)
                try await catalog.removeDelivery(delivery.id)
            case .failed(let reason):
                // A stop ended it: it is told again at the next start.
                guard !Task.isCancelled else { return }
                try await postpone(delivery, because: reason, metadata)
            }
        } catch {
            logger.error("hook not told", metadata: ["reason": "\(PrintableText.escaped("\(error)"))"])
            // The next round tries it again; not at once.
            try? await catalog.postponeDelivery(delivery.id, by: DeliveryService.pauseAfterTrouble)
        }
    }

    private func postpone(
        _ delivery: Delivery, because reason: String, _ metadata: Logger.Metadata
    ) async throws(StoreError) {
        let failures = delivery.attempts + 1
        let details = metadata.adding(["reason": "\(PrintableText.escaped(reason))", "attempt": "\(failures)"])
        guard let pause = DeliveryPolicy.pause(after: failures, retries: settings.retries) else {
            logger.error("hook given up", metadata: details)
            return try await catalog.removeDelivery(delivery.id)
        }
        logger.warning("hook failed, tried again", metadata: details.adding(["after": "\(pause)"]))
        try await catalog.postponeDelivery(delivery.id, by: pause)
    }

    /// - Returns: `nil` where the video is gone.
    private func message(of delivery: Delivery) async throws -> HookMessage? {
        guard let video = try await catalog.video(id: delivery.videoID) else { return nil }
        let body = try SidecarDocument(
            video, progress: nil, updatedAt: video.updatedAt, generator: Generator.name
        ).json()
        let name = video.originalPath.fileName.map { ProxyNaming.sidecarName(for: $0) } ?? FileName("")
        return HookMessage(
            id: delivery.id, event: delivery.event, jobID: delivery.jobID, video: video,
            sidecar: video.destination.appending(name: name), body: body)
    }
}
