import Domain
import Foundation
import SystemPackage
import Testing
import WorkerProtocol

@testable import Transcoding

@Suite struct FailureTests {
    private static let clip = "-f lavfi -i testsrc2=size=320x240:rate=25:duration=2 -c:v libx264 -preset ultrafast"

    private func code(_ bytes: [UInt8]) throws -> FailureCode? {
        let scratch = try Scratch()
        return try failure(try scratch.write("original.mp4", bytes), in: scratch)?.code
    }

    @Test func emptyFileIsNotMedia() throws { #expect(try code([]) == .notMedia) }

    @Test func textIsNotMedia() throws {
        #expect(try code(Array(String(repeating: "Not a video at all. ", count: 500).utf8)) == .notMedia)
    }

    @Test func playlistNamedMP4IsNotMedia() throws {
        let playlist = "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n"
        #expect(try code(Array(playlist.utf8)) == .notMedia)
    }

    @Test func concatScriptIsNotMedia() throws {
        #expect(try code(Array("ffconcat version 1.0\nfile /etc/passwd\n".utf8)) == .notMedia)
    }

    @Test(arguments: ["heic", "avif", "mif1"])
    func stillImageIsNotMedia(brand: String) throws {
        let box: [UInt8] = [0, 0, 0, 16] + Array("ftyp\(brand)".utf8) + [0, 0, 0, 0]
        let scratch = try Scratch()
        let failure = try failure(try scratch.write("a.mp4", box + Array(repeating: 7, count: 500)), in: scratch)
        #expect(failure?.code == .notMedia)
        #expect(failure?.message.contains("still image") == true)
    }

    @Test func stillPictureIsNotMedia() throws {
        let scratch = try Scratch()
        for ending in ["jpg", "png", "bmp"] {
            let picture = try scratch.clip("a.\(ending)", "-f lavfi -i testsrc2=size=64x64 -frames:v 1 -update 1")
            #expect(try failure(picture, in: scratch)?.code == .notMedia)
        }
    }

    @Test(arguments: ["m4a", "wav", "mp3", "mka"])
    func soundOnlyHasNoVideoStream(ending: String) throws {
        let scratch = try Scratch()
        let original = try scratch.clip("a.\(ending)", "-f lavfi -i sine=duration=1")
        #expect(try failure(original, in: scratch)?.code == .noVideoStream)
    }

    @Test func coverPictureIsNoVideo() throws {
        let scratch = try Scratch()
        let cover = try scratch.clip("cover.jpg", "-f lavfi -i testsrc2=size=64x64 -frames:v 1 -update 1")
        let original = try scratch.clip(
            "a.m4a", "-f lavfi -i sine=duration=1 -i \(cover) -map 0 -map 1 -c:v copy -disposition:v:0 attached_pic")
        #expect(try failure(original, in: scratch)?.code == .noVideoStream)
    }

    @Test(arguments: [0.2, 0.5, 0.9])
    func videoCutBeforeItsIndexIsTruncated(part: Double) throws {
        let scratch = try Scratch()
        let bytes = try Array(Data(contentsOf: URL(fileURLWithPath: scratch.clip("a.mp4", FailureTests.clip))))
        let cut = try scratch.write("b.mp4", Array(bytes.prefix(Int(Double(bytes.count) * part))))
        #expect(try failure(cut, in: scratch)?.code == .truncated)
    }

    @Test func indexWithoutItsDataIsTruncated() throws {
        let scratch = try Scratch()
        let whole = try scratch.clip("a.mp4", "\(FailureTests.clip) -movflags +faststart")
        let bytes = try Array(Data(contentsOf: URL(fileURLWithPath: whole)))
        let data = try #require(bytes.firstPosition(of: Array("mdat".utf8)))
        let cut = try scratch.write("b.mp4", Array(bytes.prefix(data + 8)))
        #expect(try failure(cut, in: scratch)?.code == .truncated)
    }

    @Test func halfFileIsTruncatedThoughItsFirstPartDecodes() throws {
        let scratch = try Scratch()
        let whole = try scratch.clip("a.mp4", "\(FailureTests.clip) -t 4 -g 10 -movflags +faststart")
        let bytes = try scratch.bytes(whole)
        let half = try scratch.write("b.mp4", Array(bytes.prefix(bytes.count * 4 / 10)))
        #expect(try failure(half, in: scratch)?.code == .truncated)
    }

    @Test func trailerThatIsNoBoxDoesNotMakeAFileTruncated() throws {
        let scratch = try Scratch()
        let whole = try scratch.clip("a.mp4", FailureTests.clip)
        let bytes = try Array(Data(contentsOf: URL(fileURLWithPath: whole)))
        let trailer = Array("a camera's own trailer".utf8)
        #expect(try failure(try scratch.write("b.mp4", bytes + trailer), in: scratch) == nil)
    }

    @Test func pictureThatLibavRefusesForItsSizeIsAgainstTheLimit() throws {
        let scratch = try Scratch()
        let header = Array("YUV4MPEG2 W30000 H30000 F25:1 Ip A1:1 C420\nFRAME\n".utf8)
        let original = try scratch.write("a.y4m", header + [UInt8](repeating: 16, count: 4096))
        #expect(try failure(original, in: scratch)?.code == .limitExceeded)
    }

    @Test func unknownCodecIsUnsupported() throws {
        let scratch = try Scratch()
        let good = try scratch.clip("a.mov", "\(FailureTests.clip)")
        let original = try scratch.replacing("avc1", with: "zzzz", in: good, as: "b.mov")
        #expect(try failure(original, in: scratch)?.code == .unsupportedCodec)
    }

    @Test func encryptedPictureIsNamedSo() throws {
        let scratch = try Scratch()
        let original = try scratch.clip(
            "a.mp4",
            "\(FailureTests.clip) -encryption_scheme cenc-aes-ctr -encryption_key 00112233445566778899aabbccddeeff "
                + "-encryption_kid 00112233445566778899aabbccddeeff")
        #expect(try failure(original, in: scratch)?.code == .encrypted)
    }

    @Test func pictureOfNoiseDoesNotDecode() throws {
        let scratch = try Scratch()
        let good = try scratch.clip("a.mp4", FailureTests.clip)
        var bytes = try Array(Data(contentsOf: URL(fileURLWithPath: good)))
        let start = try #require(bytes.firstPosition(of: Array("mdat".utf8))) + 4
        let end = try #require(bytes.firstPosition(of: Array("moov".utf8))) - 4
        for index in start..<end { bytes[index] = 0xff }
        #expect(try failure(try scratch.write("b.mp4", bytes), in: scratch)?.code == .decodeFailed)
    }

    @Test func limitsAreKept() throws {
        let scratch = try Scratch()
        let original = try scratch.clip("a.mp4", "\(FailureTests.clip) -f mp4")
        var limits = WorkerLimits()
        limits.maxPixels = 320 * 239
        #expect(try failure(original, in: scratch, limits: limits)?.code == .limitExceeded)
        limits = WorkerLimits()
        limits.maxDurationSeconds = 1
        #expect(try failure(original, in: scratch, limits: limits)?.code == .limitExceeded)
        let many = try scratch.clip(
            "b.mkv", "-i \(original) -map 0 -map 0 -map 0 -map 0 -map 0 -c copy")
        limits = WorkerLimits()
        limits.maxStreams = 4
        #expect(try failure(many, in: scratch, limits: limits)?.code == .limitExceeded)
    }

    @Test func fullDiskIsNamedSo() throws {
        let scratch = try Scratch()
        let original = try scratch.clip("a.mp4", FailureTests.clip)
        let input = try FileDescriptor.open(FilePath(original), .readOnly)
        let full = try FileDescriptor.open(FilePath("/dev/full"), .readWrite)
        #expect(throws: Failure.self) {
            do {
                _ = try ProxyTranscode(preset: Preset(height: 120), limits: WorkerLimits())
                    .run(input, into: full) { _ in }
            } catch let failure as Failure {
                #expect(failure.code == .diskFull)
                throw failure
            }
        }
        try input.close()
        try full.close()
    }

