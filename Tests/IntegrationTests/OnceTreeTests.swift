import Foundation
import SystemPackage
import TestSupport
import Testing

/// One pass over a tree with everything that the contract's first section speaks of.
@Suite(.serialized) struct OnceTreeTests {
    /// An original, and where its proxy and sidecar must lie; all below the fixture's root.
    struct Place {
        let original: FilePath
        let clip: GeneratedMedia
        let proxy: FilePath
        let sidecar: FilePath
    }

    struct Trace: Equatable {
        let bytes: [UInt8]
        let seconds: Int
        let nanoseconds: Int
        let mode: UInt32
        let links: UInt

        init(_ path: FilePath) throws {
            bytes = try ByteFile.read(path)
            let status = try ByteFile.status(path)
            (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
            (mode, links) = (status.st_mode, UInt(status.st_nlink))
        }
    }

    private static let notUTF8: [UInt8] = Array("raw\u{0}".utf8.dropLast()) + [0xFF, 0xFE, 0x80]

    private func places(in fixture: DaemonFixture) -> [Place] {
        func place(_ folder: String, _ name: String, _ clip: GeneratedMedia, proxy: String) -> Place {
            let mirror = folder.replacing("original", with: "proxy", maxReplacements: 1)
            return Place(
                original: fixture.path("\(folder)/\(name)"), clip: clip, proxy: fixture.path("\(mirror)/\(proxy)"),
                sidecar: fixture.path("\(mirror)/\(name).json"))
        }
        let long = String(repeating: "n", count: 246)
        let raw = OnceTreeTests.notUTF8
        return [
            place("cam1/original", "plain.mp4", .camera, proxy: "plain.mp4"),
            place("cam1/original/2026/11", "clip.MOV", .portrait, proxy: "clip.mp4"),
            place("cam1/original/2026/11", "slow.mp4", .slow, proxy: "slow.mp4"),
            place("cam2/original", "00001.MTS", .transport, proxy: "00001.mp4"),
            place("a/original/b/original", "twice.mkv", .odd, proxy: "twice.mp4"),
            place("deep/er/and/deep/er/original", "MVI_1.AVI", .motionJPEG, proxy: "MVI_1.mp4"),
            place("cam 3/original", "two\nlines.mp4", .tiny, proxy: "two\nlines.mp4"),
            place(
                "cam 3/original", "it's \"quoted\" & $spaced; `x`.mp4", .tiny,
                proxy: "it's \"quoted\" & $spaced; `x`.mp4"),
            place("cam 3/original", "-dash %s é.mp4", .tiny, proxy: "-dash %s é.mp4"),
            place("cam 3/original", "\(long).mp4", .tiny, proxy: "\(long).mp4"),
            Place(
                original: fixture.path("raw/original").appending(raw: raw + Array(".mov".utf8)), clip: .tiny,
                proxy: fixture.path("raw/proxy").appending(raw: raw + Array(".mp4".utf8)),
                sidecar: fixture.path("raw/proxy").appending(raw: raw + Array(".mov.json".utf8))),
        ]
    }

    @Test func onceMirrorsEveryDropFolder() async throws {
        try await DaemonFixture.with { fixture in
            let places = places(in: fixture)
            var traces: [Trace] = []
            for (index, place) in places.enumerated() {
                try fixture.makeDirectory(place.original.removingLastComponent())
                try ByteFile.write(try await place.clip.bytes, to: place.original)
                try ByteFile.setMode(place.original, index % 2 == 0 ? 0o444 : 0o640)
                try ByteFile.setModified(place.original, seconds: 1_600_000_000 + index, nanoseconds: 123_456_789)
                traces.append(try Trace(place.original))
            }
            let result = try await fixture.once()
            #expect(result.status == 0, Comment(rawValue: result.errors))
            for (place, trace) in zip(places, traces) {
                #expect(try Trace(place.original) == trace)
                try await expectMade(place)
            }
            // What appeared is just that: a proxy and a sidecar each, nothing else, and nothing among the originals.
            let expected = places.flatMap { [$0.original, $0.proxy, $0.sidecar] }
            let found = try ByteFile.all(below: fixture.root).map { fixture.root.appending($0.components) }
            #expect(Set(found) == Set(expected))
        }
    }

