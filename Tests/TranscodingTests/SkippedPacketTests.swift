import Domain
import Testing

@testable import Transcoding

/// Packets are left out before the decoder, and no picture is another one for it.
@Suite struct SkippedPacketTests {
    struct Stream: Sendable, CustomTestStringConvertible {
        let name: String
        let ending: String
        /// Options of the `ffmpeg` command that encodes it.
        let encoder: String
        /// Of a hundred packets at least so many are left out.
        let leastSkipped: Int
        var rate = "30"
        /// One field is shown, unlike the command's picture.
        var isInterlaced: Bool { encoder.contains("+ilme") }

        var testDescription: String { "\(name).\(ending) at \(rate)" }
    }

    static let streams: [Stream] = [
        Stream(name: "pyramid", ending: "mp4", encoder: "-c:v libx264 -bf 3 -b_strategy 0 -g 60", leastSkipped: 20),
        Stream(name: "pyramid", ending: "ts", encoder: "-c:v libx264 -bf 3 -b_strategy 0 -g 60", leastSkipped: 20),
        Stream(name: "pyramid", ending: "mkv", encoder: "-c:v libx264 -bf 3 -g 60", leastSkipped: 10, rate: "60"),
        Stream(
            name: "open-gop", ending: "mp4", encoder: "-c:v libx264 -bf 3 -g 20 -x264-params open-gop=1",
            leastSkipped: 10, rate: "25"),
        Stream(name: "ippp", ending: "mp4", encoder: "-c:v libx264 -bf 0 -g 15", leastSkipped: 2),
        Stream(name: "all-idr", ending: "mp4", encoder: "-c:v libx264 -g 1", leastSkipped: 50),
        Stream(
            name: "mbaff", ending: "ts", encoder: "-c:v libx264 -bf 2 -g 25 -flags +ilme+ildct", leastSkipped: 5,
            rate: "25"),
        Stream(
            name: "hevc", ending: "mp4", encoder: "-c:v libx265 -x265-params log-level=none:bframes=4", leastSkipped: 15
        ),
        Stream(
            name: "hevc", ending: "ts", encoder: "-c:v libx265 -x265-params log-level=none:bframes=4", leastSkipped: 15),
        Stream(
            name: "hevc-layers", ending: "mkv",
            encoder: "-c:v libx265 -x265-params log-level=none:bframes=4:temporal-layers=1:open-gop=1:keyint=24",
            leastSkipped: 15),
        Stream(name: "mpeg2", ending: "ts", encoder: "-c:v mpeg2video -bf 2 -g 12 -b:v 4M", leastSkipped: 20),
        Stream(name: "mpeg2", ending: "mpg", encoder: "-c:v mpeg2video -bf 2 -g 12 -b:v 4M", leastSkipped: 20),
        Stream(
            name: "mpeg2-interlaced", ending: "mxf", encoder: "-c:v mpeg2video -bf 2 -g 12 -b:v 4M -flags +ilme+ildct",
            leastSkipped: 20, rate: "25"),
        Stream(name: "mpeg4", ending: "mp4", encoder: "-c:v mpeg4 -bf 2 -g 12 -q:v 4", leastSkipped: 20),
        Stream(name: "prores", ending: "mov", encoder: "-c:v prores_ks -profile:v 0", leastSkipped: 50),
        Stream(
            name: "dnxhr", ending: "mov", encoder: "-c:v dnxhd -profile:v dnxhr_lb -pix_fmt yuv422p", leastSkipped: 50),
        Stream(name: "mjpeg", ending: "avi", encoder: "-c:v mjpeg -q:v 4 -pix_fmt yuvj422p", leastSkipped: 50),
        Stream(name: "mjpeg", ending: "mov", encoder: "-c:v mjpeg -q:v 4 -pix_fmt yuvj420p", leastSkipped: 50),
        Stream(
            name: "variable", ending: "mkv",
            encoder: "-vf select='not(mod(n,3))+lt(mod(n,17),5)' -vsync vfr -c:v libx264 -bf 3 -g 40", leastSkipped: 2),
    ]

    /// A moving picture with noise: a wrong frame cannot pass for the right one.
    private func make(_ stream: Stream, in scratch: Scratch) throws -> String {
        let format = stream.encoder.contains("-pix_fmt") || stream.name == "prores" ? "" : "-pix_fmt yuv420p"
        return try scratch.clip(
            "clip.\(stream.ending)",
            "-f lavfi -i testsrc2=size=320x240:rate=\(stream.rate):duration=4 "
                + "-f lavfi -i sine=frequency=440:duration=4 \(format) \(stream.encoder) -preset ultrafast -b_strategy 0 "
                + "\(stream.ending == "mxf" ? "-c:a pcm_s16le -ar 48000" : "-c:a mp2") ")
    }

