import Catalog
import Domain
import DurableFiles
import FoundationEssentials
import SystemPackage

// What must be there before anything starts.
extension Engine {
    /// A root that is not there is more likely not mounted than gone: nothing starts, nothing is changed.
    static func requireRoots(in watches: [WatchSettings]) throws(DaemonError) {
        for watch in watches {
            var isDirectory = false
            guard FileManager.default.fileExists(atPath: watch.root.string, isDirectory: &isDirectory) else {
                throw DaemonError(
                    .tryLater, "the root \(PathText.encode(watch.root.bytes)) is not there; is it mounted?")
            }
            guard isDirectory else {
                throw DaemonError(.badInput, "the root \(PathText.encode(watch.root.bytes)) is not a directory")
            }
        }
    }

    /// Results that cannot get their configured owner would fail one by one.
    static func requireOwners(of configuration: Configuration) throws(DaemonError) {
        for watch in configuration.watches {
            guard let obstacle = watch.ownershipObstacle else { continue }
            throw DaemonError(.badConfiguration, "\(obstacle); \(WatchSettings.ownershipRemedy)")
        }
    }

    /// An empty root below which the database knows originals of another file system is a bare mount point: nothing
    /// starts either. One that was emptied where it is keeps the daemon going, which tells so and deletes nothing.
    static func requireMounts(of configuration: Configuration, knownTo catalog: Catalog) async throws(DaemonError) {
        let originals = OriginalReader()
        for watch in configuration.watches where isEmpty(watch.root) {
            let known: [TrackedOriginal]
            do throws(StoreError) {
                known = try await catalog.originals(atOrBelow: watch.root, after: nil, limit: countedAtMost)
            } catch {
                throw DaemonError(.notAvailable, error.message)
            }
            let expected = known.filter { !$0.isMissing }
            guard let first = expected.first,
                case .unreachable = await originals.presence(of: first.location, onDevice: first.device)
            else { continue }
            throw bareMountPoint(watch, expected.count)
        }
    }

    /// Originals that are counted for the message.
    private static let countedAtMost = 1000

    private static func bareMountPoint(_ watch: WatchSettings, _ count: Int) -> DaemonError {
        let number = "\(count)\(count == countedAtMost ? " or more" : "") original\(count == 1 ? " is" : "s are")"
        return DaemonError(
            .tryLater,
            "the root \(PathText.encode(watch.root.bytes)) is empty, and \(number) known below it on another file"
                + " system; mount it, or, where it is meant to be empty, make a directory"
                + " \(watch.layout.originalDirectory.text) in it")
    }

    private static func isEmpty(_ root: FilePath) -> Bool {
        // What cannot be listed is told by the watcher.
        let names = try? FileManager.default.contentsOfDirectory(atPath: root.string)
        return names?.allSatisfy { $0 == "lost+found" } ?? false
    }
}

extension WatchSettings {
    static let ownershipRemedy =
        "run as root (for `group` alone a member of it is enough), or remove owner and group from the configuration"

    /// Why results cannot be given to whom the configuration says.
    var ownershipObstacle: String? {
        let directory = proxyRoot ?? root
        guard let error = ownership.obstacle(in: directory) else { return nil }
        let owners = [ownership.user.map { "user \($0)" }, ownership.group.map { "group \($0)" }].compactMap { $0 }
        return "files in \(PathText.encode(directory.bytes)) cannot be given to \(owners.joined(separator: ", "))"
            + " (\(error))"
    }
}
