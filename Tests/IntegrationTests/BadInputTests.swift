import Foundation
import SystemPackage
import TestSupport
import Testing

/// Files that are not what they seem: each has its own error, and the next file its proxy.
@Suite(.serialized) struct BadInputTests {
    private static let text = Array("This is not a film.\n".utf8)

    /// A Motion JPEG clip whose picture headers all claim 65,500 × 65,500 pixels.
    private func absurdMotionJPEG() async throws -> [UInt8] {
        var bytes = try await GeneratedMedia.motionJPEG.bytes
        // SOF0: marker, length 17, precision 8, height, width (ITU-T T.81, B.2.2).
        for index in bytes.indices.dropLast(9)
        where bytes[index...].starts(with: [0xFF, 0xC0, 0x00, 0x11, 0x08]) {
            bytes.replaceSubrange(index + 5..<index + 9, with: [0xFF, 0xDC, 0xFF, 0xDC])
        }
        // The stream's own header says the same: biWidth and biHeight follow biSize (40) in `strf`.
        let header = try #require(bytes.firstRange(of: Array("strf".utf8)))
        bytes.replaceSubrange(
            header.upperBound + 8..<header.upperBound + 16, with: [0xDC, 0xFF, 0, 0, 0xDC, 0xFF, 0, 0])
        return bytes
    }

    /// Uncompressed pictures of 30,000 × 30,000 pixels, of which the first is cut.
    private var absurdPictures: [UInt8] {
        Array("YUV4MPEG2 W30000 H30000 F25:1 Ip A1:1 C420\nFRAME\n".utf8) + [UInt8](repeating: 16, count: 4096)
    }

    private func cut(_ clip: GeneratedMedia, toPercent percent: Int) async throws -> [UInt8] {
        let bytes = try await clip.bytes
        return Array(bytes[..<(bytes.count * percent / 100)])
    }

    private func badFiles() async throws -> [(name: String, bytes: [UInt8], code: String)] {
        [
            ("absurd.avi", try await absurdMotionJPEG(), "limit_exceeded"),
            ("absurd.y4m", absurdPictures, "limit_exceeded"),
            ("cut.mp4", try await cut(.indexInFront, toPercent: 60), "truncated"),
            ("empty.mp4", [], "not_media"),
            ("no index.mp4", try await cut(.camera, toPercent: 60), "truncated"),
            ("sound.mp4", try await GeneratedMedia.sound.bytes, "no_video_stream"),
            ("text.mp4", BadInputTests.text, "not_media"),
        ]
    }

    @Test func onceGivesEachBadFileItsOwnError() async throws {
        try await DaemonFixture.with { fixture in
            let bad = try await badFiles()
            for file in bad { try fixture.put(file.bytes, at: "cam/original/\(file.name)") }
            try await fixture.put(.camera, at: "cam/original/aaa good.mp4")
            try await fixture.put(.camera, at: "cam/original/zzz good.mp4")
            let result = try await fixture.once()
            #expect(result.status == 1)
            #expect(result.output.contains("2 completed, \(bad.count) failed"), Comment(rawValue: result.output))
            for file in bad {
                let sidecar = try #require(try Sidecar.read(fixture.path("cam/proxy/\(file.name).json")))
                #expect(sidecar.processingError?.code == file.code, Comment(rawValue: file.name))
                #expect(sidecar.processingStatus == "failed" && sidecar.jobStatus == "failed")
                #expect(sidecar.proxy == nil && sidecar.processingError?.retryable == false)
            }
            let proxies = try ByteFile.all(below: fixture.path("cam/proxy")).filter { $0.extension != "json" }
            #expect(proxies.map(\.string) == ["aaa good.mp4", "zzz good.mp4"])
        }
    }

    @Test func serveShowsCutUploadsAsIncompleteAndGoesOn() async throws {
        try await DaemonFixture.with { fixture in
            try fixture.start()
            let bad = try await badFiles()
            for file in bad { try fixture.put(file.bytes, at: "cam/original/\(file.name)") }
            try ByteFile.makePipe(fixture.path("cam/original/pipe.mp4"))
            try FileManager.default.createSymbolicLink(
                atPath: fixture.path("cam/original/link.mp4").string, withDestinationPath: "sound.mp4")
            try await fixture.put(.camera, at: "cam/original/zzz good.mp4")
            try await fixture.waitUntilCompleted("cam/proxy/zzz good.mp4.json")
            let unfinished = ["cut.mp4", "empty.mp4", "no index.mp4"]
            for file in bad where !unfinished.contains(file.name) {
                try await fixture.waitUntilFailed("cam/proxy/\(file.name).json", with: file.code)
            }
            for name in unfinished {
                let sidecar = try await fixture.wait(for: "cam/proxy/\(name).json", "incomplete") {
                    $0.uploadStatus == "incomplete"
                }
                #expect(sidecar.processingStatus == "pending" && sidecar.waitingFor == "upload")
            }
            // The uploader comes back: what was cut short goes on by itself.
            let whole = try await GeneratedMedia.indexInFront.bytes
            try ByteFile.append(whole[(whole.count * 60 / 100)...], to: fixture.path("cam/original/cut.mp4"))
            try await fixture.waitUntilCompleted("cam/proxy/cut.mp4.json")
            try fixture.put(whole, at: "cam/original/empty.mp4")
            try await fixture.waitUntilCompleted("cam/proxy/empty.mp4.json")
            #expect(try ByteFile.read(fixture.path("cam/original/cut.mp4")) == whole)
            #expect(try await fixture.query("SELECT count(*) FROM videos") == "\(bad.count + 1)")
        }
    }

