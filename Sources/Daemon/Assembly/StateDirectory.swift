public import Catalog
import Domain
import DropFolders
import DurableFiles
import FoundationEssentials
import JobRunner
import Logging
public import SystemPackage

/// The state directory with its lock held and its database open: one process at a time.
public struct StateDirectory: Sendable {
    public let path: FilePath
    public let catalog: Catalog
    /// What was done about a damaged database; `nil` where it was sound.
    public let recovery: DatabaseRecovery?
    private let lock: StateLock

    /// Creates the directory where it is missing, takes its lock and opens the database.
    ///
    /// A damaged database is set aside and rebuilt from the newest good backup; what that lacks, the first scan finds.
    ///
    /// - Throws: `tryLater` where another instance holds it, `notAvailable` where it cannot be used, `badConfiguration`
    ///   where it is on a network file system.
    public static func open(_ path: FilePath) throws(DaemonError) -> StateDirectory {
        do {
            try FileManager.default.createDirectory(
                atPath: path.string, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o750])
        } catch {
            throw DaemonError(
                .notAvailable,
                "the state directory \(PathText.encode(path.bytes)) cannot be created; choose another with --state-dir")
        }
        if let problem = problem(with: FileSystemReport(of: path), at: path) {
            throw DaemonError(.badConfiguration, problem)
        }
        return try open(path, holding: try takeLock(path))
    }

    /// Opens the database under a lock that is held already.
    static func open(_ path: FilePath, holding lock: StateLock) throws(DaemonError) -> StateDirectory {
        let replacement = DatabaseReplacement(in: path)
        do { try replacement.finish() } catch { throw DaemonError(.notAvailable, error.message) }
        do throws(StoreError) {
            return StateDirectory(path: path, catalog: try Catalog.open(in: path), recovery: nil, lock: lock)
        } catch {
            guard error.code == .corrupt else { throw DaemonError(.notAvailable, error.message) }
            return try rebuild(path, replacement, because: error.message, lock)
        }
    }

    private static func rebuild(
        _ path: FilePath, _ replacement: DatabaseReplacement, because problem: String, _ lock: StateLock
    ) throws(DaemonError) -> StateDirectory {
        do {
            let recovery = try replacement.perform(because: problem)
            return StateDirectory(path: path, catalog: try Catalog.open(in: path), recovery: recovery, lock: lock)
        } catch let error as Failure {
            throw DaemonError(.notAvailable, "\(problem) It cannot be set aside: \(error.message)")
        } catch {
            throw DaemonError(.notAvailable, "\(error)")
        }
    }

    /// Why a database cannot be kept on a file system; `nil` where it can. Its log is shared memory between processes,
    /// which no network file system has (sqlite.org/wal.html).
    static func problem(with report: FileSystemReport?, at path: FilePath) -> String? {
        guard let report, !report.isLocal else { return nil }
        return "the state directory \(PathText.encode(path.bytes)) is on \(report.name), a network or FUSE file system:"
            + " the database would be damaged there; name a directory on a local disk with state_dir, or --state-dir"
    }

    /// Tells of a rebuilt database: in the log and in the history.
    func report(to logger: Logger) async {
        guard let recovery else { return }
        let backup = recovery.backup.map { PathText.encode($0.bytes) } ?? "none"
        logger.critical(
            "the database was damaged: rebuilt; what the backup lacks is found again by the scan",
            metadata: [
                "problem": "\(PrintableText.escaped(recovery.problem))", "kept": .name(recovery.damaged),
                "backup": "\(PrintableText.escaped(backup))", "then": "understudy doctor --repair",
            ])
        // The log has it; the history of a database that takes no writes is a smaller matter.
        try? await catalog.note(
            .databaseRestored, path.appending(Catalog.fileName),
            data: ["backup": backup, "damaged": PathText.encode(recovery.damaged.bytes)])
    }

    private static func takeLock(_ path: FilePath) throws(DaemonError) -> StateLock {
        do {
            return try StateLock.acquire(in: path)
        } catch {
            throw DaemonError(.tryLater, "\(error)")
        }
    }

    /// Closes the database; the lock goes with this value.
    public func close() throws(DaemonError) {
        do { try catalog.close() } catch { throw DaemonError(.failed, error.message) }
    }
}
