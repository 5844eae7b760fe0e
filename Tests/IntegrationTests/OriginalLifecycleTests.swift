import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

/// What becomes of an original once its upload was complete.
@Suite(.serialized) struct OriginalLifecycleTests {
    // MARK: While its job runs

    @Test(arguments: ["cam/original/renamed.mp4", "other/original/2026/clip.mp4"])
    func originalRenamedWhileItsJobRunsKeepsItsJob(target: String) async throws {
        try await DaemonFixture.with { fixture in
            let original = try await fixture.put(.camera, at: "cam/original/clip.mp4")
            try fixture.makeDirectory(fixture.path(target).removingLastComponent())
            try fixture.gate.shut()
            try fixture.start()
            try await fixture.gate.waitForArrival()
            let first = try await fixture.wait(for: "cam/proxy/clip.mp4.json", "running") { $0.jobStatus == "running" }
            try ByteFile.rename(original, to: fixture.path(target))
            let mirrored = target.replacing("/original/", with: "/proxy/")
            _ = try await fixture.wait(for: mirrored + ".json", "waiting for its proxy") {
                $0.processingStatus == "processing"
            }
            fixture.gate.open()
            let last = try await fixture.waitUntilCompleted(mirrored + ".json")
            #expect(last.videoId == first.videoId && last.processingJobId == first.processingJobId)
            #expect(last.attempt == 1 && last.proxy?.frames == 20)
            #expect(try await fixture.jobs(of: fixture.path(target)) == "completed")
            let isAlone = try await eventually {
                try ByteFile.all(below: fixture.root).map(\.string).filter { $0.contains("/proxy/") }
                    == [mirrored, mirrored + ".json"]
            }
            #expect(isAlone)
        }
    }

    /// As uploaders do after the last byte (FTP's MFMT, `rsync --inplace --times`, `chmod`).
    @Test func timesAndModesThatAreSetWhileItsJobRunsChangeNothing() async throws {
        try await DaemonFixture.with { fixture in
            let original = try await fixture.put(.camera, at: "cam/original/clip.mp4")
            try fixture.gate.shut()
            try fixture.start()
            try await fixture.gate.waitForArrival()
            let first = try await fixture.wait(for: "cam/proxy/clip.mp4.json", "running") { $0.jobStatus == "running" }
            try ByteFile.setMode(original, 0o600)
            try ByteFile.setModified(original, seconds: 1_577_934_245, nanoseconds: 0)
            try await fixture.waitForLog("original touched, content unchanged")
            fixture.gate.open()
            let last = try await fixture.waitUntilCompleted("cam/proxy/clip.mp4.json")
            #expect(last.processingJobId == first.processingJobId && last.attempt == 1)
            #expect(try await fixture.jobs(of: original) == "completed")
        }
    }

    /// Writing would look the same, and the content's fingerprint shows samples only: the job must not go on.
    @Test func presentTimeThatIsSetWhileItsJobRunsStartsItOver() async throws {
        try await DaemonFixture.with { fixture in
            let original = try await fixture.put(.camera, at: "cam/original/clip.mp4")
            try fixture.gate.shut()
            try fixture.start()
            try await fixture.gate.waitForArrival()
            try await Command.output("touch", [original.string])
            try await fixture.waitForLog("job withdrawn")
            fixture.gate.open()
            try await fixture.waitUntilCompleted("cam/proxy/clip.mp4.json")
            #expect(try await fixture.jobs(of: original) == "cancelled,completed")
        }
    }

    @Test func originalWrittenWhileItsJobRunsGetsItsNextJobWhenItIsComplete() async throws {
        try await DaemonFixture.with { fixture in
            let original = try await fixture.put(.camera, at: "cam/original/clip.mp4")
            try fixture.gate.shut()
            try fixture.start()
            try await fixture.gate.waitForArrival()
            let bytes = try await GeneratedMedia.other.bytes
            let writer = try FileDescriptor.open(original, .writeOnly, options: .truncate)
            try await writer.closeAfterwards {
                try writer.writeAll(bytes[..<(bytes.count / 2)])
                _ = try await fixture.wait(for: "cam/proxy/clip.mp4.json", "uploading") {
                    $0.uploadStatus == "uploading"
                }
                // The sidecar may still have been that of the first upload.
                let isCancelled = try await eventually { try await fixture.jobs(of: original) == "cancelled" }
                #expect(isCancelled)
                fixture.gate.open()
                // The place of the cancelled job is free, and the writer is still there.
                try await fixture.put(.tiny, at: "cam/original/next.mp4")
                try await fixture.waitUntilCompleted("cam/proxy/next.mp4.json")
                try writer.writeAll(bytes[(bytes.count / 2)...])
                #expect(try await fixture.jobs(of: original) == "cancelled")
            }
            let last = try await fixture.waitUntilCompleted("cam/proxy/clip.mp4.json")
            // The new content has no sound.
            #expect(last.proxy?.audioCodec == nil && last.original.sizeBytes == bytes.count)
            #expect(try await fixture.jobs(of: original) == "cancelled,completed")
        }
    }

