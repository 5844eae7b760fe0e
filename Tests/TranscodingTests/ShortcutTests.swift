import Domain
import Testing

@testable import LibAV
@testable import Transcoding

/// Shortcuts show only a little, and only where a proxy is at most half as large as its original.
@Suite struct ShortcutTests {
    struct Material: Sendable, CustomTestStringConvertible {
        let name: String
        let encoder: String
        var sound = "-c:a mp2"
        /// Decibels of luma that the pictures may not fall below beside ffmpeg's.
        var leastPSNR = 40.0

        var testDescription: String { name }
    }

    static let materials = [
        Material(name: "mjpeg422.avi", encoder: "-c:v mjpeg -q:v 4 -pix_fmt yuvj422p"),
        Material(name: "mjpeg420.mov", encoder: "-c:v mjpeg -q:v 4 -pix_fmt yuvj420p"),
        Material(name: "mjpeg444.avi", encoder: "-c:v mjpeg -q:v 4 -pix_fmt yuvj444p"),
        Material(
            name: "prores.mov", encoder: "-c:v prores_ks -profile:v 0 -pix_fmt yuv422p10le", sound: "-c:a pcm_s16le"),
        Material(
            name: "prores4444.mov", encoder: "-c:v prores_ks -profile:v 4 -pix_fmt yuva444p10le -alpha_bits 16",
            sound: "-c:a pcm_s16le"),
        Material(
            name: "fields.mov", encoder: "-vf interlace -c:v prores_ks -profile:v 2 -flags +ildct -pix_fmt yuv422p10le",
            sound: "-c:a pcm_s16le", leastPSNR: 36),
        Material(name: "h264.mp4", encoder: "-c:v libx264 -preset ultrafast -bf 3 -pix_fmt yuv420p", leastPSNR: 38),
        Material(
            name: "deblocked.mp4", encoder: "-c:v libx264 -preset superfast -crf 20 -pix_fmt yuv420p", leastPSNR: 34),
        Material(
            name: "hevc.mp4",
            encoder: "-c:v libx265 -preset ultrafast -x265-params log-level=none:bframes=4 -pix_fmt yuv420p"),
        Material(name: "ten-bits.mkv", encoder: "-c:v ffv1 -pix_fmt yuv420p10le"),
        Material(name: "full-chroma.mkv", encoder: "-c:v ffv1 -pix_fmt yuv444p"),
    ]

    private func clip(_ material: Material, in scratch: Scratch, size: String = "640x480") throws -> String {
        try scratch.clip(
            material.name,
            "-f lavfi -i testsrc2=size=\(size):rate=25:duration=1.6,gblur=sigma=2 -f lavfi -i sine=duration=1.6 "
                + "\(material.encoder) \(material.sound)")
    }

    @Test(arguments: materials)
    func picturesAreNearlyThoseOfTheFullWay(material: Material) throws {
        let scratch = try Scratch()
        let original = try clip(material, in: scratch)
        let fast = try transcode(
            original, to: scratch.file("fast.mp4"), preset: Preset(height: 200, quality: 1), takesShortcuts: true)
        let full = try transcode(
            original, to: scratch.file("full.mp4"), preset: Preset(height: 200, quality: 1), decodesAll: true)
        #expect(fast.report == full.report)
        #expect(fast.skippedPackets.count == 1)
        #expect(fast.pictures != full.pictures, "a shortcut was taken")
        #expect(fast.pictures.keys.sorted() == full.pictures.keys.sorted())
        let quality = try psnr(fast.proxy, full.proxy)
        #expect(quality >= material.leastPSNR, "\(quality) dB")
        _ = try fast.verified()
    }

    @Test func largerProxiesAndOtherPresetsTakeNone() throws {
        let scratch = try Scratch()
        let original = try clip(ShortcutTests.materials[0], in: scratch)
        for preset in [Preset(height: 241), Preset(name: "edit", height: 120)] {
            let fast = try transcode(original, to: scratch.file("fast.mp4"), preset: preset, takesShortcuts: true)
            let full = try transcode(original, to: scratch.file("full.mp4"), preset: preset)
            #expect(fast.pictures == full.pictures)
        }
    }

    /// Pictures whose halves have no whole samples of chroma, and interlaced ones, go the ordinary way.
    @Test(arguments: ["642x482", "638x478"])
    func oddSizesGoTheOrdinaryWay(size: String) throws {
        let scratch = try Scratch()
        let original = try clip(ShortcutTests.materials[0], in: scratch, size: size)
        let fast = try transcode(original, to: scratch.file("fast.mp4"), takesShortcuts: true)
        #expect(fast.report.frames == 16)
        _ = try fast.verified()
    }

    @Test func damagedJPEGIsLeftToLibavcodec() throws {
        let scratch = try Scratch()
        let original = try clip(ShortcutTests.materials[1], in: scratch)
        var bytes = try scratch.bytes(original)
        for place in bytes.count / 2..<bytes.count / 2 + 9000 { bytes[place] = UInt8(truncatingIfNeeded: place &* 37) }
        let damaged = try scratch.write("damaged.mov", bytes)
        let fast = try transcode(damaged, to: scratch.file("fast.mp4"), takesShortcuts: true)
        #expect(fast.skippedPackets.count == 2, "the second time with libavcodec")
        #expect(fast.report.frames == 16)
        _ = try fast.verified()
    }

    /// Of interlaced pictures one field is scaled, with halved lines or not.
    @Test func fieldsAreHalvedInWidth() throws {
        let scratch = try Scratch()
        let material = Material(
            name: "fields.ts", encoder: "-c:v mpeg2video -b:v 20M -flags +ilme+ildct -top 1 -pix_fmt yuv420p")
        let original = try clip(material, in: scratch)
        let fast = try transcode(
            original, to: scratch.file("fast.mp4"), preset: Preset(height: 200, quality: 1), takesShortcuts: true)
        let full = try transcode(
            original, to: scratch.file("full.mp4"), preset: Preset(height: 200, quality: 1), decodesAll: true)
        #expect(fast.pictures != full.pictures)
        #expect(try psnr(fast.proxy, full.proxy) >= 40)
    }

    /// Of luma, over all pictures.
    private func psnr(_ one: String, _ other: String) throws -> Double {
        let text = try ffmpeg([
            "-i", one, "-i", other, "-lavfi",
            "psnr,metadata=mode=print:key=lavfi.psnr.psnr.y:file=-", "-f", "null", "-",
        ])
        let values = text.split(separator: "\n").compactMap { line in
            line.hasPrefix("lavfi.psnr.psnr.y=") ? Double(line.dropFirst("lavfi.psnr.psnr.y=".count)) : nil
        }
        try #require(!values.isEmpty)
        return values.reduce(0, +) / Double(values.count)
    }
}
