import Foundation
public import SystemPackage

/// The programs under test, as the build has made them.
public enum Programs {
    /// The directory of the running test program, which is the build's.
    public static let directory: FilePath = {
        // proc(5). Where it cannot be read, no program is found, and each test says so.
        let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return FilePath(own ?? "/").removingLastComponent()
    }()

    public static let understudy = directory.appending("understudy")
    public static let worker = directory.appending("understudy-worker")
    /// A worker in an attacker's hands, which does what its original says.
    public static let evilWorker = directory.appending("evil-worker")

    /// To be loaded into a program before the C library (Tests/FaultInjection).
    public static let faultInjection = directory.appending("libFaultInjection.so")

    /// The package's own directory, by the place of this file.
    public static let package: FilePath = FilePath(#filePath).removingLastComponent().removingLastComponent()
        .removingLastComponent()

    public static let sidecarSchema = package.appending("etc/understudy/sidecar.schema.json")

    /// The real camera files: `$UNDERSTUDY_MEDIA`, or `../shared/media` beside the package; `nil` where there are none.
    public static let cameraFiles: FilePath? = {
        let named = ProcessInfo.processInfo.environment["UNDERSTUDY_MEDIA"].map { FilePath($0) }
        let beside = package.removingLastComponent().appending("shared/media")
        return [named, beside].compactMap { $0 }.first {
            FileManager.default.fileExists(atPath: $0.appending("MANIFEST.tsv").string)
        }
    }()
}
