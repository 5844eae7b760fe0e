import Domain
import Testing

@testable import Transcoding

@Suite struct SoundTests {
    private static let picture = "-f lavfi -i testsrc2=size=160x120:rate=10:duration="
    private static let h264 = "-c:v libx264 -preset ultrafast"

    /// Where sounds begin in a file: the ends of silences, in seconds.
    private func onsets(_ file: String) throws -> [Double] {
        let lines = try ffmpeg([
            "-i", file, "-map", "0:a:0", "-af", "silencedetect=noise=-40dB:d=0.2,ametadata=print:file=-", "-f", "null",
            "-",
        ])
        return lines.split(separator: "\n").compactMap { line in
            line.contains("silence_end") ? line.split(separator: "=").last.flatMap { Double($0) } : nil
        }
    }

    @Test func soundIsStereoAAC() throws {
        let scratch = try Scratch()
        let original = try scratch.clip(
            "a.mkv", "\(SoundTests.picture)1 -f lavfi -i sine=sample_rate=22050:duration=1 \(SoundTests.h264) -c:a flac"
        )
        let proxy = try transcode(original, to: scratch.file("proxy.mp4")).proxy
        let audio = try ffprobe([
            "-select_streams", "a", "-show_entries", "stream=codec_name,profile,sample_rate,channels", "-of", "csv=p=0",
            proxy,
        ])
        #expect(audio.hasPrefix("aac,LC,48000,2"))
    }

    @Test(arguments: [44100, 32000, 48000])
    func commonSampleRatesAreKept(rate: Int) throws {
        let scratch = try Scratch()
        let original = try scratch.clip(
            "a.mkv",
            "\(SoundTests.picture)1 -f lavfi -i sine=sample_rate=\(rate):duration=1 \(SoundTests.h264) -c:a pcm_s16le")
        let outcome = try transcode(original, to: scratch.file("proxy.mp4"))
        #expect(try MediaProbeTests.describe(outcome.proxy).audio.first?.sampleRate == rate)
    }

    /// The packets of the original's sound, but those before its beginning.
    @Test(arguments: ["mp4", "mkv"], [1, 2])
    func soundThatIsGoodEnoughIsCopied(ending: String, channels: Int) throws {
        let scratch = try Scratch()
        let original = try scratch.clip(
            "a.\(ending)",
            "\(SoundTests.picture)3 -f lavfi -i sine=sample_rate=48000:duration=3 \(SoundTests.h264) -c:a aac -b:a 40k "
                + "-ac \(channels)")
        let outcome = try transcode(original, to: scratch.file("proxy.mp4"))
        let verified = try outcome.verified()
        #expect(outcome.skippedPackets.count == 1)
        func packets(_ file: String) throws -> [Substring] {
            try ffmpeg(["-i", file, "-map", "0:a", "-c", "copy", "-f", "framehash", "-hash", "md5", "-"])
                .split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap { $0.split(separator: ",").last }
        }
        let copied = try packets(outcome.proxy)
        if try MediaProbeTests.describe(original).container == "mp4" {
            #expect(try packets(original).suffix(copied.count) == copied[...])
            #expect(try packets(original).count - copied.count <= 1)
        }
        #expect(verified.audioCodec == "aac")
        #expect(abs(verified.durationSeconds - 3) < 0.07)
    }

    /// A copy would hand the damage on to whoever plays the proxy.
    @Test(arguments: [1, 3])
    func damagedSoundIsEncodedAndTheProxyDecodesWithoutAWord(threads: Int) throws {
        let scratch = try Scratch()
        let good = try scratch.clip(
            "a.mp4",
            "\(SoundTests.picture)3 -f lavfi -i sine=sample_rate=48000:duration=3 \(SoundTests.h264) -c:a aac -b:a 40k")
        let original = try scratch.clip("b.mp4", "-i \(good) -c copy -bsf:a noise=amount=40")
        let outcome = try transcode(original, to: scratch.file("proxy.mp4"), decodeThreads: threads)
        #expect(outcome.skippedPackets.count > 1, "begun anew")
        _ = try outcome.verified()
        #expect(try ffmpeg(["-xerror", "-i", outcome.proxy, "-f", "null", "-"]).isEmpty)
    }

