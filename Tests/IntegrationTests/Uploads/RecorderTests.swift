import SystemPackage
import TestSupport
import Testing

/// Recorders that write while the camera runs.
@Suite(.serialized) struct RecorderTests {
    private static let frames = 50
    private static let picture = ["-re", "-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=5"]
    private static let codec = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "25"]

    @Test func recordingGetsOneJobWhenItEndsAndNoneWhenItIsCutOff() async throws {
        try await DaemonFixture.with { fixture in
            try await UploadMatrix.run(
                [
                    Writer("record-mp4", .indexAtEnd, .completed(frames: RecorderTests.frames)) {
                        try await $0.record([])
                    },
                    Writer("record-mp4-index-in-front", .indexInFront, .completed(frames: RecorderTests.frames)) {
                        try await $0.record(["-movflags", "+faststart"])
                    },
                    Writer("record-fragments", .indexInFront, .completed(frames: RecorderTests.frames)) {
                        try await $0.record(["-movflags", "+frag_keyframe+empty_moov", "-flush_packets", "1"])
                    },
                    Writer("record-transport-stream", .transport, .completed(frames: RecorderTests.frames)) {
                        try await $0.record(["-f", "mpegts", "-flush_packets", "1"])
                    },
                    Writer("record-mp4-killed", .indexAtEnd, .incomplete) { upload in
                        try await upload.interrupt(
                            "ffmpeg", upload.recording(["-flush_packets", "1"]), afterBytes: 20_000)
                    },
                    // What cannot be told: a transport stream may end after any packet, and a fragmented recording after
                    // any fragment, so that a part that ends there, with nobody writing and nothing moving for the
                    // settle window, counts as the whole.
                    .python(
                        "cut-between-packets", .transport, .completed(frames: 20),
                        script: """
                            # The first third in time, to a whole packet.
                            cut = scratch + '/cut.ts'
                            ffmpeg = ['ffmpeg', '-nostdin', '-v', 'error', '-t', '2']
                            subprocess.run(ffmpeg + ['-i', source, '-c', 'copy', cut], check=True)
                            fd = os.open(target, CREATE)
                            write(fd, open(cut, 'rb').read())
                            last_byte()
                            """),
                    .python(
                        "cut-between-fragments", .indexInFront, .completed(frames: 20),
                        script: """
                            # Two of the five seconds: what comes before the third fragment, of a second each.
                            cut = scratch + '/cut.mp4'
                            subprocess.run('ffmpeg -nostdin -v error -f lavfi -i testsrc2=s=320x240:r=25:d=5'
                                ' -c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 25'
                                ' -movflags +frag_keyframe+empty_moov'.split() + [cut], check=True)
                            fragments = open(cut, 'rb').read().split(b'moof')
                            fd = os.open(target, CREATE)
                            write(fd, b'moof'.join(fragments[:3])[:-4])
                            last_byte()
                            """),
                ], on: fixture)
        }
    }
}

extension Upload {
    fileprivate func recording(_ options: [String]) -> [String] {
        ["-nostdin", "-v", "error"] + RecorderTests.input + options + [target.string]
    }

    fileprivate func record(_ options: [String]) async throws { try await run("ffmpeg", recording(options)) }
}

extension RecorderTests {
    fileprivate static let input = picture + codec
}
