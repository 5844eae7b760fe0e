import Domain
import SystemPackage

/// Worker processes: good ones, failing ones, liars, silent ones and slow finishers.
final class SimulatedWorkers: Workers, @unchecked Sendable {
    // SAFETY: used on the simulation's one thread only.
    private let handle: LifeHandle
    private var world: World { handle.world }
    /// Originals that are being transcoded, by the names under which they were claimed.
    private(set) var running: Set<String> = []

    /// What a supervisor takes to end a worker, at most.
    private static let teardown = Duration.milliseconds(1200)
    private static let report = TranscodeReport(
        frames: 100, videoDurationSeconds: 10, audioDurationSeconds: nil, width: 854,
        height: 480, frameRateNumerator: 10, frameRateDenominator: 1, warnings: [])
    private static let media = MediaDescription(container: "mov", durationSeconds: 10, video: nil, audio: [])

    init(handle: LifeHandle) { self.handle = handle }

    func transcode(
        _ original: FileDescriptor, named name: String, into output: FileDescriptor, preset: Preset,
        onEvent: @escaping @Sendable (TranscodeEvent) -> Void
    ) async throws(Failure) -> TranscodeReport {
        guard await handle.begin("transcode", name), let source = handle.openFiles.original(original),
            let target = handle.openFiles.output(output)
        else { throw Failure.dead }
        if !running.insert(name).inserted { world.violate("two workers on one original: \(name)") }
        defer { running.remove(name) }
        let before = source.content
        onEvent(.media(SimulatedWorkers.media))
        try await work(name, onEvent)
        guard world.isMounted else { throw Failure(.ioError, "EIO while reading") }
        switch source.kind {
        case .notMedia: throw Failure(.notMedia, "\(name) is a text")
        case .poison: throw Failure(.workerCrashed, "\(name): the worker crashed")
        case .deadly:
            handle.life?.die()
            throw Failure.dead
        case .video: break
        }
        if let failure = failure(name) { throw failure }
        // What was read is what was there at the beginning, or a mixture.
        target.content = "proxy(\(before == source.content ? before : "mixture"))"
        target.modified = world.stamp()
        target.isSynced = false
        if world.fails(world.workerFaults / 8) { target.content = "lie" }
        return SimulatedWorkers.report
    }

    /// Takes its time; ends early when it is cancelled, as the supervisor sees to.
    private func work(_ name: String, _ onEvent: @Sendable (TranscodeEvent) -> Void) async throws(Failure) {
        let steps = 1 + world.random.below(3)
        // A worker that hangs is ended by the supervisor's patience.
        let isHanging = world.fails(world.workerFaults / 8)
        do {
            for step in 0..<steps {
                let length = world.random.duration(.milliseconds(20), .seconds(8))
                try await world.loop.sleep(until: world.loop.now + (isHanging ? .seconds(120) : length))
                onEvent(
                    .progress(
                        JobProgress(
                            fraction: Double(step) / Double(steps), speed: 1, etaSeconds: 1, frames: step,
                            framesPerSecond: 1)))
                if isHanging { throw Failure(.workerTimeout, "\(name): the worker fell silent") }
            }
        } catch let failure as Failure {
            throw failure
        } catch {
            await world.loop.pause(for: world.random.duration(.milliseconds(1), SimulatedWorkers.teardown))
            throw Failure(.workerCrashed, "\(name): the worker was ended")
        }
    }

    private func failure(_ name: String) -> Failure? {
        guard world.fails(world.workerFaults) else { return nil }
        let codes: [FailureCode] = [
            .workerCrashed, .encodeFailed, .ioError, .decodeFailed, .workerUnavailable, .diskFull, .permissionDenied,
        ]
        return Failure(world.random.pick(codes), "\(name): injected")
    }

    func verify(
        _ proxy: FileDescriptor, named name: String, against report: TranscodeReport
    ) async throws(Failure) -> ProxyDescription {
        guard await handle.begin("verify", name), let file = handle.openFiles.output(proxy) else { throw Failure.dead }
        do {
            try await world.loop.sleep(until: world.loop.now + world.random.duration(.milliseconds(5), .seconds(1)))
        } catch {
            throw Failure(.workerCrashed, "\(name): the verification was ended")
        }
        guard file.content.hasPrefix("proxy("), !world.fails(world.workerFaults / 8) else {
            throw Failure(.verificationFailed, "\(name): not what was decoded")
        }
        return ProxyDescription(
            sizeBytes: file.sizeBytes, sha256: file.content, durationSeconds: 10, frames: 100, width: 854, height: 480,
            frameRate: "10/1", videoCodec: "h264", audioCodec: nil, warnings: [])
    }

    func probe(_ file: FileDescriptor, named name: String) async throws(Failure) -> MediaDescription {
        SimulatedWorkers.media
    }
}
