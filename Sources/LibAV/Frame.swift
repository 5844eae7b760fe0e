internal import CLibAV

/// Owns an `AVFrame`: one decoded picture, or some samples of sound.
@safe
public struct Frame: ~Copyable {
    let pointer: UnsafeMutablePointer<AVFrame>

    /// A frame without content.
    public static func allocate() throws(LibAVError) -> Frame {
        unsafe Frame(pointer: try allocated(av_frame_alloc(), "av_frame_alloc"))
    }

    /// A picture of 8-bit 4:2:0 samples with undefined content.
    public static func allocatePicture(width: Int, height: Int) throws(LibAVError) -> Frame {
        let frame = try allocate()
        unsafe frame.pointer.pointee.format = AV_PIX_FMT_YUV420P.rawValue
        unsafe frame.pointer.pointee.width = Int32(width)
        unsafe frame.pointer.pointee.height = Int32(height)
        unsafe try check(av_frame_get_buffer(frame.pointer, 0), "av_frame_get_buffer")
        return frame
    }

    deinit {
        var gone: UnsafeMutablePointer<AVFrame>? = unsafe pointer
        unsafe av_frame_free(&gone)
    }

    /// Presentation time in the packets' time base, guessed by libavcodec where the container is unsure.
    public var bestEffortPts: Int64? { unsafe known(pointer.pointee.best_effort_timestamp) }
    /// In the packets' time base; 0 where it is unknown.
    public var duration: Int64 { unsafe max(0, clibav_frame_duration(pointer)) }
    /// Whether the decoder met damage, and perhaps hid it (`decode_error_flags`, `AV_FRAME_FLAG_CORRUPT`).
    public var isDamaged: Bool {
        unsafe pointer.pointee.decode_error_flags != 0 || pointer.pointee.flags & AV_FRAME_FLAG_CORRUPT != 0
    }
    public var width: Int { unsafe Int(pointer.pointee.width) }
    public var height: Int { unsafe Int(pointer.pointee.height) }
    /// Whether the two fields were taken at different times.
    public var isInterlaced: Bool { unsafe clibav_frame_is_interlaced(pointer) != 0 }
    public var sampleCount: Int { unsafe Int(pointer.pointee.nb_samples) }
    /// The matrix is "RGB" for every RGB and palette format, also where the decoder left it open.
    public var colorTags: ColorTags {
        let flags = unsafe av_pix_fmt_desc_get(AVPixelFormat(pointer.pointee.format))?.pointee.flags ?? 0
        let isRGB = flags & UInt64(AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL) != 0
        return unsafe ColorTags(
            primaries: pointer.pointee.color_primaries, transfer: pointer.pointee.color_trc,
            matrix: isRGB ? AVCOL_SPC_RGB : pointer.pointee.colorspace, range: pointer.pointee.color_range)
    }

    /// Takes over the content of another frame, which is empty afterwards.
    public func take(from other: borrowing Frame) {
        unsafe av_frame_unref(pointer)
        unsafe av_frame_move_ref(pointer, other.pointer)
    }

    public func release() { unsafe av_frame_unref(pointer) }

    /// Sets the presentation time for the encoder, and leaves the choice of picture type to it.
    public func setPts(_ pts: Int64) {
        unsafe pointer.pointee.pts = pts
        unsafe pointer.pointee.pict_type = AV_PICTURE_TYPE_NONE
    }
}
