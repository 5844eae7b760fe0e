import Domain
import Glibc
import SystemPackage
import Testing

@testable import DropFolders

@Suite struct LeaseProbeTests {
    let tree = TestTree()
    private let probe = LeaseProbe()

    init() throws { try tree.mkdir("original") }

    func location(_ relative: String) -> OriginalLocation {
        OriginalLocation(root: tree.root, dropFolder: tree.path("original"), path: tree.path(relative))
    }

    func observation(_ relative: String) async throws -> UploadObservation {
        guard case .observed(let observation) = await probe.probe(location(relative)) else {
            throw Errno.noSuchFileOrDirectory
        }
        return observation
    }

    @Test func closedFileIsFreeAndAnOpenWriterIsSeen() async throws {
        try tree.write("original/a.mp4", "hello")
        let free = try await observation("original/a.mp4")
        #expect(free.writer == .free)
        #expect(free.identity.sizeBytes == 5)
        #expect(free.age >= .zero)
        let writer = try FileDescriptor.open(tree.path("original/a.mp4"), .writeOnly, options: .append)
        #expect(try await observation("original/a.mp4").writer == .busy)
        try writer.close()
        #expect(try await observation("original/a.mp4").writer == .free)
    }

    @Test func writerOnAnotherHardLinkIsSeen() async throws {
        try tree.write("elsewhere.bin")
        try tree.link("elsewhere.bin", "original/a.mp4")
        let writer = try FileDescriptor.open(tree.path("elsewhere.bin"), .writeOnly)
        #expect(try await observation("original/a.mp4").writer == .busy)
        try writer.close()
    }

    @Test func ageFollowsTheModificationTimeAndIsNeverNegative() async throws {
        try tree.write("original/a.mp4")
        try setModificationTime("original/a.mp4", secondsFromNow: -3600)
        #expect(try await observation("original/a.mp4").age >= .seconds(3600))
        try setModificationTime("original/a.mp4", secondsFromNow: 3600)
        #expect(try await observation("original/a.mp4").age == .zero)
    }

    @Test func linksPipesDirectoriesAndMissingFilesAreNamedAndNeverWaitedFor() async throws {
        try tree.write("original/real.mp4")
        try tree.symlink("real.mp4", "original/link.mp4")
        try tree.symlink("original", "linked")
        try tree.fifo("original/pipe.mp4")
        try tree.mkdir("original/dir.mp4")
        #expect(await probe.probe(location("original/link.mp4")) == .notRegular)
        #expect(await probe.probe(location("linked/real.mp4")) == .notRegular)
        #expect(await probe.probe(location("original/pipe.mp4")) == .notRegular)
        #expect(await probe.probe(location("original/dir.mp4")) == .notRegular)
        #expect(await probe.probe(location("original/none.mp4")) == .gone)
        #expect(await probe.probe(location("original/real.mp4/below.mp4")) == .gone)
    }

    @Test func manyProbesLeaveNoDescriptorAndNoLeaseBehind() async throws {
        try tree.write("original/a.mp4")
        for _ in 0..<2000 { _ = await probe.probe(location("original/a.mp4")) }
        // A lease left behind would make this open fail at once.
        let writer = try FileDescriptor.open(tree.path("original/a.mp4"), .writeOnly, options: .nonBlocking)
        try writer.close()
    }

    private func setModificationTime(_ relative: String, secondsFromNow seconds: Int) throws {
        var now = timespec()
        _ = unsafe clock_gettime(CLOCK_REALTIME, &now)
        let time = timespec(tv_sec: now.tv_sec + seconds, tv_nsec: 0)
        let result = unsafe tree.path(relative).withPlatformString { path in
            unsafe utimensat(AT_FDCWD, path, [time, time], 0)
        }
        guard result == 0 else { throw Errno(rawValue: errno) }
    }
}

extension LeaseProbeTests {
    private func bytes(ofMovieWith mediaBytes: Int) -> String {
        func box(_ type: String, _ content: String) -> String {
            let length = content.utf8.count + 8
            return "\0\0" + [length >> 8, length & 0x7F].map { String(UnicodeScalar(UInt8($0))) }.joined() + type
                + content
        }
        // Lengths whose bytes are ASCII, so that text is enough.
        return box("ftyp", String(repeating: "a", count: 8))
            + box("moov", box("mvhd", String(repeating: "b", count: 24)))
            + box("mdat", String(repeating: "c", count: mediaBytes))
    }

    @Test func structureIsPartOfTheLook() async throws {
        try tree.write("original/whole.mp4", bytes(ofMovieWith: 100))
        #expect(try await observation("original/whole.mp4").structure == .whole)
        try tree.write("original/cut.mp4", String(bytes(ofMovieWith: 100).dropLast(30)))
        #expect(try await observation("original/cut.mp4").structure == .cutShort(missingBytes: 30))
        let blind = LeaseProbe(structure: .never)
        guard case .observed(let seen) = await blind.probe(location("original/cut.mp4")) else {
            Issue.record("not observed")
            return
        }
        #expect(seen.structure == .cannotTell)
    }

    @Test func holeInTheMiddleOfAWholeStructureIsSeen() async throws {
        // The media is said to have 64 KiB (of which the last few bytes are written) and the file has them.
        let path = tree.path("original/holed.mp4")
        let head = "\0\0\0\u{10}ftypaaaaaaaa" + "\0\0\0\u{28}moov\0\0\0\u{20}mvhd" + String(repeating: "b", count: 24)
        let file = try FileDescriptor.open(path, .writeOnly, options: .create, permissions: [.ownerReadWrite])
        try file.closeAfter {
            _ = try file.writeAll((head + "\0\u{10}\0\0mdat").utf8)
            _ = try file.writeAll(
                toAbsoluteOffset: Int64(head.utf8.count + 0x10_0000 - 5000), String(repeating: "c", count: 5000).utf8)
        }
        let seen = try await observation("original/holed.mp4")
        #expect(seen.structure == .whole && seen.holes == .found)
    }
}
