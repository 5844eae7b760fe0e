import Domain
import SystemPackage
import Testing

@testable import DropFolders

@Suite struct WatchingTests {
    @Test func firstWalkTellsWhatIsThereAndThenThatItEnded() async throws {
        let tree = TestTree()
        try tree.mkdir("cam/original/2026/11")
        try tree.write("cam/original/2026/11/a.MP4", "abc")
        try tree.write("cam/original/notes.txt")
        try tree.write("cam/beside.mp4")
        try await WatcherFixture.run(tree) { fixture in
            await fixture.expectScanned()
            let picture = await fixture.log.picture
            let path = tree.path("cam/original/2026/11/a.MP4")
            #expect(Array(picture.originals.keys) == [path])
            #expect(picture.originals[path]?.sizeBytes == 3)
            #expect(picture.locations[path]?.dropFolder == tree.path("cam/original"))
            #expect(picture.dropFolders == [tree.path("cam/original")])
            #expect(fixture.watcher.health().watches == 5)
        }
    }

    @Test func createdAppendedRenamedLinkedAndRemovedFilesAreTold() async throws {
        let tree = TestTree()
        try tree.mkdir("original")
        try await WatcherFixture.run(tree) { fixture in
            await fixture.expectScanned()
            try tree.write("original/a.mp4", "1")
            await fixture.expectSeen(tree.path("original/a.mp4"))
            try tree.append("original/a.mp4", "2345")
            await fixture.expect("growth") { $0.originals[tree.path("original/a.mp4")]?.sizeBytes == 5 }
            try tree.move("original/a.mp4", "original/b.mp4")
            await fixture.expectGone(tree.path("original/a.mp4"))
            await fixture.expectSeen(tree.path("original/b.mp4"))
            try tree.link("original/b.mp4", "original/c.mp4")
            await fixture.expectSeen(tree.path("original/c.mp4"))
            try tree.remove("original/b.mp4")
            await fixture.expectGone(tree.path("original/b.mp4"))
            try tree.write("original/d.mp4.part")
            try tree.move("original/d.mp4.part", "original/d.mp4")
            await fixture.expectSeen(tree.path("original/d.mp4"))
            let picture = await fixture.log.picture
            #expect(picture.sightings[tree.path("original/d.mp4.part")] == nil)
            #expect(fixture.watcher.health().sinceLastEvent != nil)
        }
    }

    @Test func slowUploadIsToldBeforeItIsClosed() async throws {
        let tree = TestTree()
        try tree.mkdir("original")
        try await WatcherFixture.run(tree) { fixture in
            await fixture.expectScanned()
            let path = tree.path("original/slow.mov")
            let file = try FileDescriptor.open(path, .writeOnly, options: .create, permissions: [.ownerReadWrite])
            await fixture.expectSeen(path)
            try file.close()
        }
    }

    @Test func filesInDirectoriesMadeAtThatMomentAreNeverMissed() async throws {
        let tree = TestTree()
        try await WatcherFixture.run(tree) { fixture in
            await fixture.expectScanned()
            for number in 0..<2000 {
                try tree.mkdir("a\(number % 7)/b\(number)/c/original")
                try tree.write("a\(number % 7)/b\(number)/c/original/f.mp4")
            }
            await fixture.expect("all 2000") { $0.originals.count == 2000 }
            let picture = await fixture.log.picture
            #expect(picture.dropFolders.count == 2000)
            #expect(picture.scans == 1)
        }
    }

    @Test func movedInTreeIsWalked() async throws {
        let tree = TestTree()
        let outside = TestTree()
        try outside.mkdir("cam/original/x/y")
        for number in 0..<300 { try outside.write("cam/original/x/y/\(number).mp4") }
        try await WatcherFixture.run(tree) { fixture in
            await fixture.expectScanned()
            try tree.move(outside.path("cam"), tree.path("cam"))
            await fixture.expect("all 300") { $0.originals.count == 300 }
            // And it is watched from now on.
            try tree.write("cam/original/x/y/later.mp4")
            await fixture.expectSeen(tree.path("cam/original/x/y/later.mp4"))
        }
    }

    @Test func directoryRenamedInsideKeepsItsWatchesUnderTheNewName() async throws {
        let tree = TestTree()
        try tree.mkdir("original/old/deep")
        try tree.write("original/old/deep/a.mp4")
        try await WatcherFixture.run(tree) { fixture in
            await fixture.expectScanned()
            let before = fixture.watcher.health().watches
            try tree.move("original/old", "original/new")
            await fixture.expectSeen(tree.path("original/new/deep/a.mp4"))
            await fixture.expectGone(tree.path("original/old/deep/a.mp4"))
            try tree.write("original/new/deep/b.mp4")
            await fixture.expectSeen(tree.path("original/new/deep/b.mp4"))
            #expect(fixture.watcher.health().watches == before)
        }
    }

    @Test func directoryRenamedToTheDropFoldersNameBecomesOne() async throws {
        let tree = TestTree()
        try tree.mkdir("cam/incoming")
        try tree.write("cam/incoming/a.mp4")
        try await WatcherFixture.run(tree) { fixture in
            await fixture.expectScanned()
            try tree.move("cam/incoming", "cam/original")
            await fixture.expectSeen(tree.path("cam/original/a.mp4"))
            try tree.move("cam/original", "cam/done")
            await fixture.expectGone(tree.path("cam/original/a.mp4"))
        }
    }

