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

    public enum Field: Sendable, Hashable { case top, bottom }

    /// Whether swscale reads this pixel format.
    public var isSupported: Bool { sws_isSupportedInput(AVPixelFormat(pixelFormat)) != 0 }
    /// libavutil's name of the pixel format.
    public var pixelFormatName: String { unsafe text(av_get_pix_fmt_name(AVPixelFormat(pixelFormat))) ?? "unknown" }
}

extension Frame {
    /// The format of a decoded picture. Of an interlaced one only the field that was taken first is used: half the
    /// lines, but no combs.
    public var pictureFormat: PictureFormat {
        let field: PictureFormat.Field? =
            isInterlaced && height >= 4 ? (unsafe clibav_frame_is_top_field_first(pointer) != 0 ? .top : .bottom) : nil
        return unsafe PictureFormat(
            width: width, height: height, pixelFormat: pointer.pointee.format,
            matrix: pointer.pointee.colorspace.rawValue, range: pointer.pointee.color_range.rawValue, field: field)
    }
}