    @Test(arguments: streams)
    func picturesAreThoseOfAFullDecode(stream: Stream) throws {
        let scratch = try Scratch()
        let original = try make(stream, in: scratch)
        let outcome = try transcode(original, to: scratch.file("proxy.mp4"))
        let full = try transcode(original, to: scratch.file("full.mp4"), decodesAll: true)
        #expect(outcome.skippedPackets.count == 1, "one pass was enough")
        let packets = Int(4 * (Double(stream.rate) ?? 0))
        #expect((outcome.skippedPackets.first ?? 0) * 100 >= stream.leastSkipped * packets, "packets were left out")
        #expect(full.skippedPackets == [0])
        #expect(outcome.pictures == full.pictures)
        #expect(outcome.report == full.report)
        let threaded = try transcode(original, to: scratch.file("threaded.mp4"), decodeThreads: 3)
        #expect(threaded.skippedPackets.count == 1)
        // Its pictures come later, and with them the certainty that packets may be left out.
        #expect((threaded.skippedPackets.first ?? 0) >= (outcome.skippedPackets.first ?? 0) / 2)
        #expect(threaded.pictures == full.pictures)
        #expect(threaded.report == full.report)
        guard !stream.isInterlaced else { return }
        #expect(
            outcome.pictures == (try picturesOfFFmpeg(original, "fps=10,scale=160:120:out_range=tv,format=yuv420p")))
    }

    /// What an edit list hides at the beginning is decoded and not shown, and hides no frame that is.
    @Test func editListHidesNothingElse() throws {
        let scratch = try Scratch()
        let whole = try make(SkippedPacketTests.streams[0], in: scratch)
        for start in ["0.37", "0.9", "1.21"] {
            let original = try scratch.clip("cut\(start).mp4", "-ss \(start) -i \(whole) -c copy")
            let outcome = try transcode(original, to: scratch.file("proxy.mp4"))
            #expect(outcome.skippedPackets[0] > 5)
            #expect(
                outcome.pictures == (try picturesOfFFmpeg(original, "fps=10,scale=160:120:out_range=tv,format=yuv420p"))
            )
        }
    }

    /// Damage of what is decoded is found out, and then all is decoded. Damage of a packet that is left out cannot
    /// show: there the picture is that of the undamaged file.
    @Test(arguments: [0, 5, 10, 12, 14, 16, 17], [1, 3])
    func damageChangesNothingElse(index: Int, threads: Int) throws {
        let scratch = try Scratch()
        let stream = SkippedPacketTests.streams[index]
        let undamaged = try make(stream, in: scratch)
        let clean = try transcode(undamaged, to: scratch.file("clean.mp4"), decodesAll: true)
        let whole = try scratch.bytes(undamaged)
        var random = SeededGenerator(seed: UInt64(index))
        var passes: Set<Int> = []
        for round in 0..<8 {
            var bytes = whole
            // In the second half, past the headers, in front of a trailing index.
            let first = Int.random(in: whole.count / 2..<whole.count * 3 / 4, using: &random)
            for place in first..<min(whole.count * 4 / 5, first + 400 * (round + 1)) {
                bytes[place] = UInt8.random(in: 0...255, using: &random)
            }
            let original = try scratch.write("damaged\(round).\(stream.ending)", bytes)
            let outcome = try transcode(original, to: scratch.file("proxy.mp4"), decodeThreads: threads)
            let full = try transcode(original, to: scratch.file("full.mp4"), decodesAll: true)
            passes.insert(outcome.skippedPackets.count)
            #expect(outcome.report.frames == full.report.frames)
            for (slot, picture) in outcome.pictures {
                #expect(picture == full.pictures[slot] || picture == clean.pictures[slot], "slot \(slot)")
            }
            if outcome.skippedPackets.count == 2 { #expect(outcome.pictures == full.pictures) }
            _ = try outcome.verified()
        }
        #expect(passes.contains(2), "no round was damaged so that it showed")
    }

    /// The tail of a stream is read to its end: nothing is missing there.
    @Test func singleFrameAndShortClipsAreWhole() throws {
        let scratch = try Scratch()
        for frames in [1, 2, 3, 7] {
            let original = try scratch.clip(
                "short\(frames).mp4",
                "-f lavfi -i testsrc2=size=320x240:rate=30:duration=1 -frames:v \(frames) -c:v libx264 -bf 2")
            let outcome = try transcode(original, to: scratch.file("proxy.mp4"))
            let full = try transcode(original, to: scratch.file("full.mp4"), decodesAll: true)
            #expect(outcome.pictures == full.pictures)
        }
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers for the same seed.
private struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
