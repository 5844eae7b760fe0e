internal import CLibAV

/// Everything about a picture that a scaler is built for.
public struct PictureFormat: Sendable, Hashable {
    public let width: Int
    public let height: Int
    let pixelFormat: Int32
    let matrix: UInt32
    let range: UInt32
    /// Which field of an interlaced picture is scaled; `nil` for the whole picture.
    public let field: Field?
    /// Where the first line of chroma lies, in 1/256 of a line of luma: 128 is MPEG-2's, between two lines; 64 and 192
    /// those of its two fields.
    let chromaLine: Int

    public enum Field: Sendable, Hashable { case top, bottom }

    /// Whether swscale reads this pixel format.
    public var isSupported: Bool { sws_isSupportedInput(AVPixelFormat(pixelFormat)) != 0 }
    /// libavutil's name of the pixel format.
    public var pixelFormatName: String { unsafe text(av_get_pix_fmt_name(AVPixelFormat(pixelFormat))) ?? "unknown" }

    /// Lines of the picture, or of the field that is used.
    var lines: Int { field == nil ? height : (height + (field == .top ? 1 : 0)) / 2 }
}

extension PictureFormat {
    /// Sizes of the three planes, in samples; `nil` where luma and chroma do not each have a plane of bytes or of
    /// little-endian words. A plane of alpha is left out, as swscale leaves it out for an output without.
    var planes: [(width: Int, lines: Int)]? {
        guard depth != nil, let shifts = chromaShifts else { return nil }
        let chroma = (
            width: (width + (1 << shifts.width) - 1) >> shifts.width,
            lines: (lines + (1 << shifts.lines) - 1) >> shifts.lines
        )
        return [(width, lines), chroma, chroma]
    }

    /// Bits of one sample, where `planes` is not `nil`.
    var depth: Int? {
        guard let description = unsafe av_pix_fmt_desc_get(AVPixelFormat(pixelFormat)) else { return nil }
        let format = unsafe description.pointee
        let refused = UInt64(
            AV_PIX_FMT_FLAG_BE | AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_FLOAT
                | AV_PIX_FMT_FLAG_HWACCEL | AV_PIX_FMT_FLAG_BITSTREAM)
        guard unsafe format.nb_components >= 3, unsafe format.flags & UInt64(AV_PIX_FMT_FLAG_PLANAR) != 0,
            unsafe format.flags & refused == 0
        else { return nil }
        let parts = unsafe [format.comp.0, format.comp.1, format.comp.2]
        let depth = Int(parts[0].depth)
        let isPlain = parts.indices.allSatisfy {
            parts[$0].plane == $0 && parts[$0].step == (depth > 8 ? 2 : 1) && parts[$0].shift == 0
                && parts[$0].offset == 0 && Int(parts[$0].depth) == depth
        }
        return isPlain && (8...16).contains(depth) ? depth : nil
    }

    /// Twofold reductions of chroma, as shifts; `nil` for others than 4:2:0, 4:2:2 and 4:4:4.
    private var chromaShifts: (width: Int, lines: Int)? {
        guard let description = unsafe av_pix_fmt_desc_get(AVPixelFormat(pixelFormat)) else { return nil }
        let shifts = unsafe (Int(description.pointee.log2_chroma_w), Int(description.pointee.log2_chroma_h))
        return shifts == (1, 1) || shifts == (1, 0) || shifts == (0, 0) ? shifts : nil
    }

    var hasHalfChromaLines: Bool { chromaShifts?.lines == 1 }

    /// The format of 8 bits with the same chroma.
    var pixelFormat8: AVPixelFormat {
        switch chromaShifts {
        case .some((1, 1)): AV_PIX_FMT_YUV420P
        case .some((1, 0)): AV_PIX_FMT_YUV422P
        default: AV_PIX_FMT_YUV444P
        }
    }
}

extension Frame {
    /// The format of a decoded picture. Of an interlaced one only the field that was taken first is used: half the
    /// lines, but no combs.
    public var pictureFormat: PictureFormat {
        let field: PictureFormat.Field? =
            isInterlaced && height >= 4 ? (unsafe clibav_frame_is_top_field_first(pointer) != 0 ? .top : .bottom) : nil
        return unsafe PictureFormat(
            width: width, height: height, pixelFormat: pointer.pointee.format,
            matrix: pointer.pointee.colorspace.rawValue, range: pointer.pointee.color_range.rawValue, field: field,
            chromaLine: field == nil ? 128 : field == .top ? 64 : 192)
    }

    /// The start of a plane, or of one field in it, and the distance of two lines of it in bytes; `nil` where there is
    /// none.
    func plane(_ index: Int, _ field: PictureFormat.Field?) -> (start: UnsafeMutablePointer<UInt8>, stride: Int)? {
        let planes = unsafe [
            pointer.pointee.data.0, pointer.pointee.data.1, pointer.pointee.data.2, pointer.pointee.data.3,
        ]
        let strides = unsafe [
            pointer.pointee.linesize.0, pointer.pointee.linesize.1, pointer.pointee.linesize.2,
            pointer.pointee.linesize.3,
        ]
        guard let start = unsafe planes[index] else { return nil }
        let stride = Int(strides[index])
        guard let field else { return unsafe (start, stride) }
        return unsafe (field == .bottom ? start + stride : start, 2 * stride)
    }
}
