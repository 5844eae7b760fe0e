internal import CLibAV
internal import CTurboJPEG

/// Owns a decoder of libjpeg-turbo that makes pictures of half the sides from the lower half of the frequencies: less
/// work than a whole picture, and scaled already. libavcodec's own (`lowres`) is no faster than a whole decode
/// (docs/BENCHMARKS.md).
@safe
public struct HalfJPEGDecoder: ~Copyable {
    private let handle: tjhandle
    private let template: Frame
    private let width: Int
    private let height: Int

    /// - Parameter parameters: of the stream, as its first pictures and its container have them.
    /// - Returns: `nil` for a stream that is not Motion JPEG of a plain kind.
    static func open(_ parameters: UnsafePointer<AVCodecParameters>, maxPixels: Int) throws(LibAVError)
        -> HalfJPEGDecoder?
    {
        let stream = unsafe parameters.pointee
        let (width, height) = unsafe (Int(stream.width), Int(stream.height))
        // So that half a picture has whole samples of chroma, whatever the subsampling.
        guard unsafe stream.codec_id == AV_CODEC_ID_MJPEG, width > 0, height > 0, width % 4 == 0, height % 4 == 0,
            width <= 65500, height <= 65500, width * height <= maxPixels
        else { return nil }
        let template = try Frame.allocate()
        unsafe template.pointer.pointee.width = Int32(width / 2)
        unsafe template.pointer.pointee.height = Int32(height / 2)
        unsafe template.pointer.pointee.sample_aspect_ratio = stream.sample_aspect_ratio
        unsafe template.pointer.pointee.color_primaries = stream.color_primaries
        unsafe template.pointer.pointee.color_trc = stream.color_trc
        unsafe template.pointer.pointee.colorspace = stream.color_space
        unsafe template.pointer.pointee.color_range = stream.color_range
        guard let handle = unsafe tjInitDecompress() else {
            throw LibAVError("tjInitDecompress", clibav_error(ENOMEM))
        }
        return unsafe HalfJPEGDecoder(handle: handle, template: template, width: width, height: height)
    }

    deinit { unsafe _ = tjDestroy(handle) }

    /// Decodes one packet.
    /// - Returns: false where the picture is damaged, or not of the stream's size, or coded in an unusual way: then
    ///   libavcodec knows better.
    public func decode(_ packet: borrowing Packet, into frame: borrowing Frame) throws(LibAVError) -> Bool {
        let (bytes, count) = unsafe (packet.pointer.pointee.data, UInt(max(0, packet.pointer.pointee.size)))
        var size: (width: Int32, height: Int32) = (0, 0)
        var subsampling: Int32 = 0
        var colors: Int32 = 0
        guard unsafe tjDecompressHeader3(handle, bytes, count, &size.width, &size.height, &subsampling, &colors) == 0,
            // Two fields in one packet have half the lines each.
            Int(size.width) == width, Int(size.height) == height, colors == Int32(TJCS_YCbCr.rawValue),
            let format = HalfJPEGDecoder.pixelFormat(subsampling)
        else { return false }
        frame.release()
        unsafe try check(av_frame_copy_props(frame.pointer, template.pointer), "av_frame_copy_props")
        unsafe frame.pointer.pointee.width = template.pointer.pointee.width
        unsafe frame.pointer.pointee.height = template.pointer.pointee.height
        unsafe frame.pointer.pointee.format = format.rawValue
        unsafe try check(av_frame_get_buffer(frame.pointer, 0), "av_frame_get_buffer")
        unsafe frame.pointer.pointee.pts = packet.pointer.pointee.pts
        unsafe frame.pointer.pointee.best_effort_timestamp = packet.pointer.pointee.pts
        unsafe clibav_frame_set_duration(frame.pointer, packet.pointer.pointee.duration)
        var planes: [UnsafeMutablePointer<UInt8>?] = unsafe []
        var strides: [Int32] = []
        for index in 0..<3 {
            let plane = unsafe frame.plane(index, nil)
            unsafe planes.append(plane?.start)
            unsafe strides.append(Int32(plane?.stride ?? 0))
        }
        return unsafe tjDecompressToYUVPlanes(
            handle, bytes, count, &planes, Int32(width / 2), &strides, Int32(height / 2), 0) == 0
    }

    /// libavcodec's formats for the same subsampling; the range is told apart from it.
    private static func pixelFormat(_ subsampling: Int32) -> AVPixelFormat? {
        switch UInt32(bitPattern: subsampling) {
        case TJSAMP_420.rawValue: AV_PIX_FMT_YUV420P
        case TJSAMP_422.rawValue: AV_PIX_FMT_YUV422P
        case TJSAMP_444.rawValue: AV_PIX_FMT_YUV444P
        default: nil
        }
    }
}