    @Test func directoryMovedOutLosesItsWatches() async throws {
        let tree = TestTree()
        let outside = TestTree()
        try tree.mkdir("original/old/deep")
        try await WatcherFixture.run(tree) { fixture in
            await fixture.expectScanned()
            try tree.move(tree.path("original/old"), outside.path("old"))
            await fixture.expectGone(tree.path("original/old"))
            // The `ignored` events come in order, before this one.
            try tree.write("original/a.mp4")
            await fixture.expectSeen(tree.path("original/a.mp4"))
            #expect(fixture.watcher.health().watches == 2)
        }
    }

    @Test func removedAndRemadeDirectoryIsWatchedAgain() async throws {
        let tree = TestTree()
        try tree.mkdir("original/d")
        try await WatcherFixture.run(tree) { fixture in
            await fixture.expectScanned()
            for number in 0..<50 {
                try tree.remove("original/d")
                try tree.mkdir("original/d")
                try tree.write("original/d/\(number).mp4")
                await fixture.expectSeen(tree.path("original/d/\(number).mp4"))
            }
        }
    }

    @Test func linksPipesIgnoredNamesAndMirrorsAreNeverTold() async throws {
        let tree = TestTree()
        try tree.mkdir("cam/original/.hidden")
        try tree.mkdir("cam/original/@eaDir")
        try tree.mkdir("cam/original/proxy")
        try tree.mkdir("cam/proxy/original")
        try tree.mkdir("mirrors/cam/original")
        try tree.mkdir("elsewhere")
        try tree.write("cam/original/real.mp4")
        try tree.write("cam/original/.hidden/a.mp4")
        try tree.write("cam/original/@eaDir/a.mp4")
        try tree.write("cam/original/proxy/inner.mp4")
        try tree.write("cam/proxy/original/a.mp4")
        try tree.write("mirrors/cam/original/a.mp4")
        try tree.write("elsewhere/a.mp4")
        try tree.symlink("real.mp4", "cam/original/link.mp4")
        try tree.symlink("../../elsewhere", "cam/original/linked")
        try tree.fifo("cam/original/pipe.mp4")
        let watched = WatchedTree(layout: tree.layout(proxyRoot: "mirrors"), rules: WatcherFixture.rules)
        try await WatcherFixture.run([watched]) { fixture in
            await fixture.expectScanned()
            try tree.write("cam/original/.hidden/b.mp4")
            try tree.write("cam/proxy/original/b.mp4")
            try tree.symlink("real.mp4", "cam/original/link2.mp4")
            try tree.fifo("cam/original/pipe2.mp4")
            try tree.write("cam/original/last.mp4")
            await fixture.expectSeen(tree.path("cam/original/last.mp4"))
            let picture = await fixture.log.picture
            let expected = ["cam/original/real.mp4", "cam/original/last.mp4", "cam/original/proxy/inner.mp4"]
            #expect(Set(picture.originals.keys) == Set(expected.map { tree.path($0) }))
        }
    }

    @Test func mirrorIsLeftWhenItsDropFolderAppears() async throws {
        let tree = TestTree()
        try tree.mkdir("cam/proxy/sub/original")
        try await WatcherFixture.run(tree) { fixture in
            await fixture.expectScanned()
            #expect(fixture.watcher.health().watches == 5)
            try tree.mkdir("cam/original")
            try tree.write("cam/original/a.mp4")
            await fixture.expectSeen(tree.path("cam/original/a.mp4"))
            try tree.write("cam/proxy/sub/original/b.mp4")
            try tree.write("cam/original/c.mp4")
            await fixture.expectSeen(tree.path("cam/original/c.mp4"))
            let picture = await fixture.log.picture
            #expect(picture.originals[tree.path("cam/proxy/sub/original/b.mp4")] == nil)
            #expect(fixture.watcher.health().watches == 3)
        }
    }

    @Test func namesAreBytes() async throws {
        let tree = TestTree()
        try tree.mkdir("original")
        let names: [[UInt8]] = [
            [0xff, 0xfe] + Array(".mp4".utf8), Array("line\nbreak.mp4".utf8), Array("-rf.mp4".utf8),
            Array("e\u{301}\u{e9}.mp4".utf8), [UInt8](repeating: 0x61, count: 251) + Array(".mp4".utf8),
        ]
        let folder = tree.path("original")
        try tree.write(folder.appending(name: FileName(bytes: names[0])))
        try await WatcherFixture.run(tree) { fixture in
            await fixture.expectScanned()
            for name in names.dropFirst() { try tree.write(folder.appending(name: FileName(bytes: name))) }
            for name in names { await fixture.expectSeen(folder.appending(name: FileName(bytes: name))) }
        }
    }

    @Test func oneWalkTellsAllAndEnds() async throws {
        let tree = TestTree()
        for number in 0..<1000 {
            if number % 100 == 0 { try tree.mkdir("d\(number / 100)/original") }
            try tree.write("d\(number / 100)/original/\(number).mp4")
        }
        let watcher = try DropFolderWatcher.forOneWalk(
            of: [WatchedTree(layout: tree.layout(), rules: WatcherFixture.rules)], logger: LogCapture().logger)
        var picture = Picture()
        async let walk: Void = watcher.walkOnce()
        for await batch in watcher.events { for event in batch { picture.take(event) } }
        await walk
        #expect(picture.originals.count == 1000)
        #expect(picture.scans == 1)
        #expect(watcher.health().watches == 0)
    }
}
