internal import CLibAV
internal import CTurboJPEG

/// Owns a decoder of libjpeg-turbo for half pictures of Motion JPEG. libavcodec's own (`lowres`) is no faster than a whole
/// decode (docs/BENCHMARKS.md).
@safe
struct HalfJPEGDecoder: ~Copyable {
    private let handle: tjhandle
    private let template: Frame
    private let width: Int
    private let height: Int

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
        let template = unsafe try HalfSizeDecoder.template(of: parameters)
        guard let handle = unsafe tjInitDecompress() else {
            throw LibAVError("tjInitDecompress", clibav_error(ENOMEM))
        }
        return unsafe HalfJPEGDecoder(handle: handle, template: template, width: width, height: height)
    }

    deinit { unsafe _ = tjDestroy(handle) }

    func decode(_ packet: borrowing Packet, into frame: borrowing Frame) throws(LibAVError) -> Bool {
        let (bytes, count) = unsafe (packet.pointer.pointee.data, UInt(max(0, packet.pointer.pointee.size)))
        var size: (width: Int32, height: Int32) = (0, 0)
        var subsampling: Int32 = 0
        var colors: Int32 = 0
        guard unsafe tjDecompressHeader3(handle, bytes, count, &size.width, &size.height, &subsampling, &colors) == 0,
            // Two fields in one packet have half the lines each.
            Int(size.width) == width, Int(size.height) == height, colors == Int32(TJCS_YCbCr.rawValue),
            let format = HalfJPEGDecoder.pixelFormat(subsampling)
        else { return false }
        try HalfSizeDecoder.prepare(frame, as: template, format, for: packet)
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