    // MARK: Afterwards

    @Test func sameContentNeverGetsASecondJob() async throws {
        try await DaemonFixture.with { fixture in
            try fixture.start()
            let original = try await fixture.put(.camera, at: "cam/original/clip.mp4")
            let bytes = try await GeneratedMedia.camera.bytes
            let first = try await fixture.waitUntilCompleted("cam/proxy/clip.mp4.json")
            let proxy = try ByteFile.status(fixture.path("cam/proxy/clip.mp4"))
            func expectNothingNew(_ what: Comment) async throws {
                try await fixture.waitUntilSeenAsItIs(original, what)
                let sidecar = try await fixture.waitUntilCompleted("cam/proxy/clip.mp4.json")
                #expect(sidecar.processingJobId == first.processingJobId, what)
                #expect(try await fixture.jobs(of: original) == "completed", what)
                let now = try ByteFile.status(fixture.path("cam/proxy/clip.mp4"))
                #expect(now.st_ino == proxy.st_ino && now.st_mtim.tv_nsec == proxy.st_mtim.tv_nsec, what)
            }

            try ByteFile.setMode(original, 0o600)
            try ByteFile.append([], to: original)
            try await Command.output("touch", [original.string])
            try await expectNothingNew("touched")
            // Of times and modes alone the next walk tells; here it is the close.
            try ByteFile.setModified(original, seconds: 1_577_934_245, nanoseconds: 0)
            try ByteFile.append([], to: original)
            try await expectNothingNew("given an old time")
            let upload = try fixture.put(bytes, at: "cam/original/.upload")
            try ByteFile.rename(upload, to: original)
            try await expectNothingNew("uploaded again under a temporary name")
            try ByteFile.write(bytes, to: original)
            try await expectNothingNew("uploaded again in place")
            try await uploadAgainInHalves(bytes, to: original, fixture)
            try await expectNothingNew("uploaded again in halves")

            try ByteFile.remove(original)
            try await fixture.waitForLog("original deleted")
            let status = try await fixture.understudy([
                "status", original.string, "--state-dir", fixture.stateDirectory.string,
            ])
            #expect(status.output.contains("gone since"), Comment(rawValue: status.output + status.errors))
            #expect(try Sidecar.read(fixture.path("cam/proxy/clip.mp4.json"))?.processingStatus == "completed")
            #expect(ByteFile.exists(fixture.path("cam/proxy/clip.mp4")))
            try fixture.put(bytes, at: "cam/original/clip.mp4")
            try await expectNothingNew("deleted and uploaded again")

            #expect(try await fixture.stop() == 0)
            try ByteFile.setModified(original, seconds: 1_577_934_245, nanoseconds: 0)
            try fixture.start()
            try await expectNothingNew("touched while no daemon ran")
        }
    }

    /// A server gives up on half of an upload, long after the last byte; the rest comes later.
    private func uploadAgainInHalves(_ bytes: [UInt8], to original: FilePath, _ fixture: DaemonFixture) async throws {
        let writer = try FileDescriptor.open(original, .writeOnly, options: .truncate)
        try await writer.closeAfterwards {
            try writer.writeAll(bytes[..<(bytes.count / 2)])
            let lastByte = Date.now
            let isStalled = await eventually { Date.now.timeIntervalSince(lastByte) > 1.5 }
            #expect(isStalled)
        }
        let sidecar = try await fixture.wait(for: "cam/proxy/clip.mp4.json", "incomplete") {
            $0.uploadStatus == "incomplete"
        }
        #expect(sidecar.processingStatus == "pending" && sidecar.waitingFor == "upload")
        #expect(ByteFile.exists(fixture.path("cam/proxy/clip.mp4")))
        try ByteFile.append(bytes[(bytes.count / 2)...], to: original)
    }