    private func expectMade(_ place: Place) async throws {
        let sidecar = try #require(try Sidecar.read(place.sidecar), Comment(rawValue: "\(place.sidecar)"))
        #expect(sidecar.processingStatus == "completed" && sidecar.uploadStatus == "uploaded")
        #expect(sidecar.jobStatus == "completed" && sidecar.attempt == 1 && sidecar.waitingFor == nil)
        let proxy = try #require(sidecar.proxy)
        let bytes = try ByteFile.read(place.proxy)
        #expect(proxy.sizeBytes == bytes.count)
        // `ffprobe` is given a name that every program can be given.
        let link = place.proxy.removingLastComponent().appending(".checked.mp4")
        try FileManager.default.createDirectory(
            atPath: link.removingLastComponent().string, withIntermediateDirectories: true)
        try ByteFile.write(bytes, to: link)
        defer { try? ByteFile.remove(link) }  // The comparison of names would show it.
        let original = try await MediaFacts.of(try await place.clip.file)
        let rate = try #require(original.video.first?.avgFrameRate).split(separator: "/").compactMap { Double($0) }
        try await ReviewProxy.expect(link, originalDuration: original.duration, originalRate: rate[0] / rate[1])
        let facts = try await MediaFacts.of(link)
        #expect(facts.video[0].width == proxy.width && facts.video[0].height == proxy.height)
        #expect(facts.video[0].nbReadPackets == "\(proxy.frames)")
        #expect(facts.audio.isEmpty == original.audio.isEmpty)
        let sum = try await Command.output("sha256sum", [link.string])
        #expect(sum.hasPrefix(proxy.sha256))
    }

    @Test func sidecarFindsOriginalAndProxyByRelativePaths() async throws {
        try await DaemonFixture.with { fixture in
            let original = try await fixture.put(.tiny, at: "a/original/b/original/clip.mov")
            #expect(try await fixture.once().status == 0)
            let sidecar = try #require(try Sidecar.read(fixture.path("a/proxy/b/original/clip.mov.json")))
            #expect(sidecar.original.path == "../../../original/b/original/clip.mov")
            #expect(sidecar.original.absolutePath == original.string)
            #expect(sidecar.proxy?.path == "clip.mp4")
        }
    }

    @Test func pictureThatIsAProxyIsCopiedWhereThePresetAllows() async throws {
        try await DaemonFixture.with { fixture in
            try await fixture.put(.light, at: "a/original/light.mp4")
            try await fixture.put(.tiny, at: "a/original/tiny.mp4")
            #expect(try await fixture.once().status == 0)
            let light = try #require(try Sidecar.read(fixture.path("a/proxy/light.mp4.json"))?.proxy)
            #expect(light.method == "remux" && light.frames == 20 && light.frameRate == "10/1")
            #expect(try Sidecar.read(fixture.path("a/proxy/tiny.mp4.json"))?.proxy?.method == "encode")
        }
    }

    @Test func rootThatIsItselfADropFolderIsMirroredBesideItself() async throws {
        try await DaemonFixture.with { fixture in
            let root = try fixture.tree.directory("alone/original")
            try ByteFile.write(try await GeneratedMedia.tiny.bytes, to: root.appending("clip.mp4"))
            // Its own state directory in the root, as the contract says.
            let result = try await fixture.understudy(["once", root.string])
            #expect(result.status == 0, Comment(rawValue: result.errors))
            #expect(ByteFile.exists(fixture.tree.path.appending("alone/proxy/clip.mp4")))
            #expect(ByteFile.exists(fixture.tree.path.appending("alone/proxy/clip.mp4.json")))
            #expect(ByteFile.exists(root.appending(".understudy/understudy.db")))
        }
    }

