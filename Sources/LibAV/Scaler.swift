internal import CLibAV

/// Owns a swscale context that turns pictures of one format into 8-bit 4:2:0 of one size.
///
/// For progressive pictures the output equals that of libavfilter's `scale=W:H,format=yuv420p` byte for byte: the same
/// flags, chroma positions, ranges and matrices (libavfilter/vf_scale.c, `config_props` and `scale_frame`).
@safe
public struct Scaler: ~Copyable {
    private let context: OpaquePointer
    public let source: PictureFormat

    public static func open(from source: PictureFormat, toWidth width: Int, height: Int) throws(LibAVError) -> Scaler {
        let scaler = unsafe Scaler(
            context: try allocated(sws_alloc_context(), "sws_alloc_context"), source: source)
        let lines = source.field == nil ? source.height : (source.height + (source.field == .top ? 1 : 0)) / 2
        let isPlain420 = source.pixelFormat == AV_PIX_FMT_YUV420P.rawValue
        // Vertical chroma positions in 1/256 of a luma line: 128 is MPEG-2's, 64 and 192 those of its two fields.
        let chroma: Int64 = source.field == nil ? 128 : source.field == .top ? 64 : 192
        let options: [(String, Int64)] = [
            ("srcw", Int64(source.width)), ("srch", Int64(lines)), ("src_format", Int64(source.pixelFormat)),
            ("dstw", Int64(width)), ("dsth", Int64(height)), ("dst_format", Int64(AV_PIX_FMT_YUV420P.rawValue)),
            ("sws_flags", Int64(SWS_BICUBIC)), ("src_v_chr_pos", isPlain420 ? chroma : -513),
            ("dst_v_chr_pos", 128),
        ]
        for (name, value) in options {
            unsafe try check(
                av_opt_set_int(UnsafeMutableRawPointer(scaler.context), name, value, 0), "scaler option \(name)")
        }
        unsafe try check(sws_init_context(scaler.context, nil, nil), "sws_init_context")
        scaler.setColorDetails()
        return scaler
    }

    deinit { unsafe sws_freeContext(context) }

    /// Scales one picture of the source format.
    public func scale(_ picture: borrowing Frame, into output: borrowing Frame) throws(LibAVError) {
        unsafe try check(av_frame_make_writable(output.pointer), "av_frame_make_writable")
        let frame = unsafe picture.pointer
        var planes = unsafe [
            UnsafePointer(frame.pointee.data.0), UnsafePointer(frame.pointee.data.1),
            UnsafePointer(frame.pointee.data.2), UnsafePointer(frame.pointee.data.3),
        ]
        var strides = unsafe [
            frame.pointee.linesize.0, frame.pointee.linesize.1, frame.pointee.linesize.2, frame.pointee.linesize.3,
        ]
        var lines = source.height
        if let field = source.field {
            for plane in 0..<4 {
                if field == .bottom, let start = unsafe planes[plane] {
                    unsafe planes[plane] = start + Int(strides[plane])
                }
                strides[plane] *= 2
            }
            lines = (source.height + (field == .top ? 1 : 0)) / 2
        }
        let target = unsafe output.pointer
        let outPlanes = unsafe [
            target.pointee.data.0, target.pointee.data.1, target.pointee.data.2, target.pointee.data.3,
        ]
        let outStrides = unsafe [
            target.pointee.linesize.0, target.pointee.linesize.1, target.pointee.linesize.2,
            target.pointee.linesize.3,
        ]
        unsafe try check(
            sws_scale(context, planes, strides, 0, Int32(lines), outPlanes, outStrides), "sws_scale")
    }

    /// Range and matrix of the source as vf_scale sets them; the output's range stays limited.
    private func setColorDetails() {
        var inverse: UnsafeMutablePointer<Int32>?
        var table: UnsafeMutablePointer<Int32>?
        var sourceRange: Int32 = 0
        var range: Int32 = 0
        var brightness: Int32 = 0
        var contrast: Int32 = 0
        var saturation: Int32 = 0
        guard
            unsafe sws_getColorspaceDetails(
                context, &inverse, &sourceRange, &table, &range, &brightness, &contrast, &saturation) >= 0
        else { return }
        if source.range != AVCOL_RANGE_UNSPECIFIED.rawValue {
            sourceRange = source.range == AVCOL_RANGE_JPEG.rawValue ? 1 : 0
        }
        let isKnown = (1...10).contains(source.matrix) && source.matrix != AVCOL_SPC_YCGCO.rawValue
        let coefficients = unsafe sws_getCoefficients(
            Int32(isKnown ? source.matrix : AVCOL_SPC_BT470BG.rawValue))
        // Fails for formats that have no such details, which is no error (libswscale/utils.c).
        _ = unsafe sws_setColorspaceDetails(
            context, coefficients, sourceRange, coefficients, range, brightness, contrast, saturation)
    }
}
