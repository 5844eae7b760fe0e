import Catalog
import Domain
import Foundation
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import JobRunner

@Suite struct PresenceTests {
    @Test func touchMakesNoSecondJob() async throws {
        let fixture = try PresenceFixture()
        try await fixture.complete("original/a.mp4")
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1_000_000)],
            ofItemAtPath: fixture.path("original/a.mp4").string)
        try await fixture.see("original/a.mp4")
        try await fixture.settle()
        #expect(try await fixture.video("original/a.mp4")?.processingStatus == .completed)
        #expect(try await fixture.jobs == 1)
        #expect(try await fixture.see("original/a.mp4") == .known(publishedProxy: fixture.path("proxy/a.mp4")))
    }

    @Test func sameContentUploadedAgainMakesNoSecondJob() async throws {
        let fixture = try PresenceFixture()
        try await fixture.complete("original/a.mp4")
        try fixture.tree.file("nas/original/.a.upload", Array("content".utf8))
        try fixture.remove("original/a.mp4")
        try fixture.rename("original/.a.upload", "original/a.mp4")
        try await fixture.see("original/a.mp4")
        try await fixture.settle()
        #expect(try await fixture.video("original/a.mp4")?.processingStatus == .completed)
        #expect(try await fixture.jobs == 1)
    }

    @Test func newContentOfTheSameSizeIsFollowedAndKeepsTheOldProxy() async throws {
        let fixture = try PresenceFixture()
        try await fixture.complete("original/a.mp4", "content")
        try fixture.tree.file("nas/original/a.mp4", Array("CONTENT".utf8))
        try await fixture.see("original/a.mp4")
        try await fixture.settle()
        #expect(try await fixture.video("original/a.mp4")?.uploadStatus == .uploading)
        #expect(fixture.answers.withLock { $0 } == [.replaced(cancelledJob: nil)])
        #expect(fixture.exists("proxy/a.mp4"))
    }

    @Test func renamedOriginalTakesProxyAndSidecarAlong() async throws {
        let fixture = try PresenceFixture()
        try await fixture.complete("original/a.mp4")
        try fixture.rename("original/a.mp4", "original/2026/b.MOV")
        await fixture.presence.suspect(fixture.path("original/a.mp4"))
        try await fixture.see("original/2026/b.MOV")
        try await fixture.settle()
        #expect(fixture.exists("proxy/2026/b.mp4") && fixture.exists("proxy/2026/b.MOV.json"))
        #expect(!fixture.exists("proxy/a.mp4") && !fixture.exists("proxy/a.mp4.json"))
        let video = try await fixture.video("original/2026/b.MOV")
        #expect(video?.processingStatus == .completed && video?.proxyPath == fixture.path("proxy/2026/b.mp4"))
        #expect(try await fixture.video("original/a.mp4") == nil)
        #expect(try await fixture.jobs == 1)
        #expect(try await fixture.catalog.contradictions() == [])
    }

    @Test func renamedDirectoryTakesAllAlong() async throws {
        let fixture = try PresenceFixture()
        for name in ["a", "b", "c"] { try await fixture.complete("original/x/\(name).mp4", name) }
        try fixture.rename("original/x", "original/y")
        await fixture.presence.suspect(fixture.path("original/x"))
        for name in ["a", "b", "c"] { try await fixture.see("original/y/\(name).mp4") }
        try await fixture.settle()
        for name in ["a", "b", "c"] {
            #expect(fixture.exists("proxy/y/\(name).mp4") && !fixture.exists("proxy/x/\(name).mp4"))
        }
        #expect(try await fixture.jobs == 3)
    }

    /// - Parameter isHalf: whether only one of the two directories had been written when the power went.
    @Test(arguments: [false, true]) func crashAfterTheRenameOfAProxyIsRepaired(isHalf: Bool) async throws {
        let fixture = try PresenceFixture()
        try await fixture.complete("original/a.mp4")
        let id = try #require(try await fixture.video("original/a.mp4")?.id)
        try fixture.rename("original/a.mp4", "original/b.mp4")
        guard case .resembles = try await fixture.see("original/b.mp4") else {
            Issue.record("not recognised")
            return
        }
        // As after a crash: the file was renamed, and the database not told.
        try fixture.rename("proxy/a.mp4", "proxy/b.mp4")
        if isHalf {
            try FileManager.default.linkItem(
                atPath: fixture.path("proxy/b.mp4").string, toPath: fixture.path("proxy/a.mp4").string)
        }
        try await fixture.settle()
        #expect(fixture.exists("proxy/b.mp4") && !fixture.exists("proxy/a.mp4"))
        #expect(try await fixture.catalog.video(id: id)?.proxyPath == fixture.path("proxy/b.mp4"))
        #expect(try await fixture.jobs == 1)
    }

    @Test func foreignFileAtTheNewPlaceStays() async throws {
        let fixture = try PresenceFixture()
        try await fixture.complete("original/a.mp4")
        try fixture.tree.file("nas/proxy/b.mp4", Array("mine".utf8))
        try fixture.rename("original/a.mp4", "original/b.mp4")
        try await fixture.see("original/b.mp4")
        try await fixture.settle()
        #expect(try await fixture.video("original/b.mp4")?.proxyPath == fixture.path("proxy/b.mp4.mp4"))
        #expect(try String(contentsOfFile: fixture.path("proxy/b.mp4").string, encoding: .utf8) == "mine")
    }

    @Test func hardLinkIsAnOriginalOfItsOwn() async throws {
        let fixture = try PresenceFixture()
        try await fixture.complete("original/a.mp4")
        try FileManager.default.linkItem(
            atPath: fixture.path("original/a.mp4").string, toPath: fixture.path("original/b.mp4").string)
        try await fixture.see("original/b.mp4")
        try await fixture.settle()
        #expect(try await fixture.video("original/b.mp4")?.uploadStatus == .uploading)
        #expect(try await fixture.video("original/a.mp4")?.processingStatus == .completed)
    }

    @Test func uploadUnderATemporaryNameKeepsItsRow() async throws {
        let fixture = try PresenceFixture()
        try fixture.tree.file("nas/original/a-uploading.mp4", [1])
        try await fixture.see("original/a-uploading.mp4")
        let id = try await fixture.video("original/a-uploading.mp4")?.id
        try fixture.rename("original/a-uploading.mp4", "original/a.mp4")
        try await fixture.see("original/a.mp4")
        try await fixture.settle()
        #expect(try await fixture.video("original/a.mp4")?.id == id)
        #expect(fixture.answers.withLock { $0 } == [.following])
    }

    @Test func deletedOriginalKeepsItsProxyByDefault() async throws {
        let fixture = try PresenceFixture()
        try await fixture.complete("original/a.mp4")
        try fixture.remove("original/a.mp4")
        await fixture.presence.suspect(fixture.path("original"))
        try await fixture.settle()
        #expect(try await fixture.video("original/a.mp4")?.originalMissingSince != nil)
        #expect(fixture.exists("proxy/a.mp4") && fixture.exists("proxy/a.mp4.json"))
    }

    @Test func deletedOriginalTakesItsProxyAlongWhereAskedTo() async throws {
        let fixture = try PresenceFixture(.removeProxy)
        try await fixture.complete("original/a.mp4")
        try fixture.tree.file("nas/proxy/b.mp4", Array("mine".utf8))
        try fixture.remove("original/a.mp4")
        await fixture.presence.sweepSoon()
        try await fixture.settle()
        #expect(try await fixture.video("original/a.mp4") == nil)
        #expect(!fixture.exists("proxy/a.mp4") && !fixture.exists("proxy/a.mp4.json"))
        #expect(fixture.exists("proxy/b.mp4"))
    }

    /// The row goes first, the files follow: also when the daemon died in between, and a new upload took the name.
    @Test func removalThatWasInterruptedIsFinishedAndTakesNothingElse() async throws {
        let fixture = try PresenceFixture(.removeProxy)
        try await fixture.complete("original/a.mp4")
        try await fixture.complete("original/b.mp4")
        for name in ["a.mp4", "b.mp4"] {
            let video = try #require(try await fixture.video("original/\(name)"))
            try fixture.remove("original/\(name)")
            _ = try await fixture.catalog.recordMissing(video.originalPath)
            #expect(try await fixture.catalog.forgetMissing(video.id))
        }
        #expect(fixture.exists("proxy/a.mp4") && fixture.exists("proxy/a.mp4.json"))
        try await fixture.complete("original/b.mp4", "the next one")
        let next = try #require(try await fixture.video("original/b.mp4"))
        await fixture.presence.sweepSoon()
        try await fixture.settle()
        #expect(!fixture.exists("proxy/a.mp4") && !fixture.exists("proxy/a.mp4.json"))
        #expect(fixture.exists("proxy/b.mp4") && fixture.exists("proxy/b.mp4.json"))
        #expect(try await fixture.video("original/b.mp4")?.id == next.id)
        #expect(try await fixture.catalog.removals(below: fixture.path(""), after: 0).isEmpty)
    }

    @Test func halfATreeThatVanishesAtOnceIsLeftAlone() async throws {
        let fixture = try PresenceFixture(.removeProxy)
        for index in 0..<15 { try await fixture.complete("original/\(index).mp4", "\(index)") }
        try fixture.rename("original", "elsewhere")
        await fixture.presence.sweepSoon()
        try await fixture.settle()
        #expect(await fixture.presence.standing.held.values.first == 15)
        #expect(try await fixture.video("original/3.mp4")?.originalMissingSince == nil)
        #expect(fixture.exists("proxy/3.mp4"))
        try fixture.rename("elsewhere", "original")
        await fixture.presence.sweepSoon()
        try await fixture.settle()
        #expect(await fixture.presence.standing.held.isEmpty)
    }

    @Test func missingRootFreezesEverything() async throws {
        let fixture = try PresenceFixture(.removeProxy)
        try await fixture.complete("original/a.mp4")
        let root = fixture.path("").string
        try FileManager.default.moveItem(atPath: root, toPath: root + "-away")
        await fixture.presence.sweepSoon()
        try await fixture.settle()
        #expect(try await fixture.video("original/a.mp4")?.originalMissingSince == nil)
        #expect(await fixture.presence.standing.unreachable.values.first == 1)
        try FileManager.default.moveItem(atPath: root + "-away", toPath: root)
        await fixture.presence.sweepSoon()
        try await fixture.settle()
        #expect(await fixture.presence.standing.unreachable.isEmpty)
        #expect(fixture.exists("proxy/a.mp4"))
    }
}
