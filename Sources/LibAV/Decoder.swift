internal import CLibAV
import Glibc

/// Owns a decoder for one stream.
@safe
public struct Decoder: ~Copyable {
    private let context: UnsafeMutablePointer<AVCodecContext>

    /// Which pictures get the codec's loop filter (`AVCodecContext.skip_loop_filter`), H.264's deblocking and HEVC's
    /// deblocking and sample-adaptive offset. Left out, the blocks' edges show, and other pictures inherit them.
    public enum LoopFilter: Sendable, Hashable, CaseIterable {
        case everywhere
        /// Not on those that no other picture is predicted from.
        case onReferences
        case nowhere

        var discard: AVDiscard {
            switch self {
            case .everywhere: AVDISCARD_DEFAULT
            case .onReferences: AVDISCARD_NONREF
            case .nowhere: AVDISCARD_ALL
            }
        }
    }

    /// - Parameters:
    ///   - threads: decoding threads; 1 decodes in the caller's.
    ///   - maxPixels: larger pictures are refused by libavcodec (`AVCodecContext.max_pixels`).
    static func open(
        _ codec: UnsafePointer<AVCodec>, parameters: UnsafePointer<AVCodecParameters>, timeBase: Rational,
        threads: Int, loopFilter: LoopFilter, maxPixels: Int
    ) throws(LibAVError) -> Decoder {
        let decoder = unsafe Decoder(context: try allocated(avcodec_alloc_context3(codec), "avcodec_alloc_context3"))
        unsafe try check(avcodec_parameters_to_context(decoder.context, parameters), "decoder parameters")
        unsafe decoder.context.pointee.pkt_timebase = timeBase.c
        unsafe decoder.context.pointee.thread_count = Int32(clamping: threads)
        unsafe decoder.context.pointee.thread_type = FF_THREAD_FRAME
        unsafe decoder.context.pointee.skip_loop_filter = loopFilter.discard
        unsafe decoder.context.pointee.max_pixels = Int64(maxPixels)
        unsafe try check(avcodec_open2(decoder.context, codec, nil), "avcodec_open2")
        return decoder
    }

    deinit {
        var gone: UnsafeMutablePointer<AVCodecContext>? = unsafe context
        unsafe avcodec_free_context(&gone)
    }

    /// Gives compressed data to the decoder, whose output must have been taken first.
    public func send(_ packet: borrowing Packet) throws(LibAVError) {
        unsafe try check(avcodec_send_packet(context, packet.pointer), "avcodec_send_packet")
    }

    /// Tells the decoder that no more data follow. May be called again.
    public func sendEnd() { unsafe _ = avcodec_send_packet(context, nil) }

    public func receive(into frame: borrowing Frame) throws(LibAVError) -> CodecResult {
        unsafe try codecResult(avcodec_receive_frame(context, frame.pointer), "avcodec_receive_frame")
    }
}

/// "again" and "end" are results, not errors.
func codecResult(_ result: Int32, _ operation: String) throws(LibAVError) -> CodecResult {
    switch result {
    case 0...: .ready
    case clibav_error(EAGAIN): .again
    case clibav_error_end(): .end
    default: throw LibAVError(operation, result)
    }
}