    @Test func namesThatCollideGetProxiesOfTheirOwn() async throws {
        try await DaemonFixture.with { fixture in
            for name in ["clip.mov", "clip.mp4", "CLIP.MP4"] {
                try await fixture.put(.tiny, at: "cam/original/\(name)")
            }
            #expect(try await fixture.once().status == 0)
            var names: [String] = []
            for name in ["clip.mov", "clip.mp4", "CLIP.MP4"] {
                let sidecar = try #require(try Sidecar.read(fixture.path("cam/proxy/\(name).json")))
                names.append(try #require(sidecar.proxy).path)
                #expect(ByteFile.exists(fixture.path("cam/proxy/\(names[names.count - 1])")))
            }
            // Whichever is seen first has the short name, and the others have the next free ones in their order.
            let allowed = [
                ["clip.mp4", "clip.mp4.mp4", "CLIP.MP4~2.mp4"], ["clip.mp4", "clip.mp4~2.mp4", "CLIP.MP4.mp4"],
                ["clip.mov.mp4", "clip.mp4", "CLIP.MP4.mp4"], ["clip.mov.mp4", "clip.mp4.mp4", "CLIP.mp4"],
            ]
            #expect(allowed.contains(names), Comment(rawValue: "\(names)"))
        }
    }

    @Test func sidecarNameThatWouldBeTooLongIsCutAndMarked() async throws {
        try await DaemonFixture.with { fixture in
            let name = String(repeating: "é", count: 125) + "x.mp4"  // 255 bytes.
            try await fixture.put(.tiny, at: "cam/original/\(name)")
            #expect(try await fixture.once().status == 0)
            let digest = try await Command.output("sh", ["-c", "printf %s \"$1\" | sha256sum", "sh", name]).prefix(12)
            let stem = String(repeating: "é", count: (255 - 18) / 2)
            let sidecar = try Sidecar.read(fixture.path("cam/proxy/\(stem)~\(digest).json"))
            #expect(try #require(sidecar).proxy?.path == name)
        }
    }

    @Test func whatIsNoOriginalLeavesNoTrace() async throws {
        try await DaemonFixture.with { fixture in
            try await fixture.put(.tiny, at: "cam/original/clip.mp4")
            let ignored = [
                "original/.hidden.mp4", "original/._clip.mp4", "original/a.mp4.part", "original/a.mp4.filepart",
                "original/.in.a.mp4", "original/a.mp4~", "original/notes.txt", "original/@eaDir/a.mp4",
                "original/#recycle/a.mp4", "original/.Trash-1000/a.mp4", "elsewhere/a.mp4", "proxy/original/a.mp4",
            ]
            for name in ignored { try await fixture.put(.tiny, at: "cam/\(name)") }
            try ByteFile.makePipe(fixture.path("cam/original/pipe.mp4"))
            try FileManager.default.createSymbolicLink(
                atPath: fixture.path("cam/original/link.mp4").string, withDestinationPath: "clip.mp4")
            try FileManager.default.createSymbolicLink(
                atPath: fixture.path("cam/original/folder").string, withDestinationPath: "../elsewhere")
            for _ in 1...2 {
                #expect(try await fixture.once().status == 0)
                #expect(try await fixture.query("SELECT count(*) FROM videos") == "1")
                #expect(try await fixture.query("SELECT count(*) FROM processing_jobs") == "1")
            }
            let made = try ByteFile.all(below: fixture.path("cam/proxy")).map(\.string)
            #expect(Set(made) == ["clip.mp4", "clip.mp4.json", "original/a.mp4"])
        }
    }

    @Test func readOnlyOriginalsAreMirroredBelowTheProxyRoot() async throws {
        try await DaemonFixture.with { fixture in
            try await fixture.put(.tiny, at: "cam/original/2026/clip.mov")
            let proxies = try fixture.tree.directory("fast")
            var configuration = TestConfiguration()
            configuration.watchLines = "proxy_root = \"\(proxies)\""
            #expect(try await fixture.once(configuration).status == 0)
            let made = try ByteFile.all(below: proxies).map(\.string)
            #expect(made == ["cam/proxy/2026/clip.mov.json", "cam/proxy/2026/clip.mp4"])
            #expect(try ByteFile.all(below: fixture.root).map(\.string) == ["cam/original/2026/clip.mov"])
            let sidecar = try #require(try Sidecar.read(proxies.appending("cam/proxy/2026/clip.mov.json")))
            #expect(sidecar.original.path == "../../../../root/cam/original/2026/clip.mov")
        }
    }
}

extension FilePath {
    /// A component with any bytes.
    func appending(raw name: [UInt8]) -> FilePath {
        let text = name.map { CInterop.PlatformChar(bitPattern: $0) } + [0]
        return appending(FilePath(platformString: text).components)
    }
}
