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

    @Test func landmarksAreTheDirectoriesDownToTheDropFolder() async throws {
        let scratch = try Scratch()
        try scratch.make("cam/original/clip.MOV")
        let root = scratch.path("cam").removingLastComponent()
        let landmarks = await reader.landmarks(of: scratch.path("cam/original"), below: root)
        #expect(landmarks.map(\.path) == [root, scratch.path("cam"), scratch.path("cam/original")])
        let identity = try await reader.identity(at: scratch.location("cam/original/clip.MOV"))
        #expect(landmarks.allSatisfy { $0.device == identity?.device && $0.inode > 0 })
        #expect(Set(landmarks.map(\.inode)).count == 3)
        #expect(await reader.landmarks(of: scratch.path("cam/original"), below: root) == landmarks)
        #expect(await reader.landmarks(of: root, below: root) == [landmarks[0]])
        #expect(await reader.landmarks(of: scratch.path("cam/no"), below: root) == Array(landmarks.prefix(2)))
        #expect(await reader.landmarks(of: "/proc", below: root) == [])
        // Every proc has the same first inode, and does not say when it was made.
        #expect(await reader.landmarks(of: "/proc", below: "/proc") == [])
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

    /// A thousand swaps of a file, and of its directory, for a link to a secret: what is opened is never the secret.
    @Test func swapsBetweenCheckAndUseAreHarmless() async throws {
        let outside = try Scratch()
        try outside.make("folder/clip.MOV", "the secret of another")
        let scratch = try Scratch()
        try scratch.make("folder/clip.MOV", "mine")
        try scratch.make("folder/own", "mine")
        let secret = outside.path("folder/clip.MOV")
        let swaps = 500
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for swap in 0..<swaps {
                    try scratch.link("folder/link", to: secret)
                    try OriginalReaderTests.rename(scratch.path("folder/link"), to: scratch.path("folder/clip.MOV"))
                    try OriginalReaderTests.rename(scratch.path("folder"), to: scratch.path("aside"))
                    try scratch.link("folder", to: outside.path("folder"))
                    try FileManager.default.removeItem(atPath: scratch.path("folder").string)
                    try OriginalReaderTests.rename(scratch.path("aside"), to: scratch.path("folder"))
                    try scratch.make("folder/new \(swap)", "mine")
                    try OriginalReaderTests.rename(
                        scratch.path("folder/new \(swap)"), to: scratch.path("folder/clip.MOV"))
                }
            }
            var opened = 0
            for _ in 0..<2 * swaps {
                // Most looks find a link, or nothing at all.
                guard let original = try? await reader.open(scratch.location("folder/clip.MOV")) else { continue }
                opened += 1
                #expect(original.identity.sizeBytes == 4)
                await reader.close(original)
            }
            try await group.waitForAll()
            #expect(opened > 0)
        }
    }

    private static func rename(_ old: FilePath, to new: FilePath) throws {
        let code = unsafe old.withPlatformString { old in
            unsafe new.withPlatformString { unsafe Glibc.rename(old, $0) }
        }
        guard code == 0 else { throw Errno(rawValue: errno) }
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
