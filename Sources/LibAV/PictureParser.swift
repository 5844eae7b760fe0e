internal import CLibAV

/// Reads the header of a compressed picture, without decoding it (libavcodec's parsers; each packet must hold whole
/// pictures).
@safe
public struct PictureParser: ~Copyable {
    /// What a header says.
    public struct Header: Sendable {
        /// Predicted from pictures before and after it.
        public var isBidirectional: Bool
        /// One field of a picture, not a whole one.
        public var isField: Bool
    }

    private let parser: UnsafeMutablePointer<AVCodecParserContext>
    private let context: UnsafeMutablePointer<AVCodecContext>

    /// - Returns: `nil` where libavcodec has no parser for the codec.
    static func open(_ parameters: UnsafePointer<AVCodecParameters>) throws(LibAVError) -> PictureParser? {
        let codec = unsafe parameters.pointee.codec_id
        guard let parser = unsafe av_parser_init(Int32(bitPattern: codec.rawValue)) else { return nil }
        guard let context = unsafe avcodec_alloc_context3(nil) else {
            unsafe av_parser_close(parser)
            throw LibAVError("avcodec_alloc_context3", clibav_error(ENOMEM))
        }
        let owner = unsafe PictureParser(parser: parser, context: context)
        unsafe try check(avcodec_parameters_to_context(context, parameters), "parser parameters")
        unsafe parser.pointee.flags |= PARSER_FLAG_COMPLETE_FRAMES
        return owner
    }

    deinit {
        unsafe av_parser_close(parser)
        var gone: UnsafeMutablePointer<AVCodecContext>? = unsafe context
        unsafe avcodec_free_context(&gone)
    }

    public func header(of packet: borrowing Packet) -> Header {
        var output: UnsafeMutablePointer<UInt8>?
        var size: Int32 = 0
        let data = unsafe packet.pointer.pointee
        unsafe parser.pointee.pict_type = Int32(AV_PICTURE_TYPE_NONE.rawValue)
        unsafe parser.pointee.picture_structure = AV_PICTURE_STRUCTURE_UNKNOWN
        _ = unsafe av_parser_parse2(
            parser, context, &output, &size, data.data, data.size, data.pts, data.dts, data.pos)
        let structure = unsafe parser.pointee.picture_structure
        return unsafe Header(
            isBidirectional: parser.pointee.pict_type == Int32(AV_PICTURE_TYPE_B.rawValue),
            isField: structure == AV_PICTURE_STRUCTURE_TOP_FIELD || structure == AV_PICTURE_STRUCTURE_BOTTOM_FIELD)
    }
}
