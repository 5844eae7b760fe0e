import Domain
import Glibc
import SystemPackage
import Testing

@testable import DropFolders

// mmap(2), linkat(2) and fallocate(2) work on pointers: the reason for `unsafe` in this file.

/// Writers of every kind, on real files: none is ever taken for finished before its last byte.
@Suite struct WriterTests {
    let tree = TestTree()
    private let probe = LeaseProbe()
    private let path: FilePath
    private let location: OriginalLocation

    init() throws {
        try tree.mkdir("original")
        path = tree.path("original/clip.mp4")
        location = OriginalLocation(root: tree.root, dropFolder: tree.path("original"), path: path)
    }

    private static func box(_ type: String, _ content: [UInt8]) -> [UInt8] {
        (0..<4).reversed().map { UInt8(truncatingIfNeeded: (content.count + 8) >> (8 * $0)) } + Array(type.utf8)
            + content
    }
    /// A movie of about a megabyte, its index at the front as in streaming files, or at the end as in cameras'.
    private static func movie(indexFirst: Bool) -> [UInt8] {
        let head = box("ftyp", Array("isom".utf8) + [0, 0, 0, 0])
        let index = box("moov", box("mvhd", [UInt8](repeating: 1, count: 100)))
        let media = box("mdat", [UInt8](repeating: 7, count: 1_000_000))
        return indexFirst ? head + index + media : head + media + index
    }

    /// What a machine that has seen nothing before does after one look.
    private func verdict() async throws -> SettleMachine.Action {
        guard case .observed(let observation) = await probe.probe(location) else { throw Errno.noSuchFileOrDirectory }
        var machine = SettleMachine(settle: .seconds(10), stall: .showIncomplete(after: .seconds(600)))
        return machine.take(observation, at: .zero)
    }

    private func isReady() async throws -> Bool {
        if case .ready = try await verdict() { return true }
        return false
    }

    private func create() throws -> FileDescriptor {
        try FileDescriptor.open(path, .readWrite, options: .create, permissions: [.ownerReadWrite])
    }

    private static let proof = SettleMachine.Action.ready([.noWriter, .containerComplete, .noHoles])

    @Test(arguments: [false, true]) func slowWriterIsWaitedFor(indexFirst: Bool) async throws {
        let movie = Self.movie(indexFirst: indexFirst)
        let file = try create()
        for start in stride(from: 0, to: movie.count, by: 100_000) {
            _ = try file.writeAll(movie[start..<min(start + 100_000, movie.count)])
            #expect(try await isReady() == false)
        }
        try file.close()
        #expect(try await verdict() == Self.proof)
    }

    @Test(arguments: [false, true]) func writerThatOpensAndClosesForEachChunkIsWaitedFor(indexFirst: Bool) async throws
    {
        let movie = Self.movie(indexFirst: indexFirst)
        try create().close()
        for start in stride(from: 0, to: movie.count, by: 100_000) {
            #expect(try await isReady() == false, "at \(start)")
            let file = try FileDescriptor.open(path, .writeOnly, options: .append)
            try file.closeAfter { _ = try file.writeAll(movie[start..<min(start + 100_000, movie.count)]) }
        }
        #expect(try await verdict() == Self.proof)
    }

    @Test(arguments: [false, true]) func sizeThatIsSetFirstProvesNothing(isAllocated: Bool) async throws {
        let movie = Self.movie(indexFirst: true)
        let file = try create()
        if isAllocated {
            #expect(posix_fallocate(file.rawValue, 0, off_t(movie.count)) == 0)
        } else {
            #expect(ftruncate(file.rawValue, off_t(movie.count)) == 0)
        }
        try file.close()
        #expect(try await isReady() == false, "nothing is written")
        // The last chunk comes first, as NFS clients may send them.
        for start in stride(from: 0, to: movie.count, by: 100_000).reversed() {
            #expect(try await isReady() == false, "at \(start)")
            let file = try FileDescriptor.open(path, .writeOnly)
            try file.closeAfter {
                _ = try file.writeAll(
                    toAbsoluteOffset: Int64(start), movie[start..<min(start + 100_000, movie.count)])
            }
        }
        #expect(try await verdict() == Self.proof)
    }

