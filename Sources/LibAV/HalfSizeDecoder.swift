internal import CLibAV

/// Makes pictures of half the sides, from the lower half of the frequencies: less work than whole pictures, and scaled
/// already. For Motion JPEG and ProRes, whose pictures no other is predicted from.
@safe
public struct HalfSizeDecoder: ~Copyable {
    private enum Codec: ~Copyable {
        case jpeg(HalfJPEGDecoder)
        case proRes(HalfProResDecoder)
    }

    private let codec: Codec

    /// - Parameter parameters: of the stream, as its first pictures and its container have them.
    /// - Returns: `nil` for a stream of another codec, or of a kind that cannot be halved.
    static func open(_ parameters: UnsafePointer<AVCodecParameters>, maxPixels: Int) throws(LibAVError)
        -> HalfSizeDecoder?
    {
        if let jpeg = unsafe try HalfJPEGDecoder.open(parameters, maxPixels: maxPixels) {
            return HalfSizeDecoder(codec: .jpeg(jpeg))
        }
        if let proRes = unsafe try HalfProResDecoder.open(parameters, maxPixels: maxPixels) {
            return HalfSizeDecoder(codec: .proRes(proRes))
        }
        return nil
    }

    /// Decodes one packet.
    /// - Returns: false where the picture is damaged, or not of the stream's size, or coded in an unusual way: then
    ///   libavcodec knows better.
    public func decode(_ packet: borrowing Packet, into frame: borrowing Frame) throws(LibAVError) -> Bool {
        switch codec {
        case .jpeg(let jpeg): try jpeg.decode(packet, into: frame)
        case .proRes(let proRes): try proRes.decode(packet, into: frame)
        }
    }

    /// An empty frame with what all half pictures of a stream have in common.
    static func template(of parameters: UnsafePointer<AVCodecParameters>) throws(LibAVError) -> Frame {
        let stream = unsafe parameters.pointee
        let template = try Frame.allocate()
        unsafe template.pointer.pointee.width = stream.width / 2
        unsafe template.pointer.pointee.height = stream.height / 2
        unsafe template.pointer.pointee.sample_aspect_ratio = stream.sample_aspect_ratio
        unsafe template.pointer.pointee.color_primaries = stream.color_primaries
        unsafe template.pointer.pointee.color_trc = stream.color_trc
        unsafe template.pointer.pointee.colorspace = stream.color_space
        unsafe template.pointer.pointee.color_range = stream.color_range
        return template
    }

    /// Makes room in a frame for the half picture of a packet.
    static func prepare(
        _ frame: borrowing Frame, as template: borrowing Frame, _ format: AVPixelFormat, for packet: borrowing Packet
    ) throws(LibAVError) {
        frame.release()
        unsafe try check(av_frame_copy_props(frame.pointer, template.pointer), "av_frame_copy_props")
        unsafe frame.pointer.pointee.width = template.pointer.pointee.width
        unsafe frame.pointer.pointee.height = template.pointer.pointee.height
        unsafe frame.pointer.pointee.format = format.rawValue
        unsafe try check(av_frame_get_buffer(frame.pointer, 0), "av_frame_get_buffer")
        unsafe frame.pointer.pointee.pts = packet.pointer.pointee.pts
        unsafe frame.pointer.pointee.best_effort_timestamp = packet.pointer.pointee.pts
        unsafe clibav_frame_set_duration(frame.pointer, packet.pointer.pointee.duration)
    }
}
