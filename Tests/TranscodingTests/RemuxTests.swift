import Domain
import Foundation
import SystemPackage
import Testing
import WorkerProtocol

@testable import LibAV
@testable import Transcoding

/// What is a proxy already is copied; everything else is encoded.
@Suite struct RemuxTests {
    struct Clip: Sendable, CustomTestStringConvertible {
        let name: String
        var before = ""
        var source = "testsrc2=size=320x240:rate=10:duration=3,gblur=sigma=6"
        var video = RemuxTests.h264
        var more = ""
        /// Passes that it takes: more than one where the doubt comes on the way.
        var passes = 1

        var testDescription: String { name }
    }

    private static let h264 = "-c:v libx264 -preset veryfast -bf 0 -crf 40 -pix_fmt yuv420p"
    private static let sound = "-f lavfi -i sine=sample_rate=48000:duration=3"
    private static let preset = Preset(height: 240)

    private func make(_ clip: Clip, in scratch: Scratch) throws -> String {
        try scratch.clip(
            clip.name,
            "\(clip.before) -f lavfi -i \(clip.source) \(RemuxTests.sound) -map 0 -map 1 \(clip.video) -c:a aac -b:a 40k \(clip.more)"
        )
    }

    /// SHA-256 of each picture.
    private func decodedPictures(_ file: String) throws -> [Substring] {
        try ffmpeg(["-i", file, "-map", "0:v:0", "-vsync", "passthrough", "-f", "framehash", "-hash", "sha256", "-"])
            .split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap { $0.split(separator: ",").last }
    }

    /// When each picture but the first is shown, in seconds before the last. (The first one stands from the beginning on.)
    private func times(_ file: String) throws -> [Double] {
        let text = try ffprobe([
            "-select_streams", "v:0", "-show_entries", "packet=pts_time", "-of", "csv=p=0", file,
        ])
        let times = text.split(whereSeparator: { $0 == "\n" || $0 == "," }).compactMap { Double($0) }.sorted()
        return times.dropFirst().map { (times.last ?? 0) - $0 }
    }

    @Test(arguments: [
        Clip(name: "a.mp4"), Clip(name: "a.mov"), Clip(name: "a.mkv"), Clip(name: "a.ts"), Clip(name: "a.flv"),
        Clip(name: "bframes.mp4", video: h264.replacing("-bf 0", with: "-bf 3")),
        Clip(name: "baseline.mp4", video: "\(h264) -profile:v baseline"),
        Clip(name: "smaller.mp4", source: "testsrc2=size=160x120:rate=5:duration=3,gblur=sigma=6"),
        Clip(name: "headers.mp4", video: "\(h264) -g 10 -bsf:v dump_extra"),
        Clip(name: "fragmented.mp4", more: "-movflags frag_keyframe+empty_moov"),
    ])
    func pictureThatIsAProxyIsCopied(clip: Clip) throws {
        let scratch = try Scratch()
        let original = try make(clip, in: scratch)
        let outcome = try transcode(original, to: scratch.file("proxy.mp4"), preset: RemuxTests.preset)
        #expect(outcome.report.method == .remux)
        #expect(outcome.pictures.isEmpty, "nothing was encoded")
        #expect(outcome.report.warnings.isEmpty)
        let verified = try outcome.verified()
        #expect(verified.method == .remux)
        #expect(try decodedPictures(outcome.proxy) == (try decodedPictures(original)))
        let moved = try zip(times(outcome.proxy), times(original)).map { abs($0 - $1) }.max()
        #expect(try #require(moved) < 0.0015)
        #expect(verified.frames == outcome.report.frames && verified.frames % 15 == 0)
        #expect(abs(verified.durationSeconds - 3) < 0.1)
        #expect(verified.audioCodec == "aac")
        #expect(try startTime(outcome.proxy) == 0)
    }