    @Test func sparseButWholeFileIsReadyAfterHalfAMinuteWithAWarning() async throws {
        let movie = Self.movie(indexFirst: false)
        let file = try create()
        try file.closeAfter {
            _ = try file.writeAll(movie[..<200_000])
            _ = try file.writeAll(toAbsoluteOffset: 600_000, movie[600_000...])
        }
        guard case .observed(let observation) = await probe.probe(location) else { throw Errno.noSuchFileOrDirectory }
        #expect(observation.structure == .whole && observation.holes == .found)
        var machine = SettleMachine(settle: .seconds(10), stall: .showIncomplete(after: .seconds(600)))
        guard case .look(let pause, busy: false) = machine.take(observation, at: .zero) else {
            Issue.record("not waited for")
            return
        }
        #expect(pause > .seconds(29))
        #expect(
            machine.take(observation, at: .seconds(31)) == .ready([.noWriter, .containerComplete, .hasHoles, .quiet]))
    }

    @Test func unnamedFileThatGetsItsNameWhileItIsWrittenIsWaitedFor() async throws {
        let movie = Self.movie(indexFirst: true)
        let folder = tree.path("original")
        let unnamed: Int32 = 0o20_200_000  // O_TMPFILE (bits/fcntl-linux.h), hidden without _GNU_SOURCE.
        let number = unsafe folder.withPlatformString { unsafe Glibc.open($0, unnamed | O_RDWR, 0o600) }
        try #require(number >= 0)
        let file = FileDescriptor(rawValue: number)
        _ = try file.writeAll(movie[..<500_000])
        let link = FilePath("/proc/self/fd/\(number)")
        let result = unsafe link.withPlatformString { from in
            unsafe path.withPlatformString { unsafe linkat(AT_FDCWD, from, AT_FDCWD, $0, AT_SYMLINK_FOLLOW) }
        }
        try #require(result == 0)
        #expect(try await isReady() == false)
        _ = try file.writeAll(movie[500_000...])
        #expect(try await isReady() == false)
        try file.close()
        #expect(try await verdict() == Self.proof)
    }

    @Test func mappingThatOutlivesItsDescriptorIsAWriter() async throws {
        let movie = Self.movie(indexFirst: true)
        let file = try create()
        try #require(ftruncate(file.rawValue, off_t(movie.count)) == 0)
        let mapping = try unsafe #require(
            unsafe mmap(nil, movie.count, PROT_READ | PROT_WRITE, MAP_SHARED, file.rawValue, 0))
        try #require(unsafe mapping != MAP_FAILED)
        try file.close()
        unsafe movie.withUnsafeBytes {
            unsafe mapping.copyMemory(from: $0.baseAddress.unsafelyUnwrapped, byteCount: movie.count)
        }
        #expect(try await isReady() == false)
        unsafe munmap(mapping, movie.count)
        #expect(try await verdict() == Self.proof)
    }

    @Test func writerOnAnotherHardLinkIsWaitedFor() async throws {
        let movie = Self.movie(indexFirst: true)
        let elsewhere = tree.path("elsewhere.bin")
        let file = try FileDescriptor.open(elsewhere, .writeOnly, options: .create, permissions: [.ownerReadWrite])
        try tree.link("elsewhere.bin", "original/clip.mp4")
        _ = try file.writeAll(movie)
        #expect(try await isReady() == false)
        try file.close()
        #expect(try await verdict() == Self.proof)
    }

    @Test func interruptedRsyncsMarkAndFindersMarkAreVetoes() async throws {
        try tree.write("original/clip.mp4", String(decoding: Self.movie(indexFirst: true), as: UTF8.self))
        #expect(try await verdict() == Self.proof)
        let epoch = timespec(tv_sec: 0, tv_nsec: 500)
        try #require(unsafe path.withPlatformString { unsafe utimensat(AT_FDCWD, $0, [epoch, epoch], 0) } == 0)
        #expect(try await isReady() == false)
        let now = timespec(tv_sec: 1_700_000_000, tv_nsec: 0)
        try #require(unsafe path.withPlatformString { unsafe utimensat(AT_FDCWD, $0, [now, now], 0) } == 0)
        #expect(try await isReady())

        let header: [UInt8] = [0x00, 0x05, 0x16, 0x07, 0, 2, 0, 0] + [UInt8](repeating: 0x20, count: 16) + [0, 1]
        let entry: [UInt8] = [0, 0, 0, 9, 0, 0, 0, 38, 0, 0, 0, 32]
        let mark = FilePath("\(tree.root.string)/original/._clip.mp4")
        try tree.write(mark, String(decoding: header + entry + Array("brokMACS".utf8), as: UTF8.self))
        #expect(try await isReady() == false)
        try tree.write(mark, String(decoding: header + entry + Array("MooVTVOD".utf8), as: UTF8.self))
        #expect(try await isReady())
    }
}

@Suite struct FinderMarkTests {
    @Test func marksAreReadFromBothFormsAndNothingElse() {
        let info: [UInt8] = [0x41, 0x46, 0x50, 0, 0, 1, 0, 0] + [UInt8](repeating: 0, count: 8)
        #expect(FinderMark.isBusy(afpInfo: info + Array("brokMACS".utf8) + [0]))
        #expect(!FinderMark.isBusy(afpInfo: info + Array("MooVTVOD".utf8)))
        #expect(!FinderMark.isBusy(afpInfo: info))
        let header: [UInt8] = [0x00, 0x05, 0x16, 0x07, 0, 2, 0, 0] + [UInt8](repeating: 0, count: 16)
        let mark = Array("brokMACS".utf8)
        #expect(FinderMark.isBusy(appleDouble: header + [0, 1] + [0, 0, 0, 9, 0, 0, 0, 38, 0, 0, 0, 32] + mark))
        // Lies about the number and the place of the entries.
        #expect(
            !FinderMark.isBusy(appleDouble: header + [0xFF, 0xFF] + [0, 0, 0, 2, 0, 0, 0, 38, 0, 0, 0, 32] + mark))
        #expect(
            !FinderMark.isBusy(appleDouble: header + [0, 1] + [0, 0, 0, 9, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 1] + mark))
        #expect(!FinderMark.isBusy(appleDouble: header))
    }

    @Test func serverIsRunningWhereItHasThreadsOrWillNotSay() throws {
        let tree = TestTree()
        #expect(!KernelNFSServer.isRunning(threads: tree.path("threads"), isProcOurOwn: false))
        try tree.write("threads", "0\n")
        #expect(!KernelNFSServer.isRunning(threads: tree.path("threads")))
        try tree.write("threads", "8\n")
        #expect(KernelNFSServer.isRunning(threads: tree.path("threads")))
    }

    /// As below `ProtectProc=invisible`.
    @Test func serverThatAPrivateProcHidesCountsAsRunningWhereTheKernelHasOne() throws {
        let tree = TestTree()
        #expect(KernelNFSServer.isRunning(threads: tree.path("threads"), isProcOurOwn: true))
        #expect(!KernelNFSServer.isRunning(threads: tree.path("none/threads"), isProcOurOwn: true))
        #expect(!KernelNFSServer.isProcOurOwn)
    }
}
