import Catalog
import Domain
import DurableFiles
import FoundationEssentials
import JobRunner
import Logging
import SystemPackage

/// Keeps daily copies of the database in `<state_dir>/backups`: each examined in full, the newest seven.
actor BackupKeeper {
    private let catalog: Catalog
    private let folder: BackupFolder
    private let logger: Logger
    private var notBefore = ContinuousClock.now

    private static let kept = 7
    private static let pauseAfterTrouble = Duration.seconds(3600)

    init(catalog: Catalog, stateDirectory: FilePath, logger: Logger) {
        self.catalog = catalog
        self.logger = logger
        folder = BackupFolder(stateDirectory: stateDirectory)
    }

    /// Makes a backup where the newest is older than a day.
    func backUpIfDue() async {
        guard notBefore <= .now else { return }
        do {
            let (now, dayAgo) = try await catalog.stamps()
            let newest = try folder.stamps().last
            // One from the future was made by a clock that was wrong.
            guard newest.map({ $0 <= dayAgo || $0 > now }) ?? true else { return }
            try folder.prepare()
            try await catalog.copy(to: folder.temporary)
            try folder.publish(stamp: now, keeping: BackupKeeper.kept)
            logger.info("database backed up", metadata: ["file": .name(folder.path(stamp: now))])
        } catch {
            notBefore = .now + BackupKeeper.pauseAfterTrouble
            folder.removeTemporary()
            logger.error(
                "database not backed up, tried again in an hour",
                metadata: ["reason": "\(PrintableText.escaped("\(error)"))"])
        }
    }
}

/// The directory of backups, and the names in it.
struct BackupFolder: Sendable {
    let directory: FilePath
    private let files: StateFiles

    private static let temporaryName = FileName("backup.tmp")
    private static let prefix = "understudy-"
    private static let suffix = ".db"

    init(stateDirectory: FilePath) {
        directory = stateDirectory.appending("backups")
        files = StateFiles(directory)
    }

    /// Where the next backup is written first.
    var temporary: FilePath { directory.appending(name: BackupFolder.temporaryName) }

    func path(stamp: String) -> FilePath { directory.appending(name: BackupFolder.name(stamp)) }

    /// The times of all backups, the newest last.
    func stamps() throws(Failure) -> [String] {
        try files.names().compactMap { name in
            guard name.hasPrefix(BackupFolder.prefix), name.hasSuffix(BackupFolder.suffix) else { return nil }
            return String(name.text.dropFirst(BackupFolder.prefix.count).dropLast(BackupFolder.suffix.count))
        }
    }

    func prepare() throws {
        try FileManager.default.createDirectory(
            atPath: directory.string, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o750])
        // Of a copy that a crash interrupted.
        try files.remove(BackupFolder.temporaryName)
        try files.remove(FileName(BackupFolder.temporaryName.text + "-journal"))
    }

    /// Makes the written copy durable under its final name, and removes the oldest beyond so many.
    func publish(stamp: String, keeping count: Int) throws(Failure) {
        try files.publish(BackupFolder.temporaryName, as: BackupFolder.name(stamp))
        for old in try stamps().dropLast(count) { try files.remove(BackupFolder.name(old)) }
    }

    func removeTemporary() {
        // What stays is removed before the next copy is made.
        try? files.remove(BackupFolder.temporaryName)
    }

    private static func name(_ stamp: String) -> FileName { FileName(prefix + stamp + suffix) }
}