    private func startTime(_ file: String) throws -> Double? {
        let text = try ffprobe(["-select_streams", "v", "-show_entries", "stream=start_time", "-of", "csv=p=0", file])
        return Double(text.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    @Test(arguments: [
        Clip(name: "taller.mp4", source: "testsrc2=size=320x256:rate=10:duration=3,gblur=sigma=6"),
        Clip(name: "faster.mp4", source: "testsrc2=size=320x240:rate=12:duration=3,gblur=sigma=6"),
        Clip(
            name: "hevc.mp4",
            video: "-c:v libx265 -preset ultrafast -x265-params log-level=none -crf 40 -pix_fmt yuv420p"),
        Clip(name: "chroma.mp4", video: h264.replacing("yuv420p", with: "yuv422p")),
        Clip(name: "depth.mp4", video: h264.replacing("yuv420p", with: "yuv420p10le")),
        Clip(name: "range.mp4", video: h264.replacing("yuv420p", with: "yuvj420p")),
        Clip(name: "interlaced.mp4", video: "\(h264) -flags +ildct+ilme -x264-params tff=1"),
        Clip(name: "large.mp4", video: h264.replacing("crf 40", with: "crf 10")),
        Clip(name: "large.mkv", video: h264.replacing("crf 40", with: "crf 5"), passes: 2),
        Clip(name: "aspect.mp4", source: "testsrc2=size=320x240:rate=10:duration=3,gblur=sigma=6,setsar=4/3"),
        Clip(
            name: "seldom-keys.mkv", source: "testsrc2=size=160x120:rate=5:duration=12,gblur=sigma=9",
            video: "\(h264) -g 1000", passes: 2),
        Clip(name: "open.mkv", video: "\(h264) -g 10 -bf 2 -x264-params open-gop=1:b-adapt=0:scenecut=0", passes: 2),
        Clip(
            name: "gap.mkv",
            source: "testsrc2=size=320x240:rate=10:duration=3,gblur=sigma=6,select=not(between(n\\,7\\,9))",
            more: "-vsync passthrough", passes: 2),
        Clip(name: "two.mp4", more: "-map 0 -c:v:1 libx264"),
        Clip(name: "late.mkv", before: "-itsoffset 1", more: "-vsync passthrough", passes: 2),
        Clip(name: "no-times.avi", passes: 2),
    ])
    func everythingElseIsEncoded(clip: Clip) throws {
        let scratch = try Scratch()
        let original = try make(clip, in: scratch)
        let outcome = try transcode(original, to: scratch.file("proxy.mp4"), preset: RemuxTests.preset)
        #expect(outcome.report.method == .encode)
        #expect(outcome.skippedPackets.count == clip.passes)
        #expect(try outcome.verified().method == .encode)
    }

    @Test func presetThatWantsNoCopyGetsNone() throws {
        let scratch = try Scratch()
        let original = try make(Clip(name: "a.mp4"), in: scratch)
        let preset = Preset(height: 240, remux: false)
        #expect(try transcode(original, to: scratch.file("proxy.mp4"), preset: preset).report.method == .encode)
    }

    @Test func rotationIsKept() throws {
        let scratch = try Scratch()
        let upright = try make(Clip(name: "a.mp4"), in: scratch)
        let original = try scratch.turned(upright, clockwise: 90)
        let outcome = try transcode(original, to: scratch.file("proxy.mp4"), preset: RemuxTests.preset)
        #expect(outcome.report.method == .remux)
        let expected = try #require(try MediaProbeTests.describe(original).video).rotationDegrees
        #expect(expected != 0)
        #expect(try MediaProbeTests.describe(outcome.proxy).video?.rotationDegrees == expected)
    }

    @Test func soundThatIsNoProxysIsEncodedBesideACopiedPicture() throws {
        let scratch = try Scratch()
        let original = try make(Clip(name: "a.mkv", more: "-c:a pcm_s16le"), in: scratch)
        let outcome = try transcode(original, to: scratch.file("proxy.mp4"), preset: RemuxTests.preset)
        #expect(outcome.report.method == .remux)
        #expect(try outcome.verified().audioCodec == "aac")
    }

    @Test(arguments: [0.3, 0.6, 0.9])
    func damageIsEncodedAway(place: Double) throws {
        let scratch = try Scratch()
        let original = try make(Clip(name: "a.ts"), in: scratch)
        var bytes = try scratch.bytes(original)
        let start = Int(Double(bytes.count) * place)
        for index in start..<start + 1500 { bytes[index] = UInt8(truncatingIfNeeded: index &* 37) }
        let damaged = try scratch.write("damaged.ts", bytes)
        let outcome = try transcode(damaged, to: scratch.file("proxy.mp4"), preset: RemuxTests.preset)
        #expect(outcome.report.method == .encode)
        #expect(outcome.skippedPackets.count > 1)
        _ = try outcome.verified()
    }

    /// A camera that was restarted with another setting, all in one transport stream: only one set of headers fits into
    /// the index.
    @Test func changedHeadersAreEncodedAway() throws {
        let scratch = try Scratch()
        let one = try make(Clip(name: "one.ts"), in: scratch)
        let other = try make(Clip(name: "other.ts", video: "\(RemuxTests.h264) -refs 4 -level 2.1"), in: scratch)
        let both = try scratch.write("both.ts", try scratch.bytes(one) + scratch.bytes(other))
        let outcome = try transcode(both, to: scratch.file("proxy.mp4"), preset: RemuxTests.preset)
        #expect(outcome.report.method == .encode)
        #expect(outcome.skippedPackets.count == 2)
        _ = try outcome.verified()
    }

    @Test func mediaThatWereOnlyTriedAreToldOnce() throws {
        let scratch = try Scratch()
        let original = try make(
            Clip(name: "large.mkv", video: RemuxTests.h264.replacing("crf 40", with: "crf 5")), in: scratch)
        var descriptions = 0
        let input = try FileDescriptor.open(FilePath(original), .readOnly)
        let output = try FileDescriptor.open(
            FilePath(scratch.file("proxy.mp4")), .readWrite, options: [.create], permissions: .ownerReadWrite)
        defer {
            try? input.close()  // Nothing was written to it.
            try? output.close()  // Nobody reads it.
        }
        _ = try ProxyTranscode(preset: RemuxTests.preset, limits: WorkerLimits()).run(input, into: output) { event in
            if case .media = event { descriptions += 1 }
        }
        #expect(descriptions == 1)
    }
}