    /// libav's Matroska demuxer calls it an input/output error. A folder must not wait for a disk that is well.
    @Test(arguments: [100, 400])
    func matroskaThatEndsInItsHeaderIsNoIOError(bytes: Int) throws {
        let scratch = try Scratch()
        let whole = try scratch.clip("a.mkv", FailureTests.clip)
        let cut = Array(try Data(contentsOf: URL(fileURLWithPath: whole)).prefix(bytes))
        #expect(try failure(try scratch.write("cut.mkv", cut), in: scratch)?.code == .notMedia)
    }

    @Test func unreadableOriginalIsAnIOError() throws {
        let scratch = try Scratch()
        let directory = try FileDescriptor.open(FilePath(scratch.path), .readOnly)
        #expect(throws: Failure.self) {
            do {
                _ = try MediaProbe.describe(directory, limits: WorkerLimits())
            } catch let failure as Failure {
                #expect(failure.code == .ioError)
                throw failure
            }
        }
        try directory.close()
    }
}

extension Scratch {
    /// A copy of a file with every occurrence of four letters replaced.
    func replacing(_ old: String, with new: String, in file: String, as name: String) throws -> String {
        var bytes = try Array(Data(contentsOf: URL(fileURLWithPath: file)))
        while let start = bytes.firstPosition(of: Array(old.utf8)) {
            bytes.replaceSubrange(start..<(start + old.utf8.count), with: Array(new.utf8))
        }
        return try write(name, bytes)
    }
}

extension [UInt8] {
    /// Where a sequence of bytes begins for the first time.
    func firstPosition(of pattern: [UInt8]) -> Int? { firstRange(of: pattern)?.lowerBound }
}
