import Domain
import FoundationEssentials
public import SystemPackage

/// Finds `understudy-worker`.
public enum WorkerProgram {
    /// The path in `$UNDERSTUDY_WORKER`; else the file beside this program; else the one that `make install` puts into
    /// `../libexec/understudy`.
    ///
    /// - Throws: `notAvailable` where there is none.
    public static func find() throws(DaemonError) -> FilePath {
        let named = ProcessInfo.processInfo.environment["UNDERSTUDY_WORKER"].map { FilePath($0) }
        let directory = ownDirectory
        let places = [
            named, directory.appending("understudy-worker"),
            directory.removingLastComponent().appending("libexec").appending("understudy").appending(
                "understudy-worker"),
        ]
        let found = places.compactMap { $0 }.first { FileManager.default.isExecutableFile(atPath: $0.string) }
        guard let found else {
            throw DaemonError(
                .notAvailable,
                "the program understudy-worker is not beside \(PathText.encode(directory.bytes))/understudy nor in"
                    + " ../libexec/understudy; reinstall understudy or set UNDERSTUDY_WORKER")
        }
        return found
    }

    /// proc(5), `/proc/self/exe`.
    private static var ownDirectory: FilePath {
        let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        // Without /proc the first argument serves: it is what the shell found.
        return FilePath(path ?? CommandLine.arguments.first ?? "/").removingLastComponent()
    }
}
