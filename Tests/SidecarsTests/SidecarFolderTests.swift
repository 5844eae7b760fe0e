import Domain
import FoundationEssentials
import Glibc
import SystemPackage
import Testing

@testable import Sidecars

@Suite struct SidecarFolderTests {
    private let folder = SidecarFolder(generator: Sample.generator)

    @Test func sidecarAppearsWholeAndIsReplaced() async throws {
        let scratch = try Scratch()
        let directory = scratch.root.appending("proxy")
        let upload = Sample.video(.uploading, in: directory, original: scratch.root.appending("clip.MOV"))
        try await folder.publish(upload, progress: nil, updatedAt: Sample.now)
        try await folder.publish(
            Sample.video(job: .completed, in: directory, revision: 8, hasSidecar: true), progress: nil,
            updatedAt: Sample.now)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.string) == ["clip.MOV.json"])
        #expect(try scratch.text("proxy/clip.MOV.json").contains("\"revision\" : 8"))
    }

    @Test func nothingIsMadeInABareMountPoint() async throws {
        let scratch = try Scratch()
        let directory = scratch.root.appending("cam").appending("proxy")
        let original = scratch.root.appending("cam").appending("original").appending("clip.MOV")
        let upload = Sample.video(.uploading, in: directory, original: original)
        let failure = await #expect(throws: Failure.self) {
            try await folder.publish(upload, progress: nil, updatedAt: Sample.now)
        }
        #expect(failure?.code == .mountMissing)
        #expect(try scratch.names().isEmpty)
        // What is there is written to: the original may be deleted.
        try FileManager.default.createDirectory(atPath: directory.string, withIntermediateDirectories: true)
        try await folder.publish(upload, progress: nil, updatedAt: Sample.now)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.string) == ["clip.MOV.json"])
    }

    @Test func foreignFileIsKeptBesideTheSidecar() async throws {
        let scratch = try Scratch()
        try scratch.write("older notes", to: "clip.MOV.json.foreign")
        try scratch.write("{\"video_id\": \"another\", \"schema_version\": 1}", to: "clip.MOV.json")
        try await folder.publish(Sample.video(.uploading, in: scratch.root), progress: nil, updatedAt: Sample.now)
        #expect(try scratch.names() == ["clip.MOV.json", "clip.MOV.json.foreign", "clip.MOV.json.foreign~2"])
        #expect(try scratch.text("clip.MOV.json.foreign") == "older notes")
        #expect(try scratch.text("clip.MOV.json.foreign~2").contains("another"))
        #expect(try scratch.text("clip.MOV.json").contains(Sample.videoID))
    }

    @Test func sidecarWrittenBeforeACrashIsKnownAsOurs() async throws {
        let scratch = try Scratch()
        for _ in 0..<2 {
            try await folder.publish(Sample.video(.uploading, in: scratch.root), progress: nil, updatedAt: Sample.now)
        }
        #expect(try scratch.names() == ["clip.MOV.json"])
    }

    @Test func olderRevisionNeverReplacesANewerOne() async throws {
        let scratch = try Scratch()
        try await folder.publish(
            Sample.video(job: .completed, in: scratch.root, revision: 9), progress: nil, updatedAt: Sample.now)
        try await folder.publish(
            Sample.video(job: .running, in: scratch.root, revision: 8), progress: nil, updatedAt: Sample.now)
        #expect(try scratch.text("clip.MOV.json").contains("\"revision\" : 9"))
    }

    @Test func directoryOrLinkInTheSidecarsPlaceIsAnError() async throws {
        let scratch = try Scratch()
        try scratch.write("kept", to: "elsewhere")
        try FileManager.default.createSymbolicLink(
            atPath: scratch.root.appending("clip.MOV.json").string,
            withDestinationPath: scratch.root.appending("elsewhere").string)
        let failure = await #expect(throws: Failure.self) {
            try await folder.publish(
                Sample.video(.uploading, in: scratch.root, hasSidecar: true), progress: nil, updatedAt: Sample.now)
        }
        #expect(failure?.code == .proxyPathOccupied)
        #expect(try scratch.text("elsewhere") == "kept")
    }

    @Test func onlyOurOwnSidecarIsRemoved() async throws {
        let scratch = try Scratch()
        let video = Sample.video(.uploading, in: scratch.root)
        let place = scratch.root.appending("clip.MOV.json")
        try scratch.write("notes", to: "clip.MOV.json")
        try await folder.remove(videoID: video.id, at: place)
        #expect(try scratch.names() == ["clip.MOV.json"])
        try await folder.publish(video, progress: nil, updatedAt: Sample.now)
        try await folder.remove(videoID: video.id, at: place)
        #expect(try scratch.names() == ["clip.MOV.json.foreign"])
        try await folder.remove(videoID: video.id, at: place)
    }

    @Test func longNameStillFindsAPlaceForTheForeignFile() {
        let long = FileName(bytes: [UInt8](repeating: 0x61, count: 254) + [0x62])
        #expect(ForeignName.name(for: long, copy: 1).bytes.count == FileName.maximumBytes)
        #expect(ForeignName.name(for: long, copy: 2) != ForeignName.name(for: long, copy: 1))
    }

    @Test func readerNeverSeesATornSidecar() async throws {
        let scratch = try Scratch()
        let video = Sample.video(job: .running, in: scratch.root, hasSidecar: true)
        try await folder.publish(video, progress: nil, updatedAt: Sample.now)
        let path = URL(filePath: scratch.root.appending("clip.MOV.json").string)
        await withTaskGroup(of: Bool.self) { group in
            for writer in 0..<4 {
                group.addTask {
                    for number in 0..<20 {
                        var newer = video
                        newer.revision = 8 + number * 4 + writer
                        // The test looks at what readers see, not at the writers' luck.
                        try? await folder.publish(newer, progress: nil, updatedAt: Sample.now)
                    }
                    return true
                }
            }
            group.addTask {
                for _ in 0..<400 {
                    guard let text = try? String(contentsOf: path, encoding: .utf8), text.hasSuffix("}\n") else {
                        return false
                    }
                    await Task.yield()
                }
                return true
            }
            for await isGood in group { #expect(isGood) }
        }
        #expect(try scratch.text("clip.MOV.json").contains("\"revision\" : 87"))
    }
}
