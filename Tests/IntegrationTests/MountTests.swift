import Foundation
import SystemPackage
import TestSupport
import Testing

/// A NAS that comes and goes: nothing is deleted, nothing fails, and the work goes on by itself.
@Suite(
    .serialized,
    .enabled(if: Privileges.canMountDisks, "mounting a disk image needs root and loop devices"))
struct MountTests {
    private struct Overview: Decodable {
        struct Watching: Decodable {
            let unreachable: [String: Int]
            let missing_roots: [String]
        }
        let watching: Watching?
    }

    /// What `status --json` says of one original.
    private struct Standing: Decodable {
        let upload_status: String
        let processing_status: String
        let waiting_for: String?
    }

    private func status(_ fixture: DaemonFixture) async throws -> Overview {
        let result = try await fixture.understudy(["status", "--json", "--state-dir", fixture.stateDirectory.string])
        return try JSONDecoder().decode(Overview.self, from: Data(result.output.utf8))
    }

    private func standing(of file: String, _ fixture: DaemonFixture) async throws -> Standing {
        let result = try await fixture.understudy([
            "status", fixture.path(file).string, "--json", "--state-dir", fixture.stateDirectory.string,
        ])
        return try JSONDecoder().decode(Standing.self, from: Data(result.output.utf8))
    }

