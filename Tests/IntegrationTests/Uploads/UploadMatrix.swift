import Foundation
import SystemPackage
import TestSupport
import Testing

/// Several writers beside each other, each in its own drop folder, before one daemon.
enum UploadMatrix {
    /// Far below the product's, so that the tests are over soon; several writers pause for longer. A job never waits
    /// for a free worker: a verdict that comes too early shows.
    static let configuration = TestConfiguration(settle: "2s", stallTimeout: "4s", workers: 16)

    /// Starts the daemon, lets all write, and holds each original's story against what must come of it.
    static func run(_ writers: [Writer], on fixture: DaemonFixture) async throws {
        var uploads: [String: Upload] = [:]
        for writer in writers + [fence] { uploads[writer.name] = try await Upload(writer, on: fixture) }
        try fixture.start(configuration)
        try await fixture.waitForLog("first scan done")
        let all = uploads
        await withTaskGroup { group in
            for writer in writers {
                guard let upload = all[writer.name] else { continue }
                group.addTask { await live(writer, upload, fixture) }
            }
        }
        // Its job starts a settle window after all others have ended: what would follow late has had its time.
        if let upload = all[fence.name] { await live(fence, upload, fixture) }
        for writer in writers {
            guard let upload = all[writer.name] else { continue }
            try await check(writer, upload, fixture)
        }
    }

    private static let fence = Writer("fence", .transport) {
        try await $0.run("cp", [$0.source.string, $0.target.string])
    }

    /// Writes, and waits until the outcome is there. A writer's failure is its own: the others go on.
    private static func live(_ writer: Writer, _ upload: Upload, _ fixture: DaemonFixture) async {
        do {
            try await writer.write(upload)
            switch writer.outcome {
            case .completed: try await fixture.waitUntilCompleted(sidecar(of: writer))
            case .incomplete: try await upload.waitUntilIncomplete()
            case .unseen: break
            }
        } catch {
            Issue.record("\(writer.name): \(error)")
        }
    }

    private static func sidecar(of writer: Writer) -> String { "\(writer.name)/proxy/\(writer.clip.uploadName).json" }

    private static func check(_ writer: Writer, _ upload: Upload, _ fixture: DaemonFixture) async throws {
        let stories = try await UploadStory.all(below: upload.target.removingLastComponent(), fixture)
        let name = Comment(rawValue: writer.name)
        #expect(stories.map(\.path) == (writer.outcome == .unseen ? [] : [upload.target.string]), name)
        guard let story = stories.first else {
            return print("upload matrix: \(writer.name): not even a row")
        }
        switch writer.outcome {
        case .unseen: break
        case .incomplete:
            #expect(story.uploadStatus == "incomplete" && story.jobs.isEmpty, name)
            print("upload matrix: \(writer.name): incomplete, no job")
        case .completed(let frames):
            #expect(story.jobs.count == 1, name)
            guard let job = story.jobs.first else { return }
            #expect(job.status == "completed" && job.attempt == 1, name)
            let end = try lastByte(writer, upload)
            // The database counts milliseconds.
            #expect(job.queuedMilliseconds >= end / 1_000_000, name)
            #expect(job.startedMilliseconds >= job.queuedMilliseconds, name)
            let proxy = try Sidecar.read(fixture.path(sidecar(of: writer)))?.proxy
            #expect(proxy?.frames == frames, name)
            if frames == UploadClip.proxyFrames {
                // The client has brought what it was given: else the test tests nothing.
                #expect(try ByteFile.read(upload.target) == (try ByteFile.read(upload.source)), name)
            }
            let times = [job.queuedMilliseconds, job.startedMilliseconds].map { $0 - end / 1_000_000 }
            print(
                "upload matrix: \(writer.name): queued and started \(times) ms after the last byte, \(story.evidence)")
        }
    }

    /// Nanoseconds since 1970, by the kernel and by the writer. The kernel's clock for files stands still for up to 10 ms
    /// (time(7), "The software clock"): what it says may lie so much before the last byte, never after it.
    private static func lastByte(_ writer: Writer, _ upload: Upload) throws -> Int64 {
        let status = try ByteFile.status(upload.target)
        let kernel: Int64 =
            switch writer.time {
            case .modified: Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
            case .changed: Int64(status.st_ctim.tv_sec) * 1_000_000_000 + Int64(status.st_ctim.tv_nsec)
            case .told: 0
            }
        #expect(max(kernel, upload.earliestStart) > 0)
        return max(kernel, upload.earliestStart)
    }
}
