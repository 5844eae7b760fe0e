public import Catalog
public import Domain
import FoundationEssentials
public import SystemPackage

/// What the command line may read beside a running daemon.
public enum StateReader {
    /// Opens the database for reading only.
    ///
    /// - Throws: `notAvailable` where there is none.
    public static func open(_ directory: FilePath) throws(DaemonError) -> Catalog {
        try requireDatabase(in: directory)
        do { return try Catalog.openReadOnly(in: directory) } catch { throw DaemonError(.notAvailable, error.message) }
    }

    /// - Throws: `notAvailable` where there is no database.
    static func requireDatabase(in directory: FilePath) throws(DaemonError) {
        guard FileManager.default.fileExists(atPath: directory.appending(Catalog.fileName).string) else {
            throw DaemonError(
                .notAvailable,
                "there is no database in \(PathText.encode(directory.bytes)); name the daemon's state directory with"
                    + " --state-dir, or its configuration with --config")
        }
    }

    /// The progress of running jobs by video id; `nil` where no daemon runs.
    public static func progress(_ directory: FilePath) throws -> [String: JobProgress]? {
        guard case .progress(let progress)? = try ControlSocket.ask(.progress, stateDirectory: directory) else {
            return nil
        }
        return progress
    }

    /// How well the running daemon sees; `nil` where none runs.
    public static func health(_ directory: FilePath) throws -> DaemonHealth? {
        guard case .health(let health)? = try ControlSocket.ask(.health, stateDirectory: directory) else { return nil }
        return health
    }
}
