internal import CLibAV

/// How the numbers of a picture's samples are meant: code points of ITU-T H.273, and the range.
public struct ColorTags: Sendable, Hashable {
    var primaries: AVColorPrimaries
    var transfer: AVColorTransferCharacteristic
    var matrix: AVColorSpace
    var range: AVColorRange

    /// libavutil's names; `nil` where unspecified.
    public var primariesName: String? {
        primaries == AVCOL_PRI_UNSPECIFIED ? nil : unsafe text(av_color_primaries_name(primaries))
    }
    public var transferName: String? {
        transfer == AVCOL_TRC_UNSPECIFIED ? nil : unsafe text(av_color_transfer_name(transfer))
    }
    public var matrixName: String? {
        matrix == AVCOL_SPC_UNSPECIFIED ? nil : unsafe text(av_color_space_name(matrix))
    }
    public var rangeName: String? {
        range == AVCOL_RANGE_UNSPECIFIED ? nil : unsafe text(av_color_range_name(range))
    }

    var isFullRange: Bool { range == AVCOL_RANGE_JPEG }

    public static func == (left: ColorTags, right: ColorTags) -> Bool {
        left.primaries == right.primaries && left.transfer == right.transfer && left.matrix == right.matrix
            && left.range == right.range
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(primaries.rawValue)
        hasher.combine(transfer.rawValue)
        hasher.combine(matrix.rawValue)
        hasher.combine(range.rawValue)
    }
}

/// A C string of libav's as text; `nil` for a null pointer. Bytes that are not UTF-8 are replaced.
func text(_ pointer: UnsafePointer<CChar>?) -> String? {
    guard let pointer = unsafe pointer else { return nil }
    return unsafe String(cString: pointer)
}
