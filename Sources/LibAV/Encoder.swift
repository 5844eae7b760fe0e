internal import CLibAV

/// Owns an encoder.
@safe
public struct Encoder: ~Copyable {
    let context: UnsafeMutablePointer<AVCodecContext>

    /// What a video encoder must know before its first picture.
    public struct VideoFormat: Sendable {
        public var width: Int
        public var height: Int
        /// The time base is its inverse: pts count pictures.
        public var frameRate: Rational
        /// The longest distance of two key frames, in pictures.
        public var keyFrameInterval: Int
        /// Tags of the original; samples are always written in the limited ("tv") range.
        public var color: ColorTags

        public init(width: Int, height: Int, frameRate: Rational, keyFrameInterval: Int, color: ColorTags) {
            self.width = width
            self.height = height
            self.frameRate = frameRate
            self.keyFrameInterval = keyFrameInterval
            self.color = color
        }
    }

    /// An encoder of 8-bit 4:2:0 pictures with square pixels.
    /// - Parameter options: private options of the encoder (`ffmpeg -h encoder=libx264`).
    public static func openVideo(
        named name: String, _ format: VideoFormat, options: [(key: String, value: String)], threads: Int
    ) throws(LibAVError) -> Encoder {
        let codec = unsafe try find(name)
        let encoder = unsafe Encoder(context: try allocated(avcodec_alloc_context3(codec), "avcodec_alloc_context3"))
        let context = unsafe encoder.context
        unsafe context.pointee.width = Int32(clamping: format.width)
        unsafe context.pointee.height = Int32(clamping: format.height)
        unsafe context.pointee.pix_fmt = AV_PIX_FMT_YUV420P
        unsafe context.pointee.sample_aspect_ratio = AVRational(num: 1, den: 1)
        unsafe context.pointee.time_base = format.frameRate.inverse.c
        unsafe context.pointee.framerate = format.frameRate.c
        unsafe context.pointee.gop_size = Int32(clamping: format.keyFrameInterval)
        unsafe context.pointee.color_primaries = format.color.primaries
        unsafe context.pointee.color_trc = format.color.transfer
        // swscale turns RGB into BT.601 unless told otherwise (sws_getCoefficients with an unknown matrix).
        let isRGB = format.color.matrix == AVCOL_SPC_RGB
        unsafe context.pointee.colorspace = isRGB ? AVCOL_SPC_SMPTE170M : format.color.matrix
        unsafe context.pointee.color_range = AVCOL_RANGE_MPEG
        unsafe context.pointee.chroma_sample_location = AVCHROMA_LOC_LEFT
        unsafe context.pointee.thread_count = Int32(clamping: threads)
        unsafe try encoder.open(codec, options)
        return encoder
    }

    /// An encoder of stereo sound in planar floating point. Its time base is one sample.
    public static func openStereo(
        named name: String, sampleRate: Int, bitRate: Int, options: [(key: String, value: String)]
    ) throws(LibAVError) -> Encoder {
        let codec = unsafe try find(name)
        let encoder = unsafe Encoder(context: try allocated(avcodec_alloc_context3(codec), "avcodec_alloc_context3"))
        let context = unsafe encoder.context
        unsafe context.pointee.sample_rate = Int32(clamping: sampleRate)
        unsafe context.pointee.sample_fmt = AV_SAMPLE_FMT_FLTP
        unsafe context.pointee.ch_layout = clibav_stereo()
        unsafe context.pointee.bit_rate = Int64(bitRate)
        unsafe context.pointee.time_base = AVRational(num: 1, den: Int32(clamping: sampleRate))
        unsafe try encoder.open(codec, options)
        return encoder
    }

    deinit {
        var gone: UnsafeMutablePointer<AVCodecContext>? = unsafe context
        unsafe avcodec_free_context(&gone)
    }

    public var timeBase: Rational {
        unsafe Rational(known: context.pointee.time_base) ?? Rational(1, 1)
    }
    /// Samples that one frame of sound must have, all but the last.
    public var frameSize: Int { unsafe Int(context.pointee.frame_size) }

    public func send(_ frame: borrowing Frame) throws(LibAVError) {
        unsafe try check(avcodec_send_frame(context, frame.pointer), "avcodec_send_frame")
    }

    /// Tells the encoder that no more frames follow.
    public func sendEnd() throws(LibAVError) {
        unsafe try check(avcodec_send_frame(context, nil), "avcodec_send_frame")
    }

    public func receive(into packet: borrowing Packet) throws(LibAVError) -> CodecResult {
        unsafe try codecResult(avcodec_receive_packet(context, packet.pointer), "avcodec_receive_packet")
    }

    private static func find(_ name: String) throws(LibAVError) -> UnsafePointer<AVCodec> {
        guard let codec = unsafe avcodec_find_encoder_by_name(name) else {
            throw LibAVError(.encoderNotFound, "this libavcodec has no encoder \(name)")
        }
        return unsafe codec
    }

    private func open(_ codec: UnsafePointer<AVCodec>, _ options: [(key: String, value: String)]) throws(LibAVError) {
        // MP4 keeps parameter sets in the header, not in the packets.
        unsafe context.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER
        for (key, value) in options {
            unsafe try check(av_opt_set(context.pointee.priv_data, key, value, 0), "encoder option \(key)=\(value)")
        }
        unsafe try check(avcodec_open2(context, codec, nil), "avcodec_open2")
    }
}
