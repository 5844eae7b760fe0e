import Domain
import Testing

@testable import Transcoding

/// The pictures that reach the encoder are those of the `ffmpeg` command's `fps=10,scale`, bit for bit.
@Suite struct FrameIdentityTests {
    enum Kind: String, CaseIterable, Sendable {
        case mp4, mpegts, mjpeg, prores, videoLater, soundLater, matroska

        var name: String {
            switch self {
            case .mp4, .videoLater, .soundLater: "clip.mp4"
            case .mpegts: "clip.ts"
            case .mjpeg: "clip.avi"
            case .prores: "clip.mov"
            case .matroska: "clip.mkv"
            }
        }

        func arguments(rate: String) -> String {
            let picture = "-f lavfi -i testsrc2=size=320x240:rate=\(rate):duration=2.3"
            let sound = "-f lavfi -i sine=frequency=440:sample_rate=48000:duration=2.2"
            let h264 = "-c:v libx264 -preset ultrafast -bf 2 -g 30 -pix_fmt yuv420p -c:a aac -b:a 64k"
            return switch self {
            case .mp4, .mpegts, .matroska: "\(picture) \(sound) \(h264)"
            case .mjpeg: "\(picture) \(sound) -c:v mjpeg -q:v 4 -pix_fmt yuvj422p -c:a pcm_s16le"
            case .prores: "\(picture) \(sound) -c:v prores_ks -profile:v 0 -c:a pcm_s16le"
            case .videoLater: "-itsoffset 0.73 \(picture) \(sound) -vsync passthrough \(h264)"
            case .soundLater: "\(picture) -itsoffset 0.73 \(sound) \(h264)"
            }
        }
    }

    @Test(arguments: ["24", "25", "30000/1001", "30", "50", "60"], Kind.allCases)
    func slotsShowTheSamePictures(rate: String, kind: Kind) throws {
        let scratch = try Scratch()
        let original = try scratch.clip(kind.name, kind.arguments(rate: rate))
        let outcome = try transcode(original, to: scratch.file("proxy.mp4"))
        let expected = try picturesOfFFmpeg(original, "fps=10,scale=160:120:out_range=tv,format=yuv420p")
        #expect(!expected.isEmpty)
        #expect(outcome.pictures == expected)
        #expect(outcome.report.frames == expected.count)
        #expect(try outcome.verified().frames == expected.count)
    }

    @Test func variableRateShowsTheSamePictures() throws {
        let scratch = try Scratch()
        let original = try scratch.clip(
            "vfr.mkv",
            "-f lavfi -i testsrc2=size=320x240:rate=30:duration=4 -vf select='not(mod(n,3))+lt(mod(n,17),5)' -vsync vfr "
                + "-c:v libx264 -preset ultrafast -bf 2 -pix_fmt yuv420p")
        let outcome = try transcode(original, to: scratch.file("proxy.mp4"))
        let expected = try picturesOfFFmpeg(original, "fps=10,scale=160:120:out_range=tv,format=yuv420p")
        #expect(outcome.pictures == expected)
    }

    /// Formats with other chroma, depth, alpha, range and palette; some of them through RGB.
    @Test(arguments: [
        ("libx264", "yuv422p", "mkv"), ("libx264", "yuv444p", "mkv"), ("libx264", "yuv420p10le", "mkv"),
        ("prores_ks", "yuva444p10le", "mov"), ("mjpeg", "yuvj420p", "avi"), ("mjpeg", "yuvj444p", "avi"),
        ("ffv1", "gray", "mkv"), ("ffv1", "bgr0", "mkv"), ("ffv1", "yuv410p", "mkv"), ("ffv1", "gray16le", "mkv"),
        ("rawvideo", "pal8", "avi"), ("rawvideo", "bgr24", "avi"), ("huffyuv", "rgb24", "avi"),
    ])
    func pixelFormatsAreConvertedAlike(codec: String, format: String, ending: String) throws {
        let scratch = try Scratch()
        let original = try scratch.clip(
            "clip.\(ending)",
            "-f lavfi -i testsrc2=size=200x150:rate=25:duration=0.6 -c:v \(codec) -pix_fmt \(format)")
        let outcome = try transcode(original, to: scratch.file("proxy.mp4"), preset: Preset(height: 100))
        let size = "\(outcome.report.width):\(outcome.report.height)"
        let expected = try picturesOfFFmpeg(original, "fps=10,scale=\(size):out_range=tv,format=yuv420p")
        #expect(outcome.pictures == expected)
        // H.264 leaves the limited range out where it leaves out all colour tags (ITU-T H.264 E.2.1).
        let tags = try ffprobe(["-show_entries", "stream=color_range,color_space", "-of", "csv=p=0", outcome.proxy])
        #expect(!tags.contains("pc"))
        let isRGB = format.contains("rgb") || format.contains("bgr") || format == "pal8"
        #expect(tags.contains("smpte170m") == isRGB, "swscale makes BT.601 of RGB, and the tag must say so")
    }
}
