import Domain
import Glibc
import SystemPackage
import Testing

@testable import DropFolders

@Suite struct LeaseProbeTests {
    private let tree = TestTree()
    private let probe = LeaseProbe()

    init() throws { try tree.mkdir("original") }

    private func location(_ relative: String) -> OriginalLocation {
        OriginalLocation(root: tree.root, dropFolder: tree.path("original"), path: tree.path(relative))
    }

    private func observation(_ relative: String) async throws -> UploadObservation {
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
