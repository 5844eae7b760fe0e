internal import CLibAV
import Glibc
public import SystemPackage

/// Owns an MP4 file in the making, with the index in front of the data (`+faststart`). Writes through the given
/// descriptor only, which must be open for reading and writing, and stays the caller's.
@safe
public struct OutputContainer: ~Copyable {
    private let context: UnsafeMutablePointer<AVFormatContext>
    private let io: IOContext

    /// What a stream carries besides its data.
    public struct StreamTags: Sendable {
        public var displayMatrix: [Int32]?
        /// ISO 639-2 code.
        public var language: String?
        public var creationTime: String?

        public init(displayMatrix: [Int32]? = nil, language: String? = nil, creationTime: String? = nil) {
            self.displayMatrix = displayMatrix
            self.language = language
            self.creationTime = creationTime
        }
    }

    public static func create(on descriptor: FileDescriptor) throws(LibAVError) -> OutputContainer {
        let io = try IOContext.open(FileIO(descriptor), writable: true)
        var context: UnsafeMutablePointer<AVFormatContext>?
        unsafe try check(
            avformat_alloc_output_context2(&context, nil, "mp4", ownName), "avformat_alloc_output_context2")
        let made = unsafe try allocated(context, "avformat_alloc_output_context2")
        unsafe made.pointee.pb = io.pointer
        unsafe made.pointee.flags |= AVFMT_FLAG_CUSTOM_IO
        // The packets' order must not depend on which thread is ahead, of an original with few pictures a second by more than the
        // usual ten seconds (libavformat/mux.c, ff_interleave_packet_per_dts); two minutes of a proxy are some megabytes.
        unsafe made.pointee.max_interleave_delta = 120_000_000
        unsafe made.pointee.opaque = Unmanaged.passUnretained(io.file).toOpaque()
        unsafe made.pointee.io_open = reopenOwnOutput
        // Without it the default close takes our callbacks' context for a URLContext and crashes
        // (libavformat/aviobuf.c, avio_close).
        unsafe made.pointee.io_close2 = closeOwnOutput
        return unsafe OutputContainer(context: made, io: io)
    }

    deinit { unsafe avformat_free_context(context) }

    /// The first write that failed, if one did.
    public var writeFailure: Errno? { io.file.failure }

    /// Adds a stream with an encoder's format.
    /// - Returns: its index.
    public func addStream(for encoder: borrowing Encoder, tags: StreamTags) throws(LibAVError) -> Int {
        let stream = unsafe try allocated(avformat_new_stream(context, nil), "avformat_new_stream")
        unsafe try check(
            avcodec_parameters_from_context(stream.pointee.codecpar, encoder.context), "stream parameters")
        unsafe stream.pointee.time_base = encoder.context.pointee.time_base
        unsafe stream.pointee.avg_frame_rate = encoder.context.pointee.framerate
        unsafe try set(tags, on: stream)
        return unsafe Int(stream.pointee.index)
    }

    /// Adds a stream for packets that are copied.
    /// - Returns: its index.
    public func addStream(like template: borrowing StreamTemplate, timeBase: Rational, tags: StreamTags)
        throws(LibAVError) -> Int
    {
        let stream = unsafe try allocated(avformat_new_stream(context, nil), "avformat_new_stream")
        unsafe try check(
            avcodec_parameters_copy(stream.pointee.codecpar, template.parameters), "avcodec_parameters_copy")
        unsafe stream.pointee.time_base = timeBase.c
        unsafe try set(tags, on: stream)
        return unsafe Int(stream.pointee.index)
    }

    private func set(_ tags: StreamTags, on stream: UnsafeMutablePointer<AVStream>) throws(LibAVError) {
        if let matrix = tags.displayMatrix {
            let size = matrix.count * MemoryLayout<Int32>.size
            let data = unsafe try allocated(
                clibav_stream_new_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, size), "display matrix")
            unsafe matrix.withUnsafeBytes { bytes in
                unsafe UnsafeMutableRawBufferPointer(start: data, count: size).copyMemory(from: bytes)
            }
        }
        if let language = tags.language {
            unsafe try check(av_dict_set(&stream.pointee.metadata, "language", language, 0), "language")
        }
        if let time = tags.creationTime {
            unsafe try check(av_dict_set(&stream.pointee.metadata, "creation_time", time, 0), "creation_time")
        }
    }

    /// To be called once, after the last stream was added.
    public func writeHeader(creationTime: String?) throws(LibAVError) {
        if let creationTime {
            unsafe try check(
                av_dict_set(&context.pointee.metadata, "creation_time", creationTime, 0), "creation_time")
        }
        var options: OpaquePointer?
        defer { unsafe av_dict_free(&options) }
        unsafe try check(av_dict_set(&options, "movflags", "+faststart", 0), "movflags")
        unsafe try check(avformat_write_header(context, &options), "avformat_write_header")
    }

    /// Queues a packet of an encoder; the muxer sorts the streams' packets by time. Empties the packet.
    public func write(_ packet: borrowing Packet, toStream index: Int, from timeBase: Rational) throws(LibAVError) {
        guard let stream = unsafe context.pointee.streams[index] else { return }
        unsafe packet.pointer.pointee.stream_index = Int32(index)
        unsafe av_packet_rescale_ts(packet.pointer, timeBase.c, stream.pointee.time_base)
        unsafe try check(av_interleaved_write_frame(context, packet.pointer), "av_interleaved_write_frame")
    }

    /// Writes what is queued and the index, and moves the index to the front. To be called once, at the end.
    public func finish() throws(LibAVError) {
        unsafe try check(av_write_trailer(context), "av_write_trailer")
        unsafe avio_flush(io.pointer)
        unsafe try check(io.pointer.pointee.error, "avio_flush")
    }
}

/// The name under which the muxer reopens its own output for the second pass of `+faststart`.
private let ownName = "self:"

/// `AVFormatContext.io_open`: the muxer's own output for reading, and nothing else.
private func reopenOwnOutput(
    _ context: UnsafeMutablePointer<AVFormatContext>?,
    _ io: UnsafeMutablePointer<UnsafeMutablePointer<AVIOContext>?>?, _ url: UnsafePointer<CChar>?, _ flags: Int32,
    _ options: UnsafeMutablePointer<OpaquePointer?>?
) -> Int32 {
    guard unsafe text(url) == ownName, flags == AVIO_FLAG_READ, let opaque = unsafe context?.pointee.opaque else {
        return clibav_error(EPERM)
    }
    // A position of its own on the same descriptor: all reads and writes are positioned (pread, pwrite).
    let file = unsafe Unmanaged<FileIO>.fromOpaque(opaque).takeUnretainedValue()
    guard let opened = unsafe IOContext.makeContext(for: FileIO(file.descriptor), writable: false) else {
        return clibav_error(ENOMEM)
    }
    unsafe io?.pointee = opened
    return 0
}

/// `AVFormatContext.io_close2`.
private func closeOwnOutput(
    _ context: UnsafeMutablePointer<AVFormatContext>?, _ io: UnsafeMutablePointer<AVIOContext>?
) -> Int32 {
    if let io = unsafe io { unsafe IOContext.free(io) }
    return 0
}