    @Test func originalThatVanishesWhileItIsReadFails() async throws {
        try await DaemonFixture.with { fixture in
            let original = try await fixture.put(.camera, at: "cam/original/gone.mp4")
            try fixture.gate.shut()
            try fixture.start()
            try await fixture.gate.waitForArrival()
            try ByteFile.remove(original)
            fixture.gate.open()
            try await fixture.waitUntilFailed("cam/proxy/gone.mp4.json", with: "original_missing")
            try await fixture.put(.tiny, at: "cam/original/next.mp4")
            try await fixture.waitUntilCompleted("cam/proxy/next.mp4.json")
            #expect(!ByteFile.exists(fixture.path("cam/proxy/gone.mp4")))
        }
    }

    @Test(arguments: [true, false])
    func originalThatChangesWhileItIsReadIsDoneAgainWithTheNewContent(isRewrittenInPlace: Bool) async throws {
        try await DaemonFixture.with { fixture in
            let original = try await fixture.put(.camera, at: "cam/original/clip.mp4")
            try fixture.gate.shut()
            try fixture.start()
            try await fixture.gate.waitForArrival()
            let first = try await fixture.wait(for: "cam/proxy/clip.mp4.json", "running") { $0.jobStatus == "running" }
            if isRewrittenInPlace {
                try ByteFile.write(try await GeneratedMedia.other.bytes, to: original)
            } else {
                let upload = try await fixture.put(.other, at: "cam/original/.upload")
                try ByteFile.rename(upload, to: original)
            }
            fixture.gate.open()
            let last = try await fixture.wait(for: "cam/proxy/clip.mp4.json", "completed with another job") {
                $0.processingStatus == "completed" && $0.processingJobId != first.processingJobId
            }
            // The new content has no sound.
            #expect(last.proxy?.audioCodec == nil)
            #expect(last.original.sizeBytes == (try await GeneratedMedia.other.bytes.count))
            let jobs = try await fixture.query(
                "SELECT group_concat(status) FROM (SELECT status FROM processing_jobs ORDER BY sequence)")
            #expect(jobs == "cancelled,completed")
        }
    }

    @Test(.enabled(if: Privileges.isRoot, "only root can start the program as another user"))
    func unreadableOriginalIsRefusedAndTheNextOneMade() async throws {
        try await DaemonFixture.with { fixture in
            let secret = try await fixture.put(.tiny, at: "cam/original/secret.mp4")
            try await fixture.put(.tiny, at: "cam/original/zzz.mp4")
            try ByteFile.setMode(secret, 0o000)
            let result = try await onceAsNobody(fixture)
            #expect(result.status == 1, Comment(rawValue: result.errors))
            let sidecar = try #require(try Sidecar.read(fixture.path("cam/proxy/secret.mp4.json")))
            #expect(sidecar.processingError?.code == "permission_denied" && sidecar.processingError?.retryable == true)
            let next = try #require(try Sidecar.read(fixture.path("cam/proxy/zzz.mp4.json")))
            #expect(next.processingStatus == "completed")
        }
    }

    /// Runs copies of the programs, since the build directory may lie where nobody else may go.
    private func onceAsNobody(_ fixture: DaemonFixture) async throws -> CommandResult {
        let programs = try fixture.tree.directory("bin")
        for program in [Programs.understudy, Programs.worker] {
            try await Command.output("cp", [program.string, programs.string])
        }
        let configuration = try fixture.write(TestConfiguration())
        try await Command.output("chown", ["-R", "65534:65534", fixture.tree.path.string])
        return try await Command.run(
            "setpriv",
            [
                "--reuid=65534", "--regid=65534", "--clear-groups", programs.appending("understudy").string, "once",
                fixture.root.string, "--config", configuration.string, "--state-dir", fixture.stateDirectory.string,
            ])
    }
}
