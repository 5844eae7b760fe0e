import Domain
import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import DropFolders

@Suite struct OriginalWatcherTests {
    let tree = TestTree()
    private let watcher: OriginalWatcher

    init() throws {
        try tree.mkdir("original")
        watcher = try OriginalWatcher()
    }

    private func location(_ relative: String) -> OriginalLocation {
        OriginalLocation(root: tree.root, dropFolder: tree.path("original"), path: tree.path(relative))
    }

    /// Watches, and waits until the watch is set.
    private func watch(_ relative: String, count: Int = 1) async throws {
        watcher.watch(location(relative))
        try #require(await eventually { watcher.count == count })
        // The watch itself follows the count on the same queue.
        try await Task.sleep(for: .milliseconds(20))
    }

    private func nextTouch() async -> OriginalTouch? {
        for await touches in watcher.touches { return touches.first }
        return nil
    }

    @Test func writerOnAnotherHardLinkIsToldByTheInode() async throws {
        try tree.write("elsewhere.bin")
        try tree.link("elsewhere.bin", "original/a.mp4")
        try await watch("original/a.mp4")
        let file = try FileDescriptor.open(tree.path("elsewhere.bin"), .writeOnly, options: .append)
        _ = try file.writeAll("more".utf8)
        #expect(await nextTouch() == OriginalTouch(location: location("original/a.mp4"), isWritingOnly: true))
        try file.close()
        #expect(await nextTouch() == OriginalTouch(location: location("original/a.mp4"), isWritingOnly: false))
    }

    @Test func mappingsEndIsTold() async throws {
        try tree.write("original/a.mp4", String(repeating: "x", count: 8192))
        let file = try FileDescriptor.open(tree.path("original/a.mp4"), .readWrite)
        let mapping = unsafe mmap(nil, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, file.rawValue, 0)
        try file.close()
        try await watch("original/a.mp4")
        unsafe munmap(mapping, 8192)
        #expect(await nextTouch()?.isWritingOnly == false)
    }

    @Test func bothNamesOfOneInodeAreToldAndRemovedOneByOne() async throws {
        try tree.write("original/a.mp4")
        try tree.link("original/a.mp4", "original/b.mp4")
        try await watch("original/a.mp4")
        try await watch("original/b.mp4", count: 2)
        try tree.append("original/a.mp4", "1")
        var told: Set<FilePath> = []
        for await touches in watcher.touches {
            told.formUnion(touches.map(\.location.path))
            if told.count == 2 { break }
        }
        watcher.unwatch(location("original/a.mp4"))
        try #require(await eventually { watcher.count == 1 })
        try tree.append("original/a.mp4", "2")
        #expect(told == [tree.path("original/a.mp4"), tree.path("original/b.mp4")])
    }

    @Test func usesAreCountedAndRemovalIsHarmlessTwice() async throws {
        try tree.write("original/a.mp4")
        watcher.watch(location("original/a.mp4"))
        try await watch("original/a.mp4")
        watcher.unwatch(location("original/a.mp4"))
        watcher.watch(location("original/none.mp4"))
        try #require(await eventually { watcher.count == 2 })
        watcher.unwatch(location("original/a.mp4"))
        watcher.unwatch(location("original/a.mp4"))
        watcher.unwatch(location("original/none.mp4"))
        #expect(await eventually { watcher.count == 0 })
    }

    @Test func noMoreThanTheLimitAreWatched() async throws {
        for number in 0..<OriginalWatcher.most + 50 { watcher.watch(location("original/\(number).mp4")) }
        #expect(await eventually { watcher.count == OriginalWatcher.most })
    }
}
