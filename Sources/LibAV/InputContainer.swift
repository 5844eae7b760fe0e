internal import CLibAV
import Glibc
public import SystemPackage

/// Owns an opened container and reads its packets. Reads the given descriptor only, which stays the caller's; nothing
/// that the content names is ever opened.
@safe
public struct InputContainer: ~Copyable {
    let context: UnsafeMutablePointer<AVFormatContext>
    private let io: IOContext

    /// Bounds for what a hostile container can ask for.
    public struct Limits: Sendable {
        public var maxStreams: Int
        /// Pixels of one picture that is decoded to find out about a stream.
        public var maxPixels: Int
        /// Bytes of one allocation.
        public var maxAllocation: Int

        public init(maxStreams: Int, maxPixels: Int, maxAllocation: Int) {
            self.maxStreams = maxStreams
            self.maxPixels = maxPixels
            self.maxAllocation = maxAllocation
        }
    }

    /// Opens a container of one of `DemuxerList.allowed` and reads enough to know its streams.
    public static func open(_ descriptor: FileDescriptor, limits: Limits) throws(LibAVError) -> InputContainer {
        av_max_alloc(max(1 << 20, limits.maxAllocation))
        let file = FileIO(descriptor)
        do throws(LibAVError) {
            let io = try IOContext.open(file, writable: false)
            let format = unsafe try probedFormat(io)
            var context: UnsafeMutablePointer<AVFormatContext>? =
                unsafe try allocated(avformat_alloc_context(), "avformat_alloc_context")
            unsafe context?.pointee.pb = io.pointer
            unsafe context?.pointee.flags |= AVFMT_FLAG_CUSTOM_IO
            unsafe context?.pointee.io_open = refuseOpen
            unsafe context?.pointee.probesize = 32 << 20
            unsafe context?.pointee.max_streams = Int32(clamping: limits.maxStreams)
            for (name, list) in [("format_whitelist", DemuxerList.allowed), ("codec_whitelist", DecoderList.allowed)] {
                unsafe try check(av_opt_set(context, name, list.joined(separator: ","), 0), name)
            }
            // No protocol: nothing that the content names can be opened, whatever asks for it.
            unsafe try check(av_opt_set(context, "protocol_whitelist", "", 0), "protocol_whitelist")
            // Frees the context when it fails (avformat.h).
            unsafe try check(avformat_open_input(&context, "", format, nil), "avformat_open_input")
            let container = unsafe InputContainer(
                context: try allocated(context, "avformat_open_input"), io: io)
            try container.findStreamInfo(limits)
            return container
        } catch {
            throw truth(of: error, file)
        }
    }

    /// Whose fault an error was. Demuxers say EIO of their own for damage too (libavformat/matroskadec.c of 5.1, an
    /// element that ends early), and hide a disk's EIO behind other errors.
    private static func truth(of error: LibAVError, _ file: FileIO) -> LibAVError {
        if let failure = file.failure { return LibAVError(.inputOutput, "\(failure)", averror: error.averror) }
        guard error.code == .inputOutput else { return error }
        return LibAVError(.invalidData, error.message, averror: error.averror)
    }

    deinit {
        var gone: UnsafeMutablePointer<AVFormatContext>? = unsafe context
        unsafe avformat_close_input(&gone)
    }

    /// The demuxer's names, such as `mov,mp4,m4a,3gp,3g2,mj2`.
    public var demuxerNames: [String] {
        (unsafe text(context.pointee.iformat?.pointee.name) ?? "").split(separator: ",").map(String.init)
    }

    /// Whether time stamps may jump within the file (`AVFMT_TS_DISCONT`).
    public var hasDiscontinuousTimestamps: Bool {
        unsafe (context.pointee.iformat?.pointee.flags ?? 0) & AVFMT_TS_DISCONT != 0
    }

    /// `nil` where the container does not say.
    public var durationSeconds: Double? {
        unsafe known(context.pointee.duration).flatMap { $0 > 0 ? Double($0) / 1e6 : nil }
    }

