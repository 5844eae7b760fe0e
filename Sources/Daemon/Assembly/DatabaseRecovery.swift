import Catalog
import Domain
import DurableFiles
import FoundationEssentials
public import SystemPackage

/// What was done about a damaged database.
public struct DatabaseRecovery: Sendable, Hashable {
    /// What was wrong with it.
    public let problem: String
    /// Where the damaged file is kept.
    public let damaged: FilePath
    /// What it was rebuilt from; `nil` where there was no good backup, and a new database was begun.
    public let backup: FilePath?
}

/// Puts a good database in a damaged one's place. The caller holds the lock, and nobody has the database open.
///
/// In an order in which a crash after any step loses nothing: the good copy is made first; the damaged database's log
/// goes before the database itself, so that it is never taken for the log of another; the copy gets its name last.
struct DatabaseReplacement {
    let directory: FilePath
    private let files: StateFiles

    /// Good and durable: only under this name a crash's remains are gone on with.
    private static let replacement = FileName("\(Catalog.fileName).restored")
    private static let unfinished = FileName("\(Catalog.fileName).copying")
    private static let damagedMark = ".damaged-"

    init(in directory: FilePath) {
        self.directory = directory
        files = StateFiles(directory)
    }

    /// Ends what a crash interrupted: the damaged database is set aside, the copy has not got its name yet.
    func finish() throws(Failure) {
        let names = try files.names()
        guard names.contains(DatabaseReplacement.replacement), !names.contains(FileName(Catalog.fileName)) else {
            return
        }
        try files.publish(DatabaseReplacement.replacement, as: FileName(Catalog.fileName))
    }

    func perform(because problem: String) throws(Failure) -> DatabaseRecovery {
        let backup = try prepareCopy()
        let stamp = DatabaseReplacement.stamp()
        let damaged = Catalog.fileName + DatabaseReplacement.damagedMark + stamp
        for suffix in ["-shm", "-wal", ""] {
            try files.setAside(FileName(Catalog.fileName + suffix), as: FileName(damaged + suffix))
        }
        if backup != nil { try files.publish(DatabaseReplacement.replacement, as: FileName(Catalog.fileName)) }
        return DatabaseRecovery(problem: problem, damaged: directory.appending(damaged), backup: backup)
    }

    /// Copies the newest backup that is good.
    private func prepareCopy() throws(Failure) -> FilePath? {
        let folder = BackupFolder(stateDirectory: directory)
        let copy = directory.appending(name: DatabaseReplacement.unfinished)
        for stamp in try folder.stamps().reversed() {
            try files.remove(DatabaseReplacement.unfinished)
            do throws(StoreError) { try Catalog.copy(backup: folder.path(stamp: stamp), to: copy) } catch {
                // The next older one may be good; the damaged one stays for whoever looks into it.
                continue
            }
            try files.publish(DatabaseReplacement.unfinished, as: DatabaseReplacement.replacement)
            return folder.path(stamp: stamp)
        }
        try files.remove(DatabaseReplacement.unfinished)
        return nil
    }

    /// Damaged databases that are kept in a state directory; empty where it cannot be read.
    static func damaged(in directory: FilePath) -> [FilePath] {
        let names = (try? StateFiles(directory).names()) ?? []
        return names.filter {
            $0.hasPrefix(Catalog.fileName + damagedMark) && !$0.hasSuffix("-wal") && !$0.hasSuffix("-shm")
        }.map { directory.appending(name: $0) }
    }

    private static func stamp() -> String {
        Date.now.formatted(
            Date.ISO8601FormatStyle(dateSeparator: .omitted, timeSeparator: .omitted, timeZone: .gmt))
    }
}
