import Domain
import FoundationEssentials
import Glibc
import SystemPackage
import Testing

@testable import DurableFiles

@Suite struct ProxyFolderTests {
    private func published(_ identity: FileIdentity) -> PublishedFile {
        PublishedFile(
            inode: identity.inode, sizeBytes: identity.sizeBytes, modifiedNanoseconds: identity.modifiedNanoseconds,
            sha256: "")
    }

    private func folder(_ scratch: Scratch) -> ProxyFolder {
        ProxyFolder(folders: OutputFolders(roots: [scratch.root]))
    }

    private func temporary(_ folder: ProxyFolder, in directory: FilePath, _ text: String) async throws -> TemporaryFile
    {
        let file = try await folder.createTemporary(in: directory, jobID: "job", attempt: 1)
        try file.descriptor.writeAll(Array(text.utf8))
        return file
    }

    @Test func proxyAppearsWholeUnderItsFinalName() async throws {
        let scratch = try Scratch()
        let folder = folder(scratch)
        let directory = scratch.path("proxy/2026/11")
        let file = try await temporary(folder, in: directory, "moving pictures")
        #expect(file.path.fileName?.hasPrefix(".understudy-job-1-") == true)
        let identity = try await folder.harden(file)
        #expect(identity.sizeBytes == 15)
        try await folder.publish(file, as: directory.appending("clip.mp4"), replacing: [])
        #expect(try scratch.names("proxy/2026/11") == ["clip.mp4"])
        #expect(try scratch.text("proxy/2026/11/clip.mp4") == "moving pictures")
        #expect(await folder.identity(at: directory.appending("clip.mp4"))?.inode == identity.inode)
        await folder.discard(file)
        #expect(try scratch.names("proxy/2026/11") == ["clip.mp4"])
        try await folder.syncDirectory(directory)
    }

    /// After the loss of the database, a proxy that is there is no stranger's if it is the very same.
    @Test func fileWithTheSameBytesMayBeReplaced() async throws {
        let scratch = try Scratch()
        let folder = folder(scratch)
        for (there, isReplaced) in [("same bytes", true), ("same-bytes", false), ("longer bytes", false)] {
            try scratch.make("proxy/clip.mp4", there)
            let before = await folder.identity(at: scratch.path("proxy/clip.mp4"))
            let file = try await temporary(folder, in: scratch.path("proxy"), "same bytes")
            var failure: Failure?
            do throws(Failure) {
                try await folder.publish(file, as: scratch.path("proxy/clip.mp4"), replacing: [])
            } catch {
                failure = error
            }
            #expect(failure?.code == (isReplaced ? nil : .proxyPathOccupied))
            let after = await folder.identity(at: scratch.path("proxy/clip.mp4"))
            #expect((after?.inode == before?.inode) == !isReplaced)
            await folder.discard(file)
        }
    }

    /// Somebody put a lost proxy back from a copy while the next one was made: by its content it is ours.
    @Test func copyOfTheRecordedProxyMayBeReplaced() async throws {
        let scratch = try Scratch()
        let folder = folder(scratch)
        let recorded = PublishedFile(
            inode: 1, sizeBytes: 11, modifiedNanoseconds: 0, sha256: SHA256.hexDigest(of: Array("the old one".utf8)))
        for (there, isReplaced) in [("the old one", true), ("the odd one", false)] {
            try scratch.make("proxy/clip.mp4", there)
            let file = try await temporary(folder, in: scratch.path("proxy"), "the new one of another length")
            var failure: Failure?
            do throws(Failure) {
                try await folder.publish(file, as: scratch.path("proxy/clip.mp4"), replacing: [recorded])
            } catch {
                failure = error
            }
            #expect(failure?.code == (isReplaced ? nil : .proxyPathOccupied))
            let left = try scratch.text("proxy/clip.mp4")
            #expect(left == (isReplaced ? "the new one of another length" : there))
            await folder.discard(file)
        }
    }

