import Domain
import SystemPackage
import Testing

@testable import DropFolders

@Suite struct DirectoryTests {
    private func read(_ directory: Directory) -> Directory {
        directory.noteReading(changed: 5, isRecent: false, hasOriginals: false)
        return directory
    }

    @Test func onlyAnOldChangeWithoutOriginalsIsSteady() {
        let directory = Directory(root: "/r", tree: 0)
        #expect(!directory.hasNothingNew)
        for (isRecent, hasOriginals) in [(true, false), (false, true), (true, true), (false, false)] {
            directory.noteReading(changed: 1, isRecent: isRecent, hasOriginals: hasOriginals)
            #expect(directory.hasNothingNew == (!isRecent && !hasOriginals))
        }
    }

    /// Whoever dropped a child may have been wrong, so its parent is read again.
    @Test func parentOfADroppedDirectoryIsReadAgain() {
        let root = read(Directory(root: "/r", tree: 0))
        let child = read(root.child(named: FileName("a")))
        child.leaveParent()
        #expect(!root.hasNothingNew)
    }

    /// What is an original below another parent is another question.
    @Test func movedDirectoriesAreReadAgain() {
        let root = Directory(root: "/r", tree: 0)
        let child = read(root.child(named: FileName("a")))
        let grandchild = read(child.child(named: FileName("b")))
        child.leaveParent()
        child.move(to: root, as: FileName("original"))
        #expect(!child.hasNothingNew && !grandchild.hasNothingNew)
        _ = read(grandchild)
        let other = Directory(root: "/s", tree: 0)
        other.adoptChildren(of: child)
        #expect(!grandchild.hasNothingNew)
    }
}
