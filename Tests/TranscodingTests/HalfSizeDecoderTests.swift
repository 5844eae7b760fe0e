import SystemPackage
import Testing
import WorkerProtocol

@testable import LibAV
@testable import Transcoding

@Suite struct HalfSizeDecoderTests {
    private struct Halved {
        var width = 0
        var height = 0
        var format = ""
        var isTaken = false
    }

    /// What becomes of the first picture of a clip.
    private func halved(_ file: String) throws -> Halved? {
        LogCapture.install()
        let descriptor = try FileDescriptor.open(FilePath(file), .readOnly)
        defer { try? descriptor.close() }  // Nothing was written to it.
        let original = try Original.open(descriptor, limits: .init())
        let stream = try original.requiredVideo(.init())
        guard
            let decoder = try original.container.openHalfSizeDecoder(forStream: stream.index, maxPixels: 1 << 24)
        else { return nil }
        let packet = try Packet.allocate()
        repeat {
            let isThere = try original.container.read(into: packet)
            try #require(isThere)
        } while packet.streamIndex != stream.index
        let frame = try Frame.allocate()
        var found = Halved()
        found.isTaken = try decoder.decode(packet, into: frame)
        if found.isTaken {
            found.width = frame.width
            found.height = frame.height
            found.format = frame.pictureFormat.pixelFormatName
        }
        return found
    }

    @Test(arguments: [
        ("a.avi", "-c:v mjpeg -pix_fmt yuvj420p", "yuv420p"), ("b.avi", "-c:v mjpeg -pix_fmt yuvj444p", "yuv444p"),
        ("c.mov", "-c:v prores_ks -profile:v 3 -pix_fmt yuv422p10le", "yuv422p"),
        ("d.mov", "-c:v prores_ks -profile:v 5 -pix_fmt yuv444p10le", "yuv444p"),
        ("e.mov", "-c:v prores_aw -pix_fmt yuv422p10le", "yuv422p"),
    ])
    func picturesHaveHalfTheSides(name: String, encoder: String, format: String) throws {
        let scratch = try Scratch()
        let clip = try scratch.clip(name, "-f lavfi -i testsrc2=size=332x188:rate=5:duration=1 \(encoder)")
        let found = try #require(try halved(clip))
        #expect(found.isTaken)
        #expect(found.width == 166 && found.height == 94)
        #expect(found.format == format)
    }

    @Test func othersAreLeftToLibavcodec() throws {
        let scratch = try Scratch()
        let source = "-f lavfi -i testsrc2=size=320x192:rate=10:duration=1"
        let fields = try scratch.clip(
            "fields.mov", "\(source) -vf interlace -c:v prores_ks -flags +ildct -pix_fmt yuv422p10le")
        #expect(try halved(fields)?.isTaken == false)
        let other = try scratch.clip("h264.mp4", "\(source) -c:v libx264 -pix_fmt yuv420p")
        #expect(try halved(other) == nil)
    }
}
