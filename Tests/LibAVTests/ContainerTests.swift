import Glibc
import LibAV
import SystemPackage
import Testing

@Suite struct ContainerTests {
    private static let limits = InputContainer.Limits(maxStreams: 16, maxPixels: 1 << 24, maxAllocation: 512 << 20)

    private func opening(_ bytes: [UInt8]) throws -> LibAVError? {
        let file = try TemporaryFile(bytes)
        do throws(LibAVError) {
            _ = try InputContainer.open(file.descriptor, limits: ContainerTests.limits)
            return nil
        } catch {
            return error
        }
    }

    @Test func playlistIsRefusedByTheListOfDemuxers() throws {
        let error = try opening(Array("ffconcat version 1.0\nfile /etc/passwd\n".utf8))
        #expect(error?.code == .formatRefused)
        #expect(error?.message.contains("concat") == true)
    }

    /// libav 7.1 takes a playlist of HLS for one only by its ending or MIME type, of which it is told nothing (hls.c,
    /// `hls_probe`); older ones by its content.
    @Test func playlistOfHLSIsRefused() throws {
        let playlist = "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"
        let error = try #require(try opening(Array(playlist.utf8)))
        #expect(error.code == .formatRefused && error.message.contains("hls") || error.code == .invalidData)
    }

    @Test func subtitlesAreRefusedByTheListOfDemuxers() throws {
        let subtitles = "1\n00:00:00,000 --> 00:00:01,000\nHello\n\n2\n00:00:01,000 --> 00:00:02,000\nA\n"
        let error = try opening(Array(subtitles.utf8))
        #expect(error?.code == .formatRefused)
    }

    @Test(arguments: [0, 1, 7, 4096])
    func shortOrRandomBytesAreAnErrorAndNothingElse(count: Int) throws {
        // Knuth's MMIX generator with a fixed seed: the same bytes in every run.
        var state: UInt64 = 1
        let bytes = (0..<count).map { _ -> UInt8 in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 33)
        }
        #expect(try opening(bytes) != nil)
    }

    @Test func digestIsSHA256() throws {
        let digest = try SHA256Digest.start()
        digest.update(Array("abc".utf8)[...])
        #expect(digest.finish() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test func readsStopAtTheEndOfTheFile() throws {
        let file = try TemporaryFile([1, 2, 3])
        #expect(try FileBytes.read(file.descriptor, at: 1, count: 10) == [2, 3])
        #expect(try FileBytes.size(of: file.descriptor) == 3)
    }
}

/// A nameless file.
final class TemporaryFile {
    let descriptor: FileDescriptor

    init(_ bytes: [UInt8]) throws {
        let name = FilePath("/tmp/understudy-libav-test-\(UInt64.random(in: 0 ... .max))")
        descriptor = try FileDescriptor.open(
            name, .readWrite, options: [.create, .exclusiveCreate], permissions: .ownerReadWrite)
        _ = unsafe name.withPlatformString { unsafe unlink($0) }
        try descriptor.writeAll(bytes)
    }

    deinit { try? descriptor.close() }  // A test file's close cannot lose anything.
}
