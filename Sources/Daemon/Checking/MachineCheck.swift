import Domain
import DropFolders
import DurableFiles
import FoundationEssentials
public import Logging
import Supervision
import SystemPackage
import WorkerProtocol

/// Looks whether this machine can do what the configuration asks.
public struct MachineCheck: Sendable {
    private let configuration: Configuration
    private let logger: Logger

    public init(_ configuration: Configuration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    /// Everything that was looked at, in order.
    public func findings() async -> [Finding] {
        let health = askDaemon()
        var findings = [checkWatches(health)]
        for watch in configuration.watches { findings += await check(watch) }
        findings += checkState()
        findings += await checkWorker()
        findings += HookCheck.findings(configuration.hooks)
        findings += checkDaemon(health)
        return findings
    }

    // MARK: Watching

    private func checkWatches(_ health: DaemonHealth?) -> Finding {
        let subject = "inotify watches"
        let own = WatchLimit.current()
        // The daemon may have another limit: it runs for another user, or in a container.
        guard let allowed = health?.watchesAllowed ?? own?.allowed else {
            return Finding(.warning, subject, "the kernel does not tell its limit", remedy: "mount /proc")
        }
        let used = health.map { "\($0.watches) used by the daemon, " } ?? ""
        let raise = (health?.watchesRemedy ?? own?.remedy).map { "\($0) (and in /etc/sysctl.d to keep it)" }
        if let health, health.directoriesWithoutWatch > 0 {
            return Finding(
                .warning, subject,
                "\(used)\(allowed) allowed; \(health.directoriesWithoutWatch) directories are polled for want of one",
                remedy: raise)
        }
        guard allowed >= 65_536 else {
            return Finding(.warning, subject, "\(used)\(allowed) allowed: few for a large tree", remedy: raise)
        }
        return Finding(.ok, subject, "\(used)\(allowed) allowed")
    }

    private func number(in path: FilePath) -> Int? {
        // What cannot be read is not known.
        guard let text = try? SmallFile.readText(path, maximumBytes: 64) else { return nil }
        return Int(text.filter { $0.isNumber })
    }

    // MARK: Roots

    private func check(_ watch: WatchSettings) async -> [Finding] {
        let subject = PathText.encode(watch.root.bytes)
        let files = FileManager.default
        var isDirectory = false
        guard files.fileExists(atPath: watch.root.string, isDirectory: &isDirectory), isDirectory else {
            return [
                Finding(
                    .problem, subject, isDirectory ? "is not there" : "is not there, or is no directory",
                    remedy: "mount it, or correct `root` in the configuration")
            ]
        }
        var findings: [Finding] = []
        if files.isReadableFile(atPath: watch.root.string), files.isExecutableFile(atPath: watch.root.string) {
            findings.append(Finding(.ok, subject, "can be read"))
        } else {
            findings.append(
                Finding(.problem, subject, "cannot be read", remedy: "give the daemon's user the rights r and x on it"))
        }
        findings.append(checkFileSystem(watch, subject))
        findings += await checkDestination(of: watch)
        return findings
    }

    private func checkFileSystem(_ watch: WatchSettings, _ subject: String) -> Finding {
        guard let report = FileSystemReport(of: watch.root) else {
            return Finding(
                .problem, subject, "its file system does not answer", remedy: "look at the mount and the disk")
        }
        guard report.sendsEvents else {
            return Finding(
                .warning, subject,
                "\(report.name): no events for changes made elsewhere, so the tree is polled, and completeness takes"
                    + " longer to prove", remedy: "run the daemon on the machine that holds the disk, if you can")
        }
        guard report.hasTrustedLeases else {
            return Finding(
                .warning, subject,
                "\(report.name): events work; leases do not prove that a writer is gone, so a file must be quiet first")
        }
        guard hasLeaseRight(watch.root) else {
            return Finding(
                .warning, subject, "\(report.name): events work; leases need the files' owner or CAP_LEASE",
                remedy: "run as the files' owner, or give the service AmbientCapabilities=CAP_LEASE")
        }
        return Finding(.ok, subject, "\(report.name): events and leases work")
    }

    /// capabilities(7): CAP_LEASE is bit 28; proc_pid_status(5), `CapEff`.
    private func hasLeaseRight(_ root: FilePath) -> Bool {
        // What cannot be read is not granted.
        guard let status = try? SmallFile.readText("/proc/self/status", maximumBytes: 64 << 10),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("CapEff:") }),
            let set = UInt64(line.dropFirst(7).filter { !$0.isWhitespace }, radix: 16)
        else { return false }
        return set >> 28 & 1 == 1
    }

    private func checkDestination(of watch: WatchSettings) async -> [Finding] {
        let directory = watch.proxyRoot ?? watch.root
        let subject = "proxies of \(PathText.encode(watch.root.bytes))"
        guard FileManager.default.isWritableFile(atPath: nearestExisting(directory).string) else {
            return [
                Finding(
                    .problem, subject, "\(PathText.encode(directory.bytes)) cannot be written",
                    remedy: "give the daemon's user the right to write there, or set proxy_root")
            ]
        }
        if let obstacle = watch.ownershipObstacle {
            return [Finding(.problem, subject, obstacle, remedy: WatchSettings.ownershipRemedy)]
        }
        let folders = OutputFolders(roots: [watch.root, watch.proxyRoot].compactMap { $0 })
        guard let free = await ProxyFolder(folders: folders).availableBytes(at: directory) else {
            return [Finding(.warning, subject, "free space is not known", remedy: "look at the mount")]
        }
        let text = "\(free / 1_048_576) MiB are free"
        guard free >= configuration.minFreeBytes else {
            return [
                Finding(
                    .problem, subject, "\(text), less than min_free_space: jobs wait",
                    remedy: "free some room, or lower min_free_space")
            ]
        }
        return [Finding(.ok, subject, "can be written; \(text)")]
    }

    private func nearestExisting(_ directory: FilePath) -> FilePath {
        var path = directory
        while !FileManager.default.fileExists(atPath: path.string), path.lastComponent != nil {
            path = path.removingLastComponent()
        }
        return path
    }

    // MARK: State, worker, daemon

    private func checkState() -> [Finding] {
        let directory = nearestExisting(configuration.stateDirectory)
        let subject = "state directory"
        let name = PathText.encode(configuration.stateDirectory.bytes)
        guard FileManager.default.isWritableFile(atPath: directory.string) else {
            return [
                Finding(.problem, subject, "\(name) cannot be written", remedy: "choose another with state_dir")
            ]
        }
        guard let report = FileSystemReport(of: directory), report.isLocal else {
            return [
                Finding(
                    .problem, subject, "\(name) is on a network or FUSE file system: the database could be damaged",
                    remedy: "set state_dir to a directory on a local disk")
            ]
        }
        return [Finding(.ok, subject, "\(name) is on a local file system (\(report.name))")]
    }

    private func checkWorker() async -> [Finding] {
        let subject = "worker"
        let program: FilePath
        do throws(DaemonError) { program = try WorkerProgram.find() } catch {
            return [Finding(.problem, subject, error.message, remedy: "reinstall understudy")]
        }
        let supervisor = WorkerSupervisor(
            executable: program, sandbox: configuration.sandbox, patience: .seconds(30), logger: logger)
        let report: SealReport
        do throws(Failure) { report = try await supervisor.inspectSeal() } catch {
            return [Finding(.problem, subject, error.message, remedy: "reinstall understudy and the libav libraries")]
        }
        let seal = SealInspection.finding(report, policy: configuration.sandbox)
        // A worker that may not work says nothing about libav.
        guard seal.level != .problem else { return [seal] }
        return [seal, await tryWorker(supervisor, program)]
    }

    /// A file that is no media: a worker that starts says so.
    private func tryWorker(_ supervisor: WorkerSupervisor, _ program: FilePath) async -> Finding {
        let subject = "worker"
        let path = FilePath(FileManager.default.temporaryDirectory.path).appending("understudy-check-\(UUID())")
        do {
            let file = try FileDescriptor.open(
                path, .readWrite, options: [.create, .exclusiveCreate], permissions: [.ownerReadWrite])
            defer {
                // The file has no name any more, and nothing in it.
                try? file.close()
            }
            try FileManager.default.removeItem(atPath: path.string)
            try file.writeAll("understudy check\n".utf8)
            _ = try await supervisor.probe(file, named: "check")
            return Finding(.ok, subject, "\(PathText.encode(program.bytes)) answers")
        } catch let failure as Failure where [.notMedia, .noVideoStream, .unsupportedCodec].contains(failure.code) {
            return Finding(.ok, subject, "\(PathText.encode(program.bytes)) answers")
        } catch let failure as Failure {
            return Finding(.problem, subject, failure.message, remedy: "reinstall understudy and the libav libraries")
        } catch {
            return Finding(.problem, subject, "no file could be made to try it: \(error)", remedy: "free some room")
        }
    }

    private func askDaemon() -> DaemonHealth? {
        let reply = try? ControlSocket.ask(.health, stateDirectory: configuration.stateDirectory)
        // A daemon that does not answer is the same to a check as none.
        guard case .health(let health)? = reply else { return nil }
        return health
    }

    private func checkDatabase(_ database: DatabaseHealth) -> [Finding] {
        var findings = database.damaged.map {
            Finding(
                .warning, "database", "it was damaged and rebuilt; the damaged one is kept as \($0)",
                remedy: "look at the disk, run understudy doctor, and remove the file when it has served")
        }
        if let trouble = database.trouble {
            findings.append(
                Finding(.problem, "database", trouble, remedy: "the daemon goes on by itself once it can write"))
        }
        if database.isLogLarge {
            findings.append(
                Finding(
                    .problem, "database", "its write-ahead log has \(database.logBytes >> 20) MiB",
                    remedy: "end the program that reads the database and does not let go (lsof names it)"))
        }
        return findings
    }

    private func checkDaemon(_ health: DaemonHealth?) -> [Finding] {
        guard let health else { return [Finding(.ok, "daemon", "not running")] }
        var findings = [
            Finding(
                .ok, "daemon",
                "running; \(health.overflows) overflows, last event \(health.lastEventInWords), backlog: "
                    + health.backlogInWords)
        ]
        for (root, count) in health.polledTrees.sorted(by: { $0.key < $1.key }) {
            findings.append(Finding(.ok, root, "\(count) directories are polled"))
        }
        for root in health.missingRoots {
            findings.append(Finding(.problem, root, "the daemon does not find it", remedy: "mount it"))
        }
        for (root, count) in health.heldRoots.sorted(by: { $0.key < $1.key }) {
            findings.append(
                Finding(
                    .problem, root, "\(count) originals vanished at once: nothing is deleted",
                    remedy: "bring them back, or mount their disk: the next scan resolves it; or, if that was meant,"
                        + " understudy doctor --repair --accept-losses \(root)"))
        }
        findings += checkDatabase(health.database)
        for (root, count) in health.unreachable.sorted(by: { $0.key < $1.key }) {
            findings.append(
                Finding(.problem, root, "\(count) originals are out of reach", remedy: "mount their file system"))
        }
        if health.unreadableDirectories > 0 {
            findings.append(
                Finding(
                    .problem, "daemon", "\(health.unreadableDirectories) directories cannot be read",
                    remedy: "give the daemon's user the rights r and x on them; its log names them"))
        }
        if health.overflows > 0 {
            let limit = max(131_072, 2 * (number(in: "/proc/sys/fs/inotify/max_queued_events") ?? 0))
            findings.append(
                Finding(
                    .warning, "daemon", "events were lost \(health.overflows) times; full walks made up for it",
                    remedy: "sysctl -w fs.inotify.max_queued_events=\(limit) (and in /etc/sysctl.d to keep it), then"
                        + " restart the daemon: it keeps the limit that it was started with"))
        }
        return findings
    }
}