    /// The first time stamp of all streams in microseconds; `nil` where it is unknown.
    public var startMicroseconds: Int64? { unsafe known(context.pointee.start_time) }

    public var streamCount: Int { unsafe Int(context.pointee.nb_streams) }

    /// The failure of a read, if one failed: libav often goes on and reports something else.
    public var readFailure: Errno? { io.file.failure }
    public var fileSize: Int64? { io.file.size }

    /// A value of the container's own metadata.
    public func metadata(_ key: String) -> String? { unsafe metadataValue(context.pointee.metadata, key) }

    /// The stream of a kind that a player would choose (`av_find_best_stream`); `nil` where there is none.
    /// - Parameters:
    ///   - related: prefer streams of the same program as this one.
    ///   - decodable: consider only streams that this libavcodec has a decoder for.
    public func bestStream(_ kind: StreamInfo.Kind, relatedTo related: Int? = nil, decodable: Bool) -> Int? {
        let type = kind == .video ? AVMEDIA_TYPE_VIDEO : AVMEDIA_TYPE_AUDIO
        var decoder: UnsafePointer<AVCodec>?
        let index =
            decodable
            ? unsafe av_find_best_stream(context, type, -1, Int32(related ?? -1), &decoder, 0)
            : unsafe av_find_best_stream(context, type, -1, Int32(related ?? -1), nil, 0)
        guard index >= 0 else { return nil }
        // libav's own idea of decodable knows nothing of our list.
        if decodable, let parameters = unsafe context.pointee.streams[Int(index)]?.pointee.codecpar,
            unsafe DecoderList.decoder(for: parameters.pointee.codec_id) == nil
        {
            return nil
        }
        return Int(index)
    }

    /// Makes `read` skip all streams but these.
    public func keepOnly(_ indices: [Int]) {
        for index in 0..<streamCount where !indices.contains(index) {
            unsafe context.pointee.streams[index]?.pointee.discard = AVDISCARD_ALL
        }
    }

    /// Reads the next packet of any stream that is kept, in place of what the packet held.
    /// - Returns: false at the end of the file.
    public func read(into packet: borrowing Packet) throws(LibAVError) -> Bool {
        // av_read_frame overwrites a packet without freeing what is in it.
        unsafe av_packet_unref(packet.pointer)
        // A demuxer may ask for another try (AVERROR(EAGAIN)) without having moved; not for ever.
        for _ in 0..<1000 {
            let result = unsafe av_read_frame(context, packet.pointer)
            if result == clibav_error_end() { return false }
            if result == clibav_error(EAGAIN) { continue }
            try check(result, "av_read_frame")
            return true
        }
        return false
    }

    /// Opens a decoder for a stream.
    public func openDecoder(
        forStream index: Int, threads: Int, loopFilter: Decoder.LoopFilter = .everywhere, maxPixels: Int
    ) throws(LibAVError) -> Decoder {
        let stream = unsafe try stream(index)
        let parameters = unsafe try allocated(stream.pointee.codecpar, "codec parameters")
        guard let codec = unsafe DecoderList.decoder(for: parameters.pointee.codec_id) else {
            throw LibAVError(.decoderNotFound, "no decoder for stream \(index)")
        }
        return unsafe try Decoder.open(
            codec, parameters: parameters, timeBase: Rational(known: stream.pointee.time_base) ?? .microseconds,
            threads: threads, loopFilter: loopFilter, maxPixels: maxPixels)
    }

    /// Opens a decoder for pictures of half the sides; `nil` where there is none for the stream.
    public func openHalfSizeDecoder(forStream index: Int, maxPixels: Int) throws(LibAVError) -> HalfSizeDecoder? {
        unsafe try HalfSizeDecoder.open(
            try allocated(try stream(index).pointee.codecpar, "codec parameters"), maxPixels: maxPixels)
    }