    /// Later sounds and gaps are filled, so they are encoded, as is what takes more than the preset allows.
    @Test func soundWithAGapIsEncoded() throws {
        let scratch = try Scratch()
        let original = try scratch.clip(
            "a.mp4",
            "\(SoundTests.picture)3 -itsoffset 1 -f lavfi -i sine=sample_rate=48000:duration=2 \(SoundTests.h264) "
                + "-c:a aac -b:a 32k")
        let outcome = try transcode(original, to: scratch.file("proxy.mp4"))
        let verified = try outcome.verified()
        #expect(abs(verified.durationSeconds - 3) < 0.07)
        let onset = try onsets(outcome.proxy).first ?? 0
        #expect(abs(onset - 1) < 0.05)
    }

    /// Clicks at known times stay there to within a frame of sound, over a file with gaps.
    @Test func soundStaysInSyncOverGaps() throws {
        let scratch = try Scratch()
        // A beep of 0.1 s at each full second; the packets of 3…5 s and of 7…8 s are missing.
        let original = try scratch.clip(
            "a.mkv",
            "\(SoundTests.picture)12 -f lavfi -i aevalsrc=sin(2000*PI*t)*lt(mod(t\\,1)\\,0.1):s=48000:d=12 "
                + "-af aselect=not(between(t\\,3.5\\,5.5))*not(between(t\\,7.5\\,8.5)) \(SoundTests.h264) -c:a pcm_s16le"
        )
        let outcome = try transcode(original, to: scratch.file("proxy.mp4"))
        let onsets = try onsets(outcome.proxy)
        let expected = [1.0, 2, 3, 6, 7, 9, 10, 11]
        #expect(onsets.count == expected.count)
        for (heard, wanted) in zip(onsets, expected) { #expect(abs(heard - wanted) < 0.04) }
        _ = try outcome.verified()
    }

    @Test(arguments: ["mkv", "mp4", "ts", "mov"])
    func laterSoundBeginsLater(ending: String) throws {
        let scratch = try Scratch()
        let original = try scratch.clip(
            "a.\(ending)",
            "\(SoundTests.picture)3 -itsoffset 1.25 -f lavfi -i sine=frequency=1000:duration=1.5 \(SoundTests.h264) "
                + "-c:a aac -b:a 128k")
        let outcome = try transcode(original, to: scratch.file("proxy.mp4"))
        let onset = try onsets(outcome.proxy).first
        #expect(abs((onset ?? 0) - 1.25) < 0.04)
    }

    /// The first picture stands from the beginning, so that picture and sound begin together and stay in sync.
    @Test func laterPictureStandsFromTheBeginning() throws {
        let scratch = try Scratch()
        let original = try scratch.clip(
            "a.mp4",
            "-f lavfi -i sine=duration=3 -itsoffset 1.3 \(SoundTests.picture)1.5 -map 0 -map 1 -vsync passthrough "
                + "\(SoundTests.h264) -c:a aac"
        )
        let outcome = try transcode(original, to: scratch.file("proxy.mp4"))
        #expect(outcome.report.frames == 28)
        let pictures = outcome.pictures
        #expect(Set((0...13).map { pictures[$0] }).count == 1)
        #expect(pictures[14] != pictures[13])
        let start = try ffprobe([
            "-select_streams", "v", "-show_entries", "stream=start_time", "-of", "csv=p=0", outcome.proxy,
        ])
        #expect(Double(start.prefix { !$0.isWhitespace && $0 != "," }) == 0)
        _ = try outcome.verified()
    }

    /// An hour with time stamps in milliseconds: what is rounded must not add up.
    @Test func soundIsInSyncAfterAnHour() throws {
        let scratch = try Scratch()
        let original = try scratch.clip(
            "a.mkv",
            "-f lavfi -i color=size=32x32:rate=1:duration=3600 "
                + "-f lavfi -i aevalsrc=sin(2000*PI*t)*gt(t\\,3599):s=44100:d=3600 \(SoundTests.h264) -c:a pcm_s16le")
        let outcome = try transcode(original, to: scratch.file("proxy.mp4"))
        #expect(outcome.report.frames == 3600)
        #expect(abs((outcome.report.audioDurationSeconds ?? 0) - 3600) < 0.04)
        #expect(abs((try onsets(outcome.proxy).first ?? 0) - 3599) < 0.04)
    }

    /// Two recordings put together, whose clocks are five thousand seconds apart, one way and the other.
    @Test(arguments: [true, false])
    func clockThatJumpsInATransportStreamDoesNotShow(forwards: Bool) throws {
        let scratch = try Scratch()
        let early = try scratch.clip(
            "a.ts",
            "\(SoundTests.picture)3 -f lavfi -i sine=duration=3 \(SoundTests.h264) -c:a aac")
        let late = try scratch.clip("b.ts", "-i \(early) -c copy -output_ts_offset 5000")
        let parts = try (forwards ? [early, late] : [late, early]).map { try scratch.bytes($0) }
        let original = try scratch.write("c.ts", parts[0] + parts[1])
        let outcome = try transcode(original, to: scratch.file("proxy.mp4"))
        #expect((58...62).contains(outcome.report.frames))
        #expect(abs((outcome.report.audioDurationSeconds ?? 0) - 6) < 0.1)
        #expect(outcome.report.warnings.isEmpty)
        _ = try outcome.verified()
    }

    @Test func presetWithoutSoundWritesNone() throws {
        let scratch = try Scratch()
        let original = try scratch.clip(
            "a.mkv", "\(SoundTests.picture)1 -f lavfi -i sine=duration=1 \(SoundTests.h264) -c:a flac")
        let outcome = try transcode(
            original, to: scratch.file("proxy.mp4"), preset: Preset(height: 120, audio: .none))
        #expect(outcome.report.audioDurationSeconds == nil)
        let proxy = try outcome.verified()
        #expect(proxy.audioCodec == nil)
        #expect(proxy.warnings.isEmpty)
    }

    @Test(arguments: ["5.1", "7.1", "mono", "quad"])
    func manyChannelsBecomeTwo(layout: String) throws {
        let scratch = try Scratch()
        let original = try scratch.clip(
            "a.mov",
            "\(SoundTests.picture)1 -f lavfi -i anoisesrc=d=1:r=48000:seed=1 -af aformat=channel_layouts=\(layout) "
                + "\(SoundTests.h264) -c:a pcm_s24le")
        let outcome = try transcode(original, to: scratch.file("proxy.mp4"))
        #expect(try MediaProbeTests.describe(outcome.proxy).audio.first?.channels == 2)
        #expect(outcome.report.warnings.isEmpty)
    }

    @Test func soundThatCannotBeDecodedLeavesASilentProxyAndAWarning() throws {
        let scratch = try Scratch()
        let good = try scratch.clip(
            "a.mov", "\(SoundTests.picture)1 -f lavfi -i sine=duration=1 \(SoundTests.h264) -c:a pcm_s16le")
        // The sample entry's type decides about the decoder; `sowt` is little-endian PCM.
        let original = try scratch.replacing("sowt", with: "zzzz", in: good, as: "b.mov")
        let outcome = try transcode(original, to: scratch.file("proxy.mp4"))
        #expect(outcome.report.audioDurationSeconds == nil)
        #expect(outcome.report.warnings.count == 1)
        #expect(try outcome.verified().audioCodec == nil)
    }

    @Test func languageAndTimeAreCarriedOverAndLocationIsNot() throws {
        let scratch = try Scratch()
        let original = try scratch.clip(
            "a.mov",
            "\(SoundTests.picture)1 -f lavfi -i sine=duration=1 \(SoundTests.h264) -c:a aac -metadata:s:a:0 language=fra "
                + "-metadata creation_time=2026-03-04T05:06:07Z -metadata location=+48.8584+002.2945/ -metadata title=T"
        )
        let outcome = try transcode(original, to: scratch.file("proxy.mp4"))
        let tags = try ffprobe(["-show_entries", "format_tags:stream_tags", "-of", "flat", outcome.proxy])
        #expect(tags.contains("language=\"fra\""))
        #expect(tags.contains("2026-03-04T05:06:07"))
        #expect(!tags.contains("location") && !tags.contains("48.8584") && !tags.contains("title"))
    }
}
