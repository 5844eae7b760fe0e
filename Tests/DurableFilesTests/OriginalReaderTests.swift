import Domain
import FoundationEssentials
import Glibc
import SystemPackage
import Testing

@testable import DurableFiles

@Suite struct OriginalReaderTests {
    private let reader = OriginalReader()

    @Test func originalIsOpenedWithItsIdentity() async throws {
        let scratch = try Scratch()
        try scratch.make("cam/original/clip.MOV", "picture")
        let location = scratch.location("cam/original/clip.MOV")
        let original = try await reader.open(location)
        #expect(original.identity.sizeBytes == 7)
        #expect(try await reader.identity(of: original) == original.identity)
        #expect(try await reader.identity(at: location) == original.identity)
        await reader.close(original)
    }

    @Test func replacedOriginalHasAnotherIdentityAtItsPath() async throws {
        let scratch = try Scratch()
        try scratch.make("clip.MOV", "first")
        let original = try await reader.open(scratch.location("clip.MOV"))
        try scratch.make("new", "second")
        try FileManager.default.removeItem(atPath: scratch.path("clip.MOV").string)
        try FileManager.default.moveItem(
            atPath: scratch.path("new").string, toPath: scratch.path("clip.MOV").string)
        let there = try await reader.identity(at: scratch.location("clip.MOV"))
        #expect(there?.inode != original.identity.inode)
        await reader.close(original)
    }

    @Test func missingOriginalSaysSo() async throws {
        let scratch = try Scratch()
        #expect(try await reader.identity(at: scratch.location("no.MOV")) == nil)
        let failure = await #expect(throws: Failure.self) { _ = try await reader.open(scratch.location("no.MOV")) }
        #expect(failure?.code == .originalMissing)
    }

    @Test func missingRootIsAMissingMount() async throws {
        let location = OriginalLocation(root: "/no/such/root", dropFolder: "/no/such/root", path: "/no/such/root/a.MOV")
        let failure = await #expect(throws: Failure.self) { _ = try await reader.open(location) }
        #expect(failure?.code == .mountMissing)
    }

    @Test(arguments: ["link.MOV", "folder-link/clip.MOV", "folder", "pipe", "../outside"])
    func whatIsNoRegularFileBelowTheRootIsNotOpened(_ name: String) async throws {
        let scratch = try Scratch()
        try scratch.make("inside/real/clip.MOV")
        try scratch.make("outside")
        try scratch.makeDirectory(scratch.path("inside/folder"))
        try scratch.link("inside/link.MOV", to: scratch.path("inside/real/clip.MOV"))
        try scratch.link("inside/folder-link", to: scratch.path("inside/real"))
        let pipe = scratch.path("inside/pipe")
        #expect(unsafe pipe.withPlatformString { unsafe mkfifo($0, 0o600) } == 0)
        let root = scratch.path("inside")
        let location = OriginalLocation(root: root, dropFolder: root, path: root.appending(name))
        let failure = await #expect(throws: Failure.self) { _ = try await reader.open(location) }
        #expect(failure?.code == .originalMissing)
        #expect(try await reader.identity(at: location) == nil)
    }

    @Test func walkByComponentsRefusesLinksToo() throws {
        let scratch = try Scratch()
        try scratch.make("real/clip.MOV")
        try scratch.link("link", to: scratch.path("real"))
        let root = unsafe scratch.root.withPlatformString { unsafe open($0, O_RDONLY | O_DIRECTORY) }
        defer { _ = close(root) }
        let found = try OriginalReader.openByComponents(
            [FileName("real"), FileName("clip.MOV")], from: root, O_RDONLY | O_NOFOLLOW)
        _ = close(found)
        #expect(throws: Errno.self) {
            _ = try OriginalReader.openByComponents(
                [FileName("link"), FileName("clip.MOV")], from: root, O_RDONLY | O_NOFOLLOW)
        }
        #expect(throws: Errno.self) {
            _ = try OriginalReader.openByComponents(
                [FileName("real"), FileName(".."), FileName("real")], from: root, O_RDONLY | O_NOFOLLOW)
        }
    }

    @Test func nameThatIsNotTextIsOpened() async throws {
        let scratch = try Scratch()
        let path = scratch.root.appending(name: FileName(bytes: [0xFF, 0xFE, 0x2E, 0x4D, 0x4F, 0x56]))
        let made = unsafe path.withPlatformString { unsafe open($0, O_CREAT | O_WRONLY, 0o600) }
        _ = close(made)
        let location = OriginalLocation(root: scratch.root, dropFolder: scratch.root, path: path)
        let original = try await reader.open(location)
        await reader.close(original)
    }
}
