import Domain
import SystemPackage
import Testing

@testable import DropFolders

/// Other trees for a watcher that runs.
@Suite struct ReloadTests {
    private func tree(_ root: FilePath, ignoring: [GlobPattern] = []) -> WatchedTree {
        WatchedTree(
            layout: MirrorLayout(
                root: root, originalDirectory: FileName("original"), proxyDirectory: FileName("proxy"), proxyRoot: nil),
            rules: NameRules(extensions: ["mp4"], ignored: ignoring))
    }

    @Test func newTreeIsWalkedAndWatchedAndAFormerOneLetGo() async throws {
        let (first, second) = (TestTree(), TestTree())
        try first.mkdir("original")
        try second.mkdir("original")
        try second.write("original/there.mp4")
        let trees = (tree(first.root), tree(second.root))
        try await WatcherFixture.run([trees.0]) { fixture in
            await fixture.expectScanned()
            await fixture.watcher.replaceTrees(with: [trees.1])
            let (there, late) = (second.path("original/there.mp4"), second.path("original/late.mp4"))
            await fixture.expect("the walk tells what was there") { $0.originals[there] != nil }
            try first.write("original/unseen.mp4")
            try second.write("original/late.mp4")
            await fixture.expect("events are followed") { $0.originals[late] != nil }
            let unseen = first.path("original/unseen.mp4")
            #expect(await fixture.log.picture.originals[unseen] == nil)
            #expect(fixture.watcher.health().watches == 2)
            #expect(fixture.watcher.health().missingRoots.isEmpty)
        }
    }

    @Test func sameRootWithOtherRulesIsWalkedAnew() async throws {
        let root = TestTree()
        try root.mkdir("original")
        try root.write("original/clip.mp4")
        let clip = root.path("original/clip.mp4")
        try await WatcherFixture.run([tree(root.root, ignoring: [GlobPattern("clip*")])]) { fixture in
            await fixture.expectScanned()
            #expect(await fixture.log.picture.originals[clip] == nil)
            await fixture.watcher.replaceTrees(with: [self.tree(root.root)])
            await fixture.expect("what is no longer ignored is told") { $0.originals[clip] != nil }
        }
    }
}
