import Catalog
import Domain
import DurableFiles
import FoundationEssentials
import JobRunner
import Logging
import Sidecars
public import SystemPackage

/// One run of `understudy doctor`: beside a running daemon, or alone under the state directory's lock.
public struct Checkup: Sendable {
    /// What a run came to.
    public struct Outcome: Sendable {
        /// Everything that was found, with whether it was mended.
        public var found: [(diagnosis: Diagnosis, isMended: Bool)]
        public var extent: Doctor.Extent
        /// Originals whose loss was accepted.
        public var acceptedLosses: Int?

        public var remaining: [Diagnosis] { found.filter { !$0.isMended }.map(\.diagnosis) }

        /// 75 where nothing but mounts stands in the way of an answer.
        public var status: ExitStatus {
            if remaining.isEmpty { return .success }
            return remaining.allSatisfy { $0.ailment == .outOfReach } ? .tryLater : .failed
        }
    }

    public struct Options: Sendable {
        public var repairs = false
        /// Believe size, time and inode of proxies, and do not read them.
        public var isQuick = false
        public var acceptedRoots: [FilePath] = []

        public init() {}
    }

    private let configuration: Configuration
    private let options: Options

    /// Pauses between the looks that must confirm a finding beside a daemon, which may be about to set it right.
    private static let pauses: [Duration] = [
        .milliseconds(250), .milliseconds(500), .seconds(1), .seconds(2), .seconds(2),
    ]
    private static let mendedAtOnce = 50
    /// Repairs read whole proxies.
    private static let patience = 600

    public static func run(_ options: Options, configuration: Configuration) async throws -> Outcome {
        let checkup = Checkup(configuration: configuration, options: options)
        // Says what is missing, instead of creating an empty database.
        try StateReader.requireDatabase(in: configuration.stateDirectory)
        let health = try StateReader.health(configuration.stateDirectory)
        if health != nil { return try await checkup.besideDaemon(health) }
        do {
            let lock = try StateLock.acquire(in: configuration.stateDirectory)
            return try await checkup.alone(lock)
        } catch let error as StateLockError where error.code == .held {
            guard !options.repairs else { throw DaemonError(.tryLater, error.message) }
            // `once`, or a daemon that starts or stops: it answers no questions, and may be waited for.
            return try await checkup.besideDaemon(nil)
        }
    }

    private init(configuration: Configuration, options: Options) {
        self.configuration = configuration
        self.options = options
    }

    // MARK: Beside a daemon

    private func besideDaemon(_ health: DaemonHealth?) async throws -> Outcome {
        var accepted: Int?
        for root in options.acceptedRoots { accepted = (accepted ?? 0) + (try askToAccept(root)) }
        let catalog = try StateReader.open(configuration.stateDirectory)
        let current = accepted == nil ? health : try StateReader.health(configuration.stateDirectory)
        let doctor = doctor(catalog, isDaemonRunning: true, health: current)
        var (found, extent) = try await doctor.examine()
        found = try await confirmed(found, by: doctor)
        guard options.repairs, !found.isEmpty else {
            return Outcome(found: found.map { ($0, false) }, extent: extent, acceptedLosses: accepted)
        }
        let mendings = found.compactMap(\.mending)
        for start in stride(from: 0, to: mendings.count, by: Checkup.mendedAtOnce) {
            let part = Array(mendings[start..<min(start + Checkup.mendedAtOnce, mendings.count)])
            let reply = try ControlSocket.ask(
                .mend(part), stateDirectory: configuration.stateDirectory, patience: Checkup.patience)
            if case .refused(let reason)? = reply { throw DaemonError(.failed, reason) }
        }
        return Outcome(
            found: mark(found, remaining: try await confirmed(found, by: doctor)), extent: extent,
            acceptedLosses: accepted)
    }

    private func askToAccept(_ root: FilePath) throws -> Int {
        let request = ControlRequest.acceptLosses(root: PathText.encode(root.bytes))
        switch try ControlSocket.ask(
            request, stateDirectory: configuration.stateDirectory, patience: Checkup.patience)
        {
        case .acceptedLosses(let count)?: return count
        case .refused(let reason)?: throw DaemonError(.badInput, reason)
        default: throw DaemonError(.failed, "the daemon answered something else")
        }
    }