    @Test func foreignFileIsNeverReplaced() async throws {
        let scratch = try Scratch()
        let folder = folder(scratch)
        try scratch.make("proxy/clip.mp4", "somebody's")
        let file = try await temporary(folder, in: scratch.path("proxy"), "ours")
        let other = PublishedFile(inode: 1, sizeBytes: 10, modifiedNanoseconds: 0, sha256: "")
        for replaceable in [[], [other]] {
            let failure = await #expect(throws: Failure.self) {
                try await folder.publish(file, as: scratch.path("proxy/clip.mp4"), replacing: replaceable)
            }
            #expect(failure?.code == .proxyPathOccupied)
        }
        #expect(try scratch.text("proxy/clip.mp4") == "somebody's")
        await folder.discard(file)
        #expect(try scratch.names("proxy") == ["clip.mp4"])
    }

    @Test func recordedProxyIsReplacedUnlessItsLengthChanged() async throws {
        let scratch = try Scratch()
        let folder = folder(scratch)
        try scratch.make("proxy/clip.mp4", "old")
        let final = scratch.path("proxy/clip.mp4")
        let old = try #require(await folder.identity(at: final))
        let file = try await temporary(folder, in: scratch.path("proxy"), "new")
        try await folder.publish(file, as: final, replacing: [published(old)])
        #expect(try scratch.text("proxy/clip.mp4") == "new")
        await folder.discard(file)
        let current = try #require(await folder.identity(at: final))
        let handle = try FileDescriptor.open(final, .writeOnly, options: .append)
        try handle.writeAll(Array("tail".utf8))
        try handle.close()
        let second = try await temporary(folder, in: scratch.path("proxy"), "newer")
        await #expect(throws: Failure.self) {
            try await folder.publish(second, as: final, replacing: [published(current)])
        }
        await folder.discard(second)
    }

    @Test func directoryOrLinkAtTheFinalNameIsOccupied() async throws {
        let scratch = try Scratch()
        let folder = folder(scratch)
        try scratch.make("elsewhere", "kept")
        try scratch.makeDirectory(scratch.path("proxy/a.mp4"))
        try scratch.link("proxy/b.mp4", to: scratch.path("elsewhere"))
        for name in ["a.mp4", "b.mp4"] {
            let file = try await temporary(folder, in: scratch.path("proxy"), "ours")
            let failure = await #expect(throws: Failure.self) {
                try await folder.publish(file, as: scratch.path("proxy/\(name)"), replacing: [])
            }
            #expect(failure?.code == .proxyPathOccupied)
            await folder.discard(file)
            #expect(await folder.identity(at: scratch.path("proxy/\(name)")) == nil)
        }
        #expect(try scratch.text("elsewhere") == "kept")
    }

    @Test func linkInTheMirrorIsNeverWrittenThrough() async throws {
        let scratch = try Scratch()
        let folder = folder(scratch)
        try scratch.makeDirectory(scratch.path("cam"))
        try scratch.makeDirectory(scratch.path("elsewhere"))
        try scratch.link("cam/proxy", to: scratch.path("elsewhere"))
        let failure = await #expect(throws: Failure.self) {
            _ = try await folder.createTemporary(in: scratch.path("cam/proxy/2026"), jobID: "job", attempt: 1)
        }
        #expect(failure?.code == .proxyPathOccupied)
        #expect(try scratch.names("elsewhere").isEmpty)
    }

    @Test func rootMayItselfBeReachedThroughALink() async throws {
        let scratch = try Scratch()
        try scratch.makeDirectory(scratch.path("mnt"))
        try scratch.link("nas", to: scratch.path("mnt"))
        let folder = ProxyFolder(folders: OutputFolders(roots: [scratch.path("nas")]))
        let file = try await folder.createTemporary(in: scratch.path("nas/proxy"), jobID: "job", attempt: 1)
        #expect(try scratch.names("mnt/proxy").count == 1)
        await folder.discard(file)
        #expect(try scratch.names("mnt/proxy").isEmpty)
    }

    @Test func temporaryIsPrivateAndTheProxyHasTheUsualMode() async throws {
        let scratch = try Scratch()
        let folder = folder(scratch)
        let file = try await temporary(folder, in: scratch.path("proxy"), "x")
        #expect(try FileStatus.of(file.descriptor.rawValue).mode == 0o600)
        _ = try await folder.harden(file)
        let usual = try FileDescriptor.open(
            scratch.path("usual"), .writeOnly, options: .create,
            permissions: FilePermissions(rawValue: 0o666))
        #expect(try FileStatus.of(file.descriptor.rawValue).mode == FileStatus.of(usual.rawValue).mode)
        try usual.close()
        await folder.discard(file)
    }

    @Test func removedTemporaryIsNotPublished() async throws {
        let scratch = try Scratch()
        let folder = folder(scratch)
        let file = try await temporary(folder, in: scratch.path("proxy"), "ours")
        try FileManager.default.removeItem(atPath: file.path.string)
        let name = file.path.fileName?.text ?? ""
        try scratch.make("proxy/\(name)", "forged")
        let failure = await #expect(throws: Failure.self) {
            try await folder.publish(file, as: scratch.path("proxy/clip.mp4"), replacing: [])
        }
        #expect(failure?.code == .ioError)
        await folder.discard(file)
        #expect(try scratch.text("proxy/\(name)") == "forged")
    }

    @Test func temporariesThatThisProcessWritesAreNoStrays() async throws {
        let scratch = try Scratch()
        let folder = folder(scratch)
        let file = try await temporary(folder, in: scratch.path("proxy"), "being written")
        try scratch.make("proxy/.understudy-job-1-abc.tmp")
        #expect(await folder.removeStrayTemporaries(below: scratch.root) == 1)
        #expect(try scratch.names("proxy") == [file.path.lastComponent?.string])
        await folder.discard(file)
    }

    @Test func strayTemporariesGoAndNothingElse() async throws {
        let scratch = try Scratch()
        let folder = folder(scratch)
        for name in [
            "proxy/.understudy-a-1.tmp", "proxy/x/y/.understudy-b-1.tmp", "proxy/clip.mp4", "proxy/.understudy",
        ] {
            try scratch.make(name)
        }
        try scratch.make("outside/.understudy-c-1.tmp")
        try scratch.link("proxy/link", to: scratch.path("outside"))
        try scratch.link("proxy/.understudy-link", to: scratch.path("outside"))
        try scratch.makeDirectory(scratch.path("proxy/.understudy-folder"))
        #expect(await folder.removeStrayTemporaries(below: scratch.path("proxy")) == 2)
        #expect(
            try scratch.names("proxy")
                == [".understudy", ".understudy-folder", ".understudy-link", "clip.mp4", "link", "x"])
        #expect(try scratch.names("outside").count == 1)
        #expect(await folder.removeStrayTemporaries(below: scratch.path("no")) == 0)
    }

    @Test func freeSpaceIsThatOfTheNearestAncestor() async throws {
        let scratch = try Scratch()
        let folder = folder(scratch)
        #expect(await folder.availableBytes(at: scratch.path("not/yet/there")) ?? 0 > 0)
    }

    @Test func tooLongANameSaysSo() async throws {
        let scratch = try Scratch()
        let folder = folder(scratch)
        let failure = await #expect(throws: Failure.self) {
            _ = try await folder.createTemporary(
                in: scratch.path(String(repeating: "n", count: 256)), jobID: "job", attempt: 1)
        }
        #expect(failure?.code == .nameTooLong)
    }

    @Test(.enabled(if: getuid() == 0, "mounting a small file system needs root"))
    func fullDiskSaysSoAndLeavesNothing() async throws {
        let scratch = try Scratch()
        let path = scratch.path("small")
        try scratch.makeDirectory(path)
        let mounted = unsafe path.withPlatformString { unsafe mount("none", $0, "tmpfs", 0, "size=64k") }
        // Some containers refuse mounts to their root.
        guard mounted == 0 else { return }
        defer { _ = unsafe path.withPlatformString { unsafe umount($0) } }
        let failure = #expect(throws: Failure.self) {
            try AtomicFile.write(
                [UInt8](repeating: 1, count: 200_000), to: path.appending("clip.json"),
                temporaryName: FileName(".understudy-x"))
        }
        #expect(failure?.code == .diskFull)
        #expect(try scratch.names("small").isEmpty)
    }

    /// A NAS that is not mounted leaves an empty mount point: nothing may be made in it.
    @Test func nothingIsMadeAboveAMirror() async throws {
        let scratch = try Scratch()
        let root = scratch.path("nas")
        try scratch.makeDirectory(root)
        let folder = ProxyFolder(folders: OutputFolders(roots: [root], mirrors: [root: FileName("proxy")]))
        let directory = root.appending("cam1/proxy/2026")
        do {
            _ = try await folder.createTemporary(in: directory, jobID: "job", attempt: 1)
            Issue.record("a file was made where nothing is mounted")
        } catch {
            #expect(error.code == .mountMissing)
            #expect(error.message.contains("/nas/cam1'"))
        }
        #expect(try scratch.names("nas").isEmpty)
        try scratch.makeDirectory(root.appending("cam1"))
        let file = try await folder.createTemporary(in: directory, jobID: "job", attempt: 1)
        await folder.discard(file)
        #expect(try scratch.names("nas/cam1") == ["proxy"])
    }
}
