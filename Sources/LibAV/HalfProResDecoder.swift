internal import CLibAV
internal import ProRes

/// Half pictures of ProRes; libavcodec has no such way for it.
@safe
struct HalfProResDecoder: ~Copyable {
    private final class State {
        var decoder: HalfDecoder
        init(_ decoder: HalfDecoder) { self.decoder = decoder }
    }

    private let template: Frame
    private let state: State

    /// - Returns: `nil` for a stream that is not ProRes, or of which half a picture has no whole number of samples.
    static func open(_ parameters: UnsafePointer<AVCodecParameters>, maxPixels: Int) throws(LibAVError)
        -> HalfProResDecoder?
    {
        let (width, height) = unsafe (Int(parameters.pointee.width), Int(parameters.pointee.height))
        guard unsafe parameters.pointee.codec_id == AV_CODEC_ID_PRORES,
            let decoder = HalfDecoder(width: width, height: height), width * height <= maxPixels
        else { return nil }
        return unsafe HalfProResDecoder(
            template: try HalfSizeDecoder.template(of: parameters), state: State(decoder))
    }

    func decode(_ packet: borrowing Packet, into frame: borrowing Frame) throws(LibAVError) -> Bool {
        guard packet.withBytes({ state.decoder.decode($0) }) else { return false }
        let format = state.decoder.hasFullChroma ? AV_PIX_FMT_YUV444P : AV_PIX_FMT_YUV422P
        try HalfSizeDecoder.prepare(frame, as: template, format, for: packet)
        // As libavcodec's decoder sets them (proresdec2.c, decode_frame_header).
        if let colors = state.decoder.colors {
            unsafe frame.pointer.pointee.color_primaries = AVColorPrimaries(UInt32(colors.primaries))
            unsafe frame.pointer.pointee.color_trc = AVColorTransferCharacteristic(UInt32(colors.transfer))
            unsafe frame.pointer.pointee.colorspace = AVColorSpace(UInt32(colors.matrix))
            unsafe frame.pointer.pointee.color_range = AVCOL_RANGE_MPEG
        }
        for (index, plane) in state.decoder.planes.enumerated() {
            guard let target = unsafe frame.plane(index, nil) else { continue }
            let width = index == 0 || state.decoder.hasFullChroma ? frame.width : frame.width / 2
            let height = frame.height
            unsafe plane.quartets.withUnsafeBytes { source in
                guard let start = source.baseAddress, source.count >= height * plane.stride * 4 else { return }
                unsafe av_image_copy_plane(
                    target.start, Int32(target.stride), start.assumingMemoryBound(to: UInt8.self),
                    Int32(plane.stride * 4), Int32(width), Int32(height))
            }
        }
        return true
    }
}
