public import Catalog
import Domain
import DurableFiles
import FoundationEssentials
public import SystemPackage

/// The state directory with its lock held and its database open: one process at a time.
public struct StateDirectory: Sendable {
    public let path: FilePath
    public let catalog: Catalog
    private let lock: StateLock

    /// Creates the directory where it is missing, takes its lock and opens the database.
    ///
    /// - Throws: `tryLater` where another instance holds it, `notAvailable` where it cannot be used.
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
        return try open(path, holding: try takeLock(path))
    }

    /// Opens the database under a lock that is held already.
    static func open(_ path: FilePath, holding lock: StateLock) throws(DaemonError) -> StateDirectory {
        do {
            return StateDirectory(path: path, catalog: try Catalog.open(in: path), lock: lock)
        } catch {
            throw DaemonError(.notAvailable, error.message)
        }
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
