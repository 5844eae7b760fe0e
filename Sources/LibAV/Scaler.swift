internal import CLibAV

/// Turns pictures of one format into 8-bit 4:2:0 of one size with swscale.
///
/// Without halving, the output for progressive pictures equals that of libavfilter's `scale=W:H,format=yuv420p` byte for
/// byte: the same flags, chroma positions, ranges and matrices (libavfilter/vf_scale.c, `config_props` and
/// `scale_frame`).
@safe
public struct Scaler: ~Copyable {
    private let context: OpaquePointer
    private let halving: PictureHalving?
    public let source: PictureFormat
    /// What swscale gets.
    private let rest: PictureFormat

    /// - Parameter halving: first averages blocks of 2×2 samples where half the picture is not too small. Once only: twice,
    ///   for 2160 lines, lost 1.4 points of VMAF.
    public static func open(
        from source: PictureFormat, toWidth width: Int, height: Int, halving: Bool = false
    ) throws(LibAVError) -> Scaler {
        let half = halving ? try PictureHalving.make(from: source, atLeastWidth: width, height: height) : nil
        let rest = half?.target ?? source
        let scaler = unsafe Scaler(
            context: try allocated(sws_alloc_context(), "sws_alloc_context"), halving: half, source: source,
            rest: rest)
        let isPlain420 = rest.pixelFormat == AV_PIX_FMT_YUV420P.rawValue
        let options: [(String, Int64)] = [
            ("srcw", Int64(rest.width)), ("srch", Int64(rest.lines)), ("src_format", Int64(rest.pixelFormat)),
            ("dstw", Int64(width)), ("dsth", Int64(height)), ("dst_format", Int64(AV_PIX_FMT_YUV420P.rawValue)),
            ("sws_flags", Int64(SWS_BICUBIC)), ("src_v_chr_pos", isPlain420 ? Int64(rest.chromaLine) : -513),
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
        guard let halving else { return try scaleRest(picture, into: output) }
        halving.run(picture)
        try scaleRest(halving.output, into: output)
    }

    private func scaleRest(_ picture: borrowing Frame, into output: borrowing Frame) throws(LibAVError) {
        var planes: [UnsafePointer<UInt8>?] = unsafe []
        var strides: [Int32] = []
        var outPlanes: [UnsafeMutablePointer<UInt8>?] = unsafe []
        var outStrides: [Int32] = []
        for index in 0..<4 {
            let source = unsafe picture.plane(index, rest.field)
            unsafe planes.append(source.map { unsafe UnsafePointer($0.start) })
            unsafe strides.append(Int32(source?.stride ?? 0))
            let target = unsafe output.plane(index, nil)
            unsafe outPlanes.append(target?.start)
            unsafe outStrides.append(Int32(target?.stride ?? 0))
        }
        unsafe try check(
            sws_scale(context, planes, strides, 0, Int32(rest.lines), outPlanes, outStrides), "sws_scale")
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