    /// Everything that may happen within the minute after which a deleted original's proxy is removed.
    @Test func proxiesFollowRenamesAndGoWithDeletedOriginals() async throws {
        try await DaemonFixture.with { fixture in
            let configuration = TestConfiguration(watchLines: #"on_original_deleted = "delete""#)
            try fixture.start(configuration)
            let clips: [(GeneratedMedia, String)] = [
                (.tiny, "a/original/deleted.mp4"), (.slow, "a/original/day/one.mp4"),
                (.camera, "a/original/day/two.mp4"), (.other, "a/original/down.mp4"),
                (.motionJPEG, "a/original/deleted-down.avi"), (.portrait, "a/original/stays.mov"),
            ]
            for (clip, place) in clips { try await fixture.put(clip, at: place) }
            try await fixture.waitUntilAllCompleted(clips.count)

            #expect(try await fixture.stop() == 0)
            try fixture.makeDirectory(fixture.path("b/original"))
            try ByteFile.rename(fixture.path("a/original/down.mp4"), to: fixture.path("b/original/up.mp4"))
            try ByteFile.remove(fixture.path("a/original/deleted-down.avi"))
            try fixture.start(configuration)
            try ByteFile.remove(fixture.path("a/original/deleted.mp4"))
            try ByteFile.rename(fixture.path("a/original/day"), to: fixture.path("b/original/night"))
            for name in ["up.mp4", "night/one.mp4", "night/two.mp4"] {
                let sidecar = try await fixture.waitUntilCompleted("b/proxy/\(name).json")
                #expect(sidecar.original.absolutePath == fixture.path("b/original/\(name)").string)
            }

            let kept = [
                "a/proxy/stays.mov.json", "a/proxy/stays.mp4", "b/proxy/night/one.mp4", "b/proxy/night/one.mp4.json",
                "b/proxy/night/two.mp4", "b/proxy/night/two.mp4.json", "b/proxy/up.mp4", "b/proxy/up.mp4.json",
            ]
            // The minute, and what a loaded machine needs.
            var files: [String] = []
            let isAsDemanded = try await eventually(within: .seconds(180)) {
                files = try ByteFile.all(below: fixture.root).map(\.string).filter { $0.contains("/proxy/") }
                return files == kept
            }
            #expect(isAsDemanded, "\(files)")
            #expect(try await fixture.query("SELECT count(*) FROM videos") == "4")
            // Deleted originals leave no job, renamed ones got no second.
            #expect(
                try await fixture.query("SELECT count(*), min(status), max(attempt) FROM processing_jobs")
                    == "4|completed|1")
        }
    }
}

extension DaemonFixture {
    /// The statuses of an original's jobs, in the order of the queue.
    fileprivate func jobs(of original: FilePath) async throws -> String {
        try await query(
            """
            SELECT group_concat(status) FROM (SELECT j.status FROM processing_jobs j JOIN videos v ON v.id = j.video_id
                WHERE v.original_path = '\(original)' ORDER BY j.sequence)
            """)
    }

    /// Waits until the database knows the file as it is on the disk, and calls it uploaded.
    fileprivate func waitUntilSeenAsItIs(_ original: FilePath, _ what: Comment) async throws {
        let status = try ByteFile.status(original)
        let modified = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
        let isSeen = try await eventually {
            try await query(
                """
                SELECT count(*) FROM videos WHERE original_path = '\(original)' AND upload_status = 'uploaded'
                    AND original_inode = \(status.st_ino) AND original_mtime_ns = \(modified)
                    AND original_missing_since IS NULL
                """) == "1"
        }
        guard !isSeen else { return }
        let known = try await query(
            "SELECT * FROM videos WHERE original_path = '\(original)'; SELECT at, kind, data FROM events")
        throw FixtureError("\(what): \(original): the daemon never saw it as it is now, \(status); it knows:\n\(known)")
    }
}

extension FileDescriptor {
    /// As `closeAfter`, for what waits.
    fileprivate func closeAfterwards(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch {
            try? close()  // The first error is the one to tell.
            throw error
        }
        try close()
    }
}
