import Domain
import FoundationEssentials
import SystemPackage
import Testing

@testable import Sidecars

@Suite struct SidecarDocumentTests {
    private static let progress = JobProgress(
        fraction: 0.42, speed: 8.3, etaSeconds: 12, frames: 100, framesPerSecond: 25)

    @Test func fieldsAreThoseOfTheContractWithExplicitNulls() throws {
        let text = String(decoding: try Sample.document(Sample.video(.uploading)), as: UTF8.self)
        for field in [
            "schema_version", "video_id", "revision", "original", "upload_status", "uploaded_at", "upload_evidence",
            "processing_status", "processing_job_id", "job_status", "waiting_for", "attempt", "queued_at", "started_at",
            "processing_completed_at", "processing_error", "progress", "proxy", "preset", "updated_at", "generator",
        ] {
            #expect(text.contains("\"\(field)\" : "), "\(field)")
        }
        for field in ["uploaded_at", "processing_job_id", "job_status", "progress", "proxy", "processing_error"] {
            #expect(text.contains("\"\(field)\" : null"), "\(field)")
        }
        #expect(text.hasSuffix("}\n"))
    }

    @Test func pathsAreRelativeToTheSidecarsDirectory() throws {
        let text = String(decoding: try Sample.document(Sample.video(job: .completed)), as: UTF8.self)
        #expect(text.contains("\"path\" : \"../../original/26/clip.MOV\""))
        #expect(text.contains("\"path\" : \"clip.mp4\""))
        #expect(text.contains("\"absolute_path\" : \"/srv/cam1/proxy/26/clip.mp4\""))
    }

    @Test(
        arguments: [
            ("/a/b/c", "/a/b", "c"), ("/a/b/c", "/a/d", "../b/c"), ("/a", "/b/c", "../../a"), ("/a/b", "/", "a/b"),
        ] as [(FilePath, FilePath, String)])
    func relativePathLeadsThere(_ target: FilePath, _ directory: FilePath, _ expected: String) {
        #expect(RelativePath.text(of: target, from: directory) == expected)
    }

    @Test func progressIsShownOnlyWhileTheJobRuns() throws {
        let running = try Sample.document(Sample.video(job: .running), SidecarDocumentTests.progress)
        #expect(String(decoding: running, as: UTF8.self).contains("\"fraction\" : 0.42"))
        let done = try Sample.document(Sample.video(job: .completed), SidecarDocumentTests.progress)
        #expect(String(decoding: done, as: UTF8.self).contains("\"progress\" : null"))
    }

    @Test func numbersThatJSONDoesNotHaveBecomeNull() throws {
        var video = Sample.video(job: .running)
        video.media?.durationSeconds = .infinity
        let progress = JobProgress(fraction: .nan, speed: .infinity, etaSeconds: nil, frames: 0, framesPerSecond: 0)
        let text = String(decoding: try Sample.document(video, progress), as: UTF8.self)
        #expect(text.contains("\"duration_seconds\" : null"))
        #expect(text.contains("\"speed\" : null"))
    }

    @Test func everyStateFollowsTheSchema() throws {
        var documents: [String: [UInt8]] = [:]
        for (name, video) in Sample.all { documents[name] = try Sample.document(video) }
        documents["progress"] = try Sample.document(Sample.video(job: .running), SidecarDocumentTests.progress)
        var odd = Sample.video(.uploading)
        odd.originalPath = FilePath(bytes: Array("/srv/cam1/original/26/".utf8) + [0xFF, 0x0A, 0x22, 0x5C])
        documents["odd"] = try Sample.document(odd)
        var copied = Sample.video(job: .completed)
        copied.job?.result?.method = .remux
        documents["copied"] = try Sample.document(copied)
        #expect(String(decoding: documents["copied"] ?? [], as: UTF8.self).contains("\"method\" : \"remux\""))
        #expect(try SchemaValidator.rejected(documents) == [])
    }

    /// Each change makes a document that contradicts itself or that no version wrote.
    private static let spoilt: [(state: String, from: String, to: String)] = [
        ("completed", "\"processing_status\" : \"completed\"", "\"processing_status\" : \"failed\""),
        ("completed", "\"job_status\" : \"completed\"", "\"job_status\" : \"running\""),
        ("completed", "\"processing_error\" : null", "\"processing_error\" : {}"),
        ("completed", "\"method\" : \"encode\"", "\"method\" : \"guess\""),
        ("failed", "\"processing_status\" : \"failed\"", "\"processing_status\" : \"completed\""),
        ("failed", "\"code\" : \"not_media\"", "\"code\" : \"bad_luck\""),
        ("running", "\"processing_status\" : \"processing\"", "\"processing_status\" : \"pending\""),
        ("running", "\"schema_version\" : 1", "\"schema_version\" : 2"),
        ("pending", "\"waiting_for\" : \"disk_space\"", "\"waiting_for\" : null"),
        ("uploading", "\"preset\" : \"review\"", "\"preset\" : \"review\", \"extra\" : 1"),
        ("uploading", "\"uploaded_at\" : null", "\"uploaded_at\" : \"yesterday\""),
        ("uploading", "\"upload_status\" : \"uploading\"", "\"upload_status\" : \"uploaded\""),
    ]

    @Test func schemaRefusesWhatContradictsItself() throws {
        var documents: [String: [UInt8]] = [:]
        for (index, change) in SidecarDocumentTests.spoilt.enumerated() {
            let video = try #require(Sample.all[change.state])
            let text = String(decoding: try Sample.document(video), as: UTF8.self)
            #expect(text.contains(change.from), "\(change.from)")
            documents["\(index)"] = Array(text.replacing(change.from, with: change.to).utf8)
        }
        #expect(try SchemaValidator.rejected(documents) == documents.keys.sorted())
    }
}
