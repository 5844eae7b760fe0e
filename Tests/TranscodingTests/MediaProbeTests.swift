import Domain
import SystemPackage
import Testing
import WorkerProtocol

@testable import Transcoding

@Suite struct MediaProbeTests {
    static func describe(_ file: String) throws -> MediaDescription {
        let descriptor = try FileDescriptor.open(FilePath(file), .readOnly)
        defer { try? descriptor.close() }  // Nothing was written to it.
        return try MediaProbe.describe(descriptor, limits: WorkerLimits())
    }

    @Test func saysWhatTheContainerSays() throws {
        let scratch = try Scratch()
        let original = try scratch.clip(
            "a.mov",
            "-f lavfi -i testsrc2=size=320x240:rate=30000/1001:duration=1.001 "
                + "-f lavfi -i sine=sample_rate=48000:duration=1 -f lavfi -i sine=sample_rate=44100:duration=1 "
                + "-map 0 -map 1 -map 2 -c:v libx264 -timecode 01:02:03;04 -c:a:0 pcm_s16le -c:a:1 aac -ac:a:1 2")
        let media = try MediaProbeTests.describe(original)
        #expect(media.container == "mov")
        #expect(abs((media.durationSeconds ?? 0) - 1) < 0.05)
        #expect(media.video?.codec == "h264")
        #expect(media.video?.frameRate == "30000/1001")
        #expect(media.video?.frames == 30)
        #expect(media.video?.timecode == "01:02:03;04")
        #expect(media.video?.interlaced == false)
        #expect(
            media.audio == [
                .init(codec: "pcm_s16le", channels: 1, sampleRate: 48000),
                .init(codec: "aac", channels: 2, sampleRate: 44100),
            ])
    }

    @Test(arguments: [
        (["mov", "mp4", "m4a"], "qt  ", "mov"), (["mov", "mp4", "m4a"], "isom", "mp4"),
        (["mov", "mp4", "m4a"], "3gp4", "3gp"), (["mov", "mp4", "m4a"], nil, "mov"),
        (["matroska", "webm"], nil, "matroska"), (["mpegts"], nil, "mpegts"),
    ])
    func containerHasOneShortName(names: [String], brand: String?, expected: String) {
        #expect(MediaProbe.containerName(names, majorBrand: brand) == expected)
    }

    @Test func soundWithoutPictureIsDescribed() throws {
        let scratch = try Scratch()
        let media = try MediaProbeTests.describe(
            try scratch.clip("a.m4a", "-f lavfi -i sine=duration=1 -c:a aac"))
        #expect(media.video == nil)
        #expect(media.audio.count == 1)
    }
}
