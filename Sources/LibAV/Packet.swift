internal import CLibAV

/// Owns an `AVPacket`: compressed data of one stream.
@safe
public struct Packet: ~Copyable {
    let pointer: UnsafeMutablePointer<AVPacket>

    public static func allocate() throws(LibAVError) -> Packet {
        unsafe Packet(pointer: try allocated(av_packet_alloc(), "av_packet_alloc"))
    }

    deinit {
        var gone: UnsafeMutablePointer<AVPacket>? = unsafe pointer
        unsafe av_packet_free(&gone)
    }

    public var streamIndex: Int { unsafe Int(pointer.pointee.stream_index) }
    /// In the stream's time base; `nil` where it is unknown.
    public var pts: Int64? { unsafe known(pointer.pointee.pts) }
    public var dts: Int64? { unsafe known(pointer.pointee.dts) }
    /// In the stream's time base; 0 where it is unknown.
    public var duration: Int64 { unsafe max(0, pointer.pointee.duration) }
    public var byteCount: Int { unsafe Int(pointer.pointee.size) }
    public var isKey: Bool { unsafe pointer.pointee.flags & AV_PKT_FLAG_KEY != 0 }
    /// The packet is decoded, but its picture lies outside an edit list (`AV_PKT_FLAG_DISCARD`).
    public var isDiscarded: Bool { unsafe pointer.pointee.flags & AV_PKT_FLAG_DISCARD != 0 }

    /// The demuxer could not read the packet whole (`AV_PKT_FLAG_CORRUPT`).
    public var isCorrupt: Bool { unsafe pointer.pointee.flags & AV_PKT_FLAG_CORRUPT != 0 }

    /// Whether the data are encrypted as in ISO/IEC 23001-7 (`AV_PKT_DATA_ENCRYPTION_INFO`).
    public var isEncrypted: Bool {
        var size = 0
        return unsafe av_packet_get_side_data(pointer, AV_PKT_DATA_ENCRYPTION_INFO, &size) != nil
    }

    /// The container has other headers for the stream from this packet on.
    public var hasNewConfiguration: Bool {
        var size = 0
        return unsafe av_packet_get_side_data(pointer, AV_PKT_DATA_NEW_EXTRADATA, &size) != nil
            || av_packet_get_side_data(pointer, AV_PKT_DATA_PARAM_CHANGE, &size) != nil
    }

    /// The compressed data, for reading headers.
    public func withBytes<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
        let size = unsafe Int(max(0, pointer.pointee.size))
        return unsafe body(UnsafeBufferPointer(start: pointer.pointee.data, count: size).span)
    }

    /// Moves both time stamps, where they are known.
    public func shift(by ticks: Int64) {
        if let pts { unsafe pointer.pointee.pts = pts.addingReportingOverflow(ticks).partialValue }
        if let dts { unsafe pointer.pointee.dts = dts.addingReportingOverflow(ticks).partialValue }
    }

    /// In the time base of the encoder that made the packet.
    public func setDuration(_ ticks: Int64) { unsafe pointer.pointee.duration = ticks }

    /// Takes over the data of another packet, which is empty afterwards.
    public func take(from other: borrowing Packet) {
        unsafe av_packet_unref(pointer)
        unsafe av_packet_move_ref(pointer, other.pointer)
    }

    public func release() { unsafe av_packet_unref(pointer) }
}
