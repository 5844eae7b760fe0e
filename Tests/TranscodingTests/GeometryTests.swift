import Domain
import Testing

@testable import Transcoding

@Suite struct GeometryTests {
    private func fields(_ entries: String, of file: String) throws -> [String] {
        try ffprobe(["-select_streams", "v:0", "-show_entries", "stream=\(entries)", "-of", "csv=p=0", file])
            .split(whereSeparator: { $0 == "," || $0.isNewline }).map(String.init)
    }

    @Test(arguments: [90, 180, 270])
    func rotationIsCarriedOver(degrees: Int) throws {
        let scratch = try Scratch()
        let upright = try scratch.clip("a.mp4", "-f lavfi -i testsrc2=size=320x240:rate=25:duration=0.5 -c:v libx264")
        let original = try scratch.turned(upright, clockwise: degrees)
        let outcome = try transcode(original, to: scratch.file("proxy.mp4"))
        let before = try MediaProbeTests.describe(original)
        let after = try MediaProbeTests.describe(outcome.proxy)
        #expect(before.video?.rotationDegrees == degrees)
        #expect(after.video?.rotationDegrees == degrees)
        let shown = try ffprobe(["-show_entries", "stream_side_data=rotation", "-of", "csv=p=0", outcome.proxy])
        // Counterclockwise (libavutil/display.h); half a turn is either.
        let angle = try #require(
            shown.split(separator: "\n").first.flatMap { Int($0.filter { "-0123456789".contains($0) }) })
        #expect((angle + degrees) % 360 == 0)
        #expect(outcome.report.width == 160 && outcome.report.height == 120)
    }

    @Test(arguments: [
        // Size, sample aspect ratio, size of the proxy.
        ("720x576", "64/45", "214x120"), ("720x480", "8/9", "160x120"), ("1440x1080", "4/3", "214x120"),
        ("293x178", "1/1", "198x120"), ("321x241", "1/1", "160x120"), ("100x62", "1/1", "100x62"),
        ("81x47", "1/1", "80x46"), ("180x320", "1/1", "120x214"), ("16x16", "1/1", "16x16"),
    ])
    func pixelsAreSquareAndSizesEven(size: String, aspect: String, expected: String) throws {
        let scratch = try Scratch()
        let original = try scratch.clip(
            "a.mkv", "-f lavfi -i testsrc2=size=\(size):rate=25:duration=0.3,format=yuv444p,setsar=\(aspect) -c:v ffv1")
        let outcome = try transcode(original, to: scratch.file("proxy.mp4"))
        #expect("\(outcome.report.width)x\(outcome.report.height)" == expected)
        #expect(try fields("sample_aspect_ratio", of: outcome.proxy) == ["1:1"])
        _ = try outcome.verified()
    }

    @Test func absurdSampleAspectIsIgnored() throws {
        let scratch = try Scratch()
        let original = try scratch.clip(
            "a.mkv", "-f lavfi -i testsrc2=size=320x240:rate=25:duration=0.3,setsar=1/1000 -c:v ffv1")
        let outcome = try transcode(original, to: scratch.file("proxy.mp4"))
        #expect(outcome.report.width == 160 && outcome.report.height == 120)
    }

    @Test func interlacedPictureIsMadeFromOneField() throws {
        let scratch = try Scratch()
        // A box that moves fast: woven fields of two times would show combs.
        let original = try scratch.clip(
            "a.mkv",
            "-f lavfi -i testsrc2=size=320x240:rate=50:duration=1 -vf tinterlace=interleave_top,setfield=tff "
                + "-c:v ffv1 -field_order tt")
        let outcome = try transcode(original, to: scratch.file("proxy.mp4"))
        let woven = try picturesOfFFmpeg(original, "fps=10,scale=160:120:out_range=tv,format=yuv420p")
        #expect(outcome.report.frames == woven.count)
        #expect(outcome.pictures.allSatisfy { woven[$0.key] != $0.value })
        let field = try picturesOfFFmpeg(original, "fps=10,field=top,scale=160:120:out_range=tv,format=yuv420p")
        #expect(field.count == outcome.pictures.count)
    }

    @Test func progressivePictureIsNotHalved() throws {
        let scratch = try Scratch()
        let original = try scratch.clip(
            "a.mkv", "-f lavfi -i testsrc2=size=320x240:rate=25:duration=0.5 -c:v ffv1 -field_order progressive")
        let outcome = try transcode(original, to: scratch.file("proxy.mp4"))
        #expect(
            outcome.pictures == (try picturesOfFFmpeg(original, "fps=10,scale=160:120:out_range=tv,format=yuv420p")))
    }

    @Test func sizeThatChangesInTheMiddleIsScaledToTheFirst() throws {
        let scratch = try Scratch()
        let first = try scratch.clip(
            "a.ts", "-f lavfi -i testsrc2=size=320x240:rate=25:duration=1 -c:v mpeg2video -bf 0 -f mpegts")
        let second = try scratch.clip(
            "b.ts",
            "-f lavfi -i testsrc2=size=640x360:rate=25:duration=1 -c:v mpeg2video -bf 0 -output_ts_offset 1 -f mpegts")
        let original = try scratch.clip("c.ts", "-i concat:\(first)|\(second) -c copy")
        let outcome = try transcode(original, to: scratch.file("proxy.mp4"))
        #expect(outcome.report.width == 160 && outcome.report.height == 120)
        #expect((19...21).contains(outcome.report.frames))
        _ = try outcome.verified()
    }

    @Test func colourTagsAreCarriedOver() throws {
        let scratch = try Scratch()
        let original = try scratch.clip(
            "a.mp4",
            "-f lavfi -i testsrc2=size=320x240:rate=25:duration=0.3 -pix_fmt yuv420p10le -c:v libx264 "
                // By the pictures' tags where the encoder takes those (ffmpeg 7), by the options elsewhere.
                + "-vf format=yuv420p10le,setparams=range=tv:color_primaries=bt2020:color_trc=arib-std-b67:colorspace=bt2020nc "
                + "-color_primaries bt2020 -color_trc arib-std-b67 -colorspace bt2020nc -color_range tv")
        let outcome = try transcode(original, to: scratch.file("proxy.mp4"))
        let expected = MediaDescription.Color(
            primaries: "bt2020", transfer: "arib-std-b67", matrix: "bt2020nc", range: "tv")
        #expect(outcome.media?.video?.color == expected)
        #expect(try MediaProbeTests.describe(outcome.proxy).video?.color == expected)
        #expect(try fields("profile,pix_fmt", of: outcome.proxy) == ["High", "yuv420p"])
    }
}