    /// The facts that an absence must not change.
    private func expectNothingLost(_ fixture: DaemonFixture, videos: Int) async throws {
        #expect(
            try await fixture.query(
                "SELECT count(*), count(original_missing_since), count(processing_error) FROM videos")
                == "\(videos)|0|0")
        #expect(
            try await fixture.query("SELECT count(*) FROM processing_jobs WHERE status IN ('failed', 'cancelled')")
                == "0")
    }

    /// Deleted while the daemon was down, and the file system has another number since: not out of reach, but gone. With
    /// a neighbour that is still there, and without any.
    @Test(arguments: [["b"], ["a", "b"]])
    func deletionBeforeANewDeviceNumberIsSeen(gone: [String]) async throws {
        try await DaemonFixture.with { fixture in
            try await TestDisk.with(at: fixture.root, in: fixture.tree) { disk in
                try fixture.start(TestConfiguration())
                for name in ["a", "b"] {
                    try await fixture.put(.tiny, at: "\(name)/original/clip.mp4")
                    try await fixture.waitUntilCompleted("\(name)/proxy/clip.mp4.json")
                }
                #expect(try await fixture.stop() == 0)
                for name in gone {
                    try FileManager.default.removeItem(atPath: fixture.path("\(name)/original/clip.mp4").string)
                }
                try await disk.unmount(renumbering: true)
                try await disk.mount()
                try fixture.start(TestConfiguration())
                let isSeen = try await eventually {
                    try await fixture.query("SELECT count(original_missing_since) FROM videos") == "\(gone.count)"
                }
                #expect(isSeen)
                #expect(try await status(fixture).watching?.unreachable.isEmpty == true)
                #expect(try await fixture.query("SELECT count(DISTINCT original_device) FROM videos") == "1")
                #expect(try await fixture.stop() == 0)
            }
        }
    }

    private static let waysToGo: [(isLazy: Bool, renumbering: Bool)] = [(false, false), (true, false), (false, true)]

    @Test(arguments: waysToGo.indices)
    func unmountedRootFreezesAndGoesOn(way: Int) async throws {
        let (isLazy, renumbering) = Self.waysToGo[way]
        try await DaemonFixture.with { fixture in
            let state = ["--state-dir", fixture.stateDirectory.string]
            try await TestDisk.with(at: fixture.root, in: fixture.tree) { disk in
                // Whatever looks like a deletion would take the proxy too.
                try fixture.start(TestConfiguration(watchLines: "on_original_deleted = \"delete\""))
                try await fixture.put(.tiny, at: "cam/original/done.mp4")
                let done = try await fixture.waitUntilCompleted("cam/proxy/done.mp4.json")
                #expect(try await fixture.understudy(["pause"] + state).status == 0)
                try await fixture.put(.camera, at: "cam/original/deep/queued.mp4")
                _ = try await fixture.wait(for: "cam/proxy/deep/queued.mp4.json", "paused") {
                    $0.waitingFor == "paused"
                }
                let film = try await GeneratedMedia.other.bytes
                try fixture.put(film.prefix(20_000), at: "cam/original/cut.mp4")
                _ = try await fixture.wait(for: "cam/proxy/cut.mp4.json", "incomplete") {
                    $0.uploadStatus == "incomplete"
                }

                try await disk.unmount(isLazy: isLazy, renumbering: renumbering)
                let isSeen = try await eventually {
                    try await status(fixture).watching?.unreachable == [fixture.root.string: 3]
                }
                #expect(isSeen, "status says how much is out of reach")
                let check = try await fixture.understudy(["check", "--root", fixture.root.string] + state)
                #expect(check.status == 1 && check.output.contains("3 originals are out of reach"))
                #expect(try await fixture.understudy(["resume"] + state).status == 0)
                let isWaiting = try await eventually {
                    try await standing(of: "cam/original/deep/queued.mp4", fixture).waiting_for == "mount"
                }
                #expect(isWaiting)
                let story = try await fixture.understudy(
                    ["explain", fixture.path("cam/original/deep/queued.mp4").string] + state)
                #expect(story.output.contains("it waits for a file system that is not mounted"))
                try await expectNothingLost(fixture, videos: 3)
                #expect(try ByteFile.all(below: fixture.root).isEmpty, "nothing is written to a bare mount point")
                #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.root.string).isEmpty)

                try await disk.mount()
                try await fixture.waitUntilCompleted("cam/proxy/deep/queued.mp4.json")
                let isBack = try await eventually { try await status(fixture).watching?.unreachable.isEmpty ?? false }
                #expect(isBack)
                try ByteFile.append(film.dropFirst(20_000), to: fixture.path("cam/original/cut.mp4"))
                try await fixture.waitUntilCompleted("cam/proxy/cut.mp4.json")
                // Watching goes on.
                try await fixture.put(.slow, at: "cam2/original/new.mp4")
                try await fixture.waitUntilCompleted("cam2/proxy/new.mp4.json")
                try await expectNothingLost(fixture, videos: 4)
                #expect(try await fixture.query("SELECT count(*), max(attempt) FROM processing_jobs") == "4|1")
                let still = try await fixture.waitUntilCompleted("cam/proxy/done.mp4.json")
                #expect(
                    still.processingJobId == done.processingJobId && ByteFile.exists(fixture.path("cam/proxy/done.mp4"))
                )
                #expect(try await fixture.stop() == 0)
            }
        }
    }

    @Test func jobWhoseDiskIsTakenAwayWaitsForIt() async throws {
        try await DaemonFixture.with { fixture in
            try await TestDisk.with(at: fixture.path("nas"), in: fixture.tree) { disk in
                try fixture.start()
                try fixture.gate.shut()
                try await fixture.put(.camera, at: "nas/cam/original/clip.mp4")
                try await fixture.gate.waitForArrival()
                // The worker has the original open: plainly, the disk could not be unmounted.
                try await disk.unmount(isLazy: true)
                fixture.gate.open()
                let isWaiting = try await eventually {
                    try await standing(of: "nas/cam/original/clip.mp4", fixture).waiting_for == "mount"
                }
                #expect(isWaiting)
                // The job finds out first, the look at all originals a moment later.
                let isUnreachable = try await eventually {
                    try await status(fixture).watching?.unreachable == [fixture.root.string: 1]
                }
                #expect(isUnreachable)
                try await expectNothingLost(fixture, videos: 1)
                #expect(try ByteFile.all(below: fixture.root).isEmpty, "nothing is written to a bare mount point")
                try await disk.mount()
                let done = try await fixture.waitUntilCompleted("nas/cam/proxy/clip.mp4.json")
                #expect(done.attempt == 1)
                #expect(try await fixture.stop() == 0)
            }
        }
    }

    @Test func emptyMountPointAtTheStartIsAReasonToTryLater() async throws {
        try await DaemonFixture.with { fixture in
            try await TestDisk.with(at: fixture.root, in: fixture.tree) { disk in
                try await fixture.put(.tiny, at: "cam/original/clip.mp4")
                #expect(try await fixture.once().status == 0)
                let revision = "SELECT revision, updated_at FROM videos"
                let before = try await fixture.query(revision)
                try await disk.unmount()
                let configuration = try fixture.write(TestConfiguration()).string
                for result in [
                    try await fixture.understudy(["serve", "--config", configuration]), try await fixture.once(),
                ] {
                    #expect(result.status == 75, Comment(rawValue: result.errors))
                    #expect(
                        result.errors.contains("\(fixture.root) is empty, and 1 original"),
                        Comment(rawValue: result.errors))
                }
                #expect(try await fixture.query(revision) == before)
                #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.root.string).isEmpty)
                try await disk.mount()
                try fixture.start()
                try await fixture.put(.slow, at: "cam/original/next.mp4")
                try await fixture.waitUntilCompleted("cam/proxy/next.mp4.json")
                #expect(try await fixture.query("SELECT count(*) FROM processing_jobs") == "2")
                #expect(try await fixture.stop() == 0)
            }
        }
    }
}
