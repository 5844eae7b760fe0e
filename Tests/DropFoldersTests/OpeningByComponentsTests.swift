import Foundation
import Glibc
import SystemPackage
import Testing

@testable import DropFolders

/// Where a system call filter leaves out openat2(2), as that of the daemon's unit does.
@Suite struct OpeningByComponentsTests {
    private func open(_ tree: TestTree, _ path: FilePath) throws(Errno) -> FileDescriptor {
        let root: FileDescriptor
        do { root = try FileDescriptor.open(tree.path("root"), .readOnly) } catch {
            throw error as? Errno ?? .invalidArgument
        }
        defer { try? root.close() }  // It was only looked into.
        return try ProbedFile.openByComponents(root, path, flags: O_RDONLY | O_CLOEXEC)
    }

    @Test func fileBelowTheRootIsOpenedAndNothingThatLeadsOutOfIt() throws {
        let tree = TestTree()
        try tree.mkdir("root/cam/original")
        try tree.mkdir("outside")
        try tree.write("root/cam/original/clip.mp4", "inside")
        try tree.write("outside/clip.mp4", "outside")
        let link = { (name: String, target: String) in
            try FileManager.default.createSymbolicLink(
                atPath: tree.path("root").appending(name).string, withDestinationPath: target)
        }
        try link("folder", "../outside")
        try link("file.mp4", "cam/original/clip.mp4")

        let file = try open(tree, "cam/original/clip.mp4")
        #expect(DescriptorBytes(descriptor: file, sizeBytes: 6).read(at: 0, count: 6) == Array("inside".utf8))
        try file.close()
        // open(2): O_DIRECTORY with O_NOFOLLOW finds no directory; O_NOFOLLOW alone finds a link.
        #expect(throws: Errno.notDirectory) { try open(tree, "folder/clip.mp4") }
        #expect(throws: Errno.tooManySymbolicLinkLevels) { try open(tree, "file.mp4") }
        #expect(throws: Errno.improperLink) { try open(tree, "cam/../../outside/clip.mp4") }
        #expect(throws: Errno.noSuchFileOrDirectory) { try open(tree, "cam/original/none.mp4") }
    }
}
