import Catalog
import Domain
import DurableFiles
import Foundation
import Logging
import SystemPackage
import TestSupport
import Testing

@testable import Daemon
@testable import DropFolders

/// Opening a state directory, whatever is found there.
@Suite struct StateDirectoryTests {
    private let tree: TemporaryTree
    private let path: FilePath
    private let database: FilePath

    init() throws {
        tree = try TemporaryTree.make()
        path = tree.path.appending("state")
        database = path.appending(Catalog.fileName)
    }

    /// A database with one event, and one backup of each of these contents.
    private func prepare(backups: [String]) async throws {
        let state = try StateDirectory.open(path)
        let folder = BackupFolder(stateDirectory: path)
        for stamp in backups {
            try await state.catalog.note(.seen, FilePath("/\(stamp)"), data: [:])
            try folder.prepare()
            try await state.catalog.copy(to: folder.temporary)
            try folder.publish(stamp: stamp, keeping: 7)
        }
        try state.close()
    }

    private func damage(_ file: FilePath) throws {
        var bytes = try ByteFile.read(file)
        for index in 100..<bytes.count { bytes[index] = 0xA5 }
        try ByteFile.write(bytes, to: file)
    }

    @Test func damagedDatabaseIsRebuiltFromTheNewestGoodBackup() async throws {
        try await prepare(backups: ["20260101T000000Z", "20260102T000000Z", "20260103T000000Z"])
        try damage(database)
        try damage(path.appending("backups/understudy-20260103T000000Z.db"))
        let recovery = try await rebuilt()
        #expect(recovery.backup == path.appending("backups/understudy-20260102T000000Z.db"))
        #expect(DatabaseReplacement.damaged(in: path) == [recovery.damaged])
        #expect(ByteFile.exists(recovery.damaged))
        let again = try StateDirectory.open(path)
        #expect(again.recovery == nil && !again.catalog.wasUnclean)
        try again.close()
        tree.remove()
    }

    /// Opens, and closes again: the lock goes with the value.
    private func rebuilt() async throws -> DatabaseRecovery {
        let state = try StateDirectory.open(path)
        #expect(try await state.catalog.history(of: "/20260102T000000Z").count == 1)
        #expect(try await state.catalog.history(of: "/20260103T000000Z").isEmpty)
        #expect(try await state.catalog.damages() == [])
        try state.close()
        return try #require(state.recovery)
    }

    @Test func withoutAGoodBackupADatabaseIsBegunAnew() async throws {
        try await prepare(backups: [])
        try ByteFile.write([UInt8](repeating: 0x5A, count: 8192), to: database)
        let state = try StateDirectory.open(path)
        #expect(state.recovery != nil && state.recovery?.backup == nil)
        #expect(try await state.catalog.tally().videos.isEmpty)
        try state.close()
        tree.remove()
    }

    /// A crash came after the damaged database was set aside, and before the good copy got its name.
    @Test func interruptedReplacementIsFinished() async throws {
        try await prepare(backups: ["20260101T000000Z"])
        try ByteFile.rename(database, to: path.appending("\(Catalog.fileName).restored"))
        let state = try StateDirectory.open(path)
        #expect(try await state.catalog.history(of: "/20260101T000000Z").count == 1)
        try state.close()
        tree.remove()
    }

    @Test func newestSevenBackupsAreKeptAndOneADayIsMade() async throws {
        try await prepare(backups: (1...9).map { "2026010\($0)T000000Z" })
        let folder = BackupFolder(stateDirectory: path)
        #expect(try folder.stamps() == (3...9).map { "2026010\($0)T000000Z" })
        let state = try StateDirectory.open(path)
        let keeper = BackupKeeper(
            catalog: state.catalog, stateDirectory: path,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        await keeper.backUpIfDue()
        let made = try folder.stamps()
        #expect(made.count == 7 && made.first == "20260104T000000Z")
        await keeper.backUpIfDue()
        #expect(try folder.stamps() == made)
        try state.close()
        tree.remove()
    }

    @Test(arguments: [(0x6969, "nfs"), (0xff53_4d42, "cifs"), (0x6573_5546, "fuse"), (0x0102_1997, "9p")])
    func networkFileSystemIsRefused(magic: UInt32, name: String) throws {
        let problem = StateDirectory.problem(with: FileSystemReport(FileSystemKind(magic: magic)), at: "/mnt/state")
        #expect(problem?.contains("/mnt/state is on \(name)") == true)
        #expect(StateDirectory.problem(with: FileSystemReport(FileSystemKind(magic: 0xef53)), at: "/s") == nil)
        #expect(StateDirectory.problem(with: FileSystemReport(FileSystemKind(magic: 0x0102_1994)), at: "/s") == nil)
        tree.remove()
    }
}