    private func confirmed(_ found: [Diagnosis], by doctor: Doctor) async throws -> [Diagnosis] {
        var left = found
        for pause in Checkup.pauses where !left.isEmpty {
            try await Task.sleep(for: pause)
            left = try await doctor.confirm(left)
        }
        return left
    }

    private func mark(_ found: [Diagnosis], remaining: [Diagnosis]) -> [(diagnosis: Diagnosis, isMended: Bool)] {
        found.map { diagnosis in (diagnosis, !remaining.contains { $0.isSame(as: diagnosis) }) }
    }

    // MARK: Alone

    private func alone(_ lock: StateLock) async throws -> Outcome {
        guard options.repairs else {
            let catalog = try StateReader.open(configuration.stateDirectory)
            let (found, extent) = try await doctor(catalog, isDaemonRunning: false, health: nil).examine()
            try catalog.close()
            return Outcome(found: found.map { ($0, false) }, extent: extent)
        }
        let state = try StateDirectory.open(configuration.stateDirectory, holding: lock)
        if let recovery = state.recovery { return try await rebuilt(recovery, state) }
        let logger = Logger(label: "understudy.doctor") { _ in SwiftLogNoOpLogHandler() }
        let doctor = doctor(state.catalog, isDaemonRunning: false, health: nil)
        let mender = mender(state.catalog, doctor, logger)
        var accepted: Int?
        for root in options.acceptedRoots {
            guard let count = await mender.presence.acceptLosses(below: root) else {
                throw DaemonError(
                    .badInput,
                    "\(PathText.encode(root.bytes)) is no configured root, or its file system does not answer")
            }
            accepted = (accepted ?? 0) + count
        }
        let (found, extent) = try await doctor.examine()
        _ = try await mender.carryOut(found.compactMap(\.mending))
        await SidecarService(
            store: state.catalog, sidecars: doctor.sidecars, board: ProgressBoard(), bell: Doorbell(), logger: logger
        ).catchUp()
        let remaining = try await doctor.confirm(found)
        try state.close()
        return Outcome(found: mark(found, remaining: remaining), extent: extent, acceptedLosses: accepted)
    }

    /// The opening has mended the database; the rest is for the next start's scan, and another look after it.
    private func rebuilt(_ recovery: DatabaseRecovery, _ state: StateDirectory) async throws -> Outcome {
        await state.report(to: Logger(label: "understudy.doctor") { _ in SwiftLogNoOpLogHandler() })
        try state.close()
        let source =
            recovery.backup.map { "restored from \(PathText.encode($0.bytes))" } ?? "begun anew: no good backup"
        let diagnosis = Diagnosis(
            .databaseDamaged, recovery.damaged, "\(recovery.problem) It is kept here; the database was \(source)")
        return Outcome(found: [(diagnosis, true)], extent: Doctor.Extent())
    }

    private func doctor(_ catalog: Catalog, isDaemonRunning: Bool, health: DaemonHealth?) -> Doctor {
        Doctor(
            configuration, catalog: catalog, isDaemonRunning: isDaemonRunning, health: health,
            reading: options.isQuick ? .whereDoubtful : .always)
    }

    private func mender(_ catalog: Catalog, _ doctor: Doctor, _ logger: Logger) -> Mender {
        let policies = configuration.policies(isFollowing: true)
        let presence = PresenceService(
            tools: PresenceService.Tools(
                store: catalog, originals: doctor.originals, proxies: doctor.proxies, sidecars: doctor.sidecars,
                policies: policies, jobBell: Doorbell(), sidecarBell: Doorbell(), withdraw: { _ in },
                putBack: { _ in }, answer: { _, _ in }, forget: { _ in }, settleSidecars: {}), logger: logger)
        return Mender(
            catalog: catalog, proxies: doctor.proxies, sidecars: doctor.sidecars, policies: policies,
            presence: presence, look: nil,
            rescuer: Rescuer(store: catalog, proxies: doctor.proxies, logger: logger))
    }
}
