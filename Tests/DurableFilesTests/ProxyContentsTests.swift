import Domain
import FoundationEssentials
import SystemPackage
import Testing

@testable import DurableFiles

/// Published files held against their record.
@Suite struct ProxyContentsTests {
    private let scratch: Scratch
    private let folder: ProxyFolder
    private let place: FilePath

    init() throws {
        scratch = try Scratch()
        folder = ProxyFolder(folders: OutputFolders(roots: [scratch.root]))
        place = scratch.path("proxy/clip.mp4")
        try scratch.make("proxy/clip.mp4", "moving pictures")
    }

    private func recorded() async throws -> PublishedFile {
        let identity = try #require(await folder.identity(at: place))
        return PublishedFile(
            inode: identity.inode, sizeBytes: identity.sizeBytes, modifiedNanoseconds: identity.modifiedNanoseconds,
            sha256: SHA256.hexDigest(of: Array("moving pictures".utf8)))
    }

    private func standing(_ file: PublishedFile, _ reading: ContentReading = .always) async -> ProxyStanding {
        await folder.standing(of: file, at: place, reading: reading)
    }

    @Test func untouchedFileIsIntact() async throws {
        let file = try await recorded()
        #expect(await standing(file) == .intact)
        #expect(await standing(file, .whereDoubtful) == .intact)
    }

    @Test func otherContentOfTheSameSizeAndTimeIsFoundByReading() async throws {
        var file = try await recorded()
        file = PublishedFile(
            inode: file.inode, sizeBytes: file.sizeBytes, modifiedNanoseconds: file.modifiedNanoseconds,
            sha256: SHA256.hexDigest(of: Array("other content  ".utf8)))
        #expect(await standing(file, .whereDoubtful) == .intact)
        guard case .altered(let found) = await standing(file) else { return #expect(Bool(false)) }
        #expect(found.sha256 == SHA256.hexDigest(of: Array("moving pictures".utf8)))
    }

    @Test func alteredFileIsToldFromAForeignOne() async throws {
        let file = try await recorded()
        let same = try FileDescriptor.open(place, .writeOnly)
        try same.closeAfter { _ = try same.writeAll("M".utf8) }
        guard case .altered = await standing(file, .whereDoubtful) else { return #expect(Bool(false)) }
        try scratch.make("other", "somebody's")
        try FileManager.default.removeItem(atPath: place.string)
        try FileManager.default.moveItem(atPath: scratch.path("other").string, toPath: place.string)
        // The inode number of a file that is gone may be given again at once: another number stands for it.
        let stale = PublishedFile(
            inode: file.inode &+ 1_000_003, sizeBytes: file.sizeBytes, modifiedNanoseconds: file.modifiedNanoseconds,
            sha256: file.sha256)
        #expect(await standing(stale) == .replaced)
    }

    @Test func sameContentInAnotherFileIsKnownAgain() async throws {
        let file = try await recorded()
        let before = PublishedFile(
            inode: file.inode &+ 1, sizeBytes: file.sizeBytes, modifiedNanoseconds: 1, sha256: file.sha256)
        #expect(await standing(before, .whereDoubtful) == .elsewhere(file))
    }

    @Test func missingFileIsToldFromAMissingMount() async throws {
        let file = try await recorded()
        try FileManager.default.removeItem(atPath: place.string)
        #expect(await standing(file) == .missing)
        try FileManager.default.removeItem(atPath: scratch.path("proxy").string)
        // Nothing at all is left of the root: its file system is not mounted.
        guard case .unreachable(let failure) = await standing(file) else { return #expect(Bool(false)) }
        #expect(failure.code == .mountMissing)
        try scratch.make("original/clip.MOV")
        #expect(await standing(file) == .missing)
    }

    @Test func linkAndDirectoryAreForeign() async throws {
        let file = try await recorded()
        try FileManager.default.removeItem(atPath: place.string)
        try scratch.link("proxy/clip.mp4", to: "/etc/passwd")
        #expect(await standing(file) == .replaced)
    }
}