    /// Opens a reader for the headers of a stream's pictures; `nil` where libavcodec has none for its codec.
    public func openPictureParser(forStream index: Int) throws(LibAVError) -> PictureParser? {
        unsafe try PictureParser.open(try allocated(try stream(index).pointee.codecpar, "codec parameters"))
    }

    /// What the container keeps of a codec's headers beside the packets (`extradata`); empty where there is nothing.
    public func codecConfiguration(ofStream index: Int) -> [UInt8] {
        guard let parameters = unsafe context.pointee.streams[index]?.pointee.codecpar,
            let data = unsafe parameters.pointee.extradata, unsafe parameters.pointee.extradata_size > 0
        else { return [] }
        return unsafe Array(UnsafeBufferPointer(start: data, count: Int(parameters.pointee.extradata_size)))
    }

    /// Width over height of one sample, from the container or the codec; `nil` where unknown.
    public func sampleAspectRatio(ofStream index: Int) -> Rational? {
        guard let stream = unsafe context.pointee.streams[index] else { return nil }
        return unsafe Rational(known: av_guess_sample_aspect_ratio(context, stream, nil))
    }

    /// The same of a decoded picture.
    public func sampleAspectRatio(ofStream index: Int, frame: borrowing Frame) -> Rational? {
        guard let stream = unsafe context.pointee.streams[index] else { return nil }
        return unsafe Rational(known: av_guess_sample_aspect_ratio(context, stream, frame.pointer))
    }

    func stream(_ index: Int) throws(LibAVError) -> UnsafeMutablePointer<AVStream> {
        guard index >= 0, index < streamCount, let stream = unsafe context.pointee.streams[index] else {
            throw LibAVError(.other, "there is no stream \(index)")
        }
        return unsafe stream
    }

    /// The demuxer that libav takes for these bytes, if it is an allowed one.
    private static func probedFormat(_ io: borrowing IOContext) throws(LibAVError) -> UnsafePointer<AVInputFormat>? {
        var format: UnsafePointer<AVInputFormat>?
        unsafe try check(av_probe_input_buffer2(io.pointer, &format, "", nil, 0, 0), "av_probe_input_buffer2")
        let names = unsafe text(format?.pointee.name) ?? ""
        guard DemuxerList.allows(names) else { throw LibAVError(.formatRefused, names) }
        return unsafe format
    }

    /// `avformat_find_stream_info` with one thread and the pixel limit for each decoder that it opens.
    private func findStreamInfo(_ limits: Limits) throws(LibAVError) {
        let count = streamCount
        var options: [OpaquePointer?] = unsafe Array(repeating: nil, count: count)
        for index in 0..<count {
            unsafe av_dict_set_int(&options[index], "max_pixels", Int64(limits.maxPixels), 0)
            unsafe av_dict_set_int(&options[index], "threads", 1, 0)
        }
        defer { for index in 0..<count { unsafe av_dict_free(&options[index]) } }
        // An empty array has no storage to point at; libav takes that as "no options".
        let result = unsafe options.withUnsafeMutableBufferPointer { buffer in
            unsafe avformat_find_stream_info(context, count == 0 ? nil : buffer.baseAddress)
        }
        try check(result, "avformat_find_stream_info")
    }
}

/// A value of an `AVDictionary`.
func metadataValue(_ dictionary: OpaquePointer?, _ key: String) -> String? {
    guard let entry = unsafe av_dict_get(dictionary, key, nil, 0) else { return nil }
    return unsafe text(entry.pointee.value)
}

/// `AVFormatContext.io_open`: no content may make us open anything.
private func refuseOpen(
    _ context: UnsafeMutablePointer<AVFormatContext>?,
    _ io: UnsafeMutablePointer<UnsafeMutablePointer<AVIOContext>?>?, _ url: UnsafePointer<CChar>?, _ flags: Int32,
    _ options: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
    LogCapture.append("refused to open another file that the content names")
    return clibav_error(EPERM)
}
