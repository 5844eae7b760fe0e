internal import CLibAV

extension InputContainer {
    public var streams: [StreamInfo] {
        (0..<streamCount).compactMap { index in
            guard let stream = unsafe context.pointee.streams[index],
                let parameters = unsafe stream.pointee.codecpar
            else { return nil }
            return unsafe describe(stream.pointee, parameters.pointee, index)
        }
    }

    private func describe(_ stream: AVStream, _ parameters: AVCodecParameters, _ index: Int) -> StreamInfo {
        let fields = unsafe parameters.field_order
        return unsafe StreamInfo(
            index: index,
            kind: kind(parameters.codec_type),
            codecName: codecName(parameters),
            hasDecoder: DecoderList.decoder(for: parameters.codec_id) != nil,
            timeBase: Rational(known: stream.time_base) ?? .microseconds,
            startTime: known(stream.start_time),
            duration: known(stream.duration),
            frameCount: stream.nb_frames > 0 ? Int(stream.nb_frames) : nil,
            averageFrameRate: Rational(known: stream.avg_frame_rate),
            width: Int(parameters.width),
            height: Int(parameters.height),
            color: ColorTags(
                primaries: parameters.color_primaries, transfer: parameters.color_trc,
                matrix: parameters.color_space, range: parameters.color_range),
            isInterlaced: fields == AV_FIELD_UNKNOWN ? nil : fields != AV_FIELD_PROGRESSIVE,
            isAttachedPicture: stream.disposition & AV_DISPOSITION_ATTACHED_PIC != 0,
            isEncrypted: isEncrypted(index, parameters),
            channels: Int(parameters.ch_layout.nb_channels),
            sampleRate: Int(parameters.sample_rate),
            bitRate: Int(clamping: parameters.bit_rate),
            isLowComplexityAAC: parameters.codec_id == AV_CODEC_ID_AAC && parameters.profile == FF_PROFILE_AAC_LOW,
            isOrdinaryH264: isOrdinaryH264(parameters),
            displayMatrix: displayMatrix(index),
            language: metadataValue(stream.metadata, "language"),
            timecode: metadataValue(stream.metadata, "timecode"),
            creationTime: metadataValue(stream.metadata, "creation_time"),
            promisedBytes: promisedBytes(index))
    }

    private func isOrdinaryH264(_ parameters: AVCodecParameters) -> Bool {
        // 66, 77 and 100 of ITU-T H.264, annex A; libavcodec adds flags for the constrained kinds.
        let profile = unsafe parameters.profile & ~(FF_PROFILE_H264_CONSTRAINED | FF_PROFILE_H264_INTRA)
        let profiles = [FF_PROFILE_H264_BASELINE, FF_PROFILE_H264_MAIN, FF_PROFILE_H264_HIGH]
        return unsafe parameters.codec_id == AV_CODEC_ID_H264 && profiles.contains(profile)
            && parameters.format == AV_PIX_FMT_YUV420P.rawValue && parameters.color_range != AVCOL_RANGE_JPEG
    }

    private func kind(_ type: AVMediaType) -> StreamInfo.Kind {
        switch type {
        case AVMEDIA_TYPE_VIDEO: .video
        case AVMEDIA_TYPE_AUDIO: .audio
        case AVMEDIA_TYPE_SUBTITLE: .subtitle
        case AVMEDIA_TYPE_DATA: .data
        default: .other
        }
    }

    private func codecName(_ parameters: AVCodecParameters) -> String {
        let id = unsafe parameters.codec_id
        if id != AV_CODEC_ID_NONE { return unsafe text(avcodec_get_name(id)) ?? "unknown" }
        let tag = unsafe parameters.codec_tag
        let letters = (0..<4).map { UInt8(truncatingIfNeeded: tag >> (8 * $0)) }
        let isText = letters.allSatisfy { (0x20..<0x7f).contains($0) }
        return isText ? String(decoding: letters, as: UTF8.self) : "unknown"
    }

    /// mov.c keeps the sample entry's type `encv` or `enca` as codec tag; other demuxers attach initialisation data.
    private func isEncrypted(_ index: Int, _ parameters: AVCodecParameters) -> Bool {
        let tag = unsafe parameters.codec_tag
        if tag == tagValue("encv") || tag == tagValue("enca") { return true }
        return !sideData(index, AV_PKT_DATA_ENCRYPTION_INIT_INFO).isEmpty
    }

    private func displayMatrix(_ index: Int) -> [Int32]? {
        let bytes = sideData(index, AV_PKT_DATA_DISPLAYMATRIX)
        guard bytes.count >= 36 else { return nil }
        return (0..<9).map { cell in
            // In the machine's byte order, which is little-endian wherever Swift runs on Linux.
            Int32(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[cell * 4 + $1]) << (8 * UInt32($1)) })
        }
    }

    private func sideData(_ index: Int, _ type: AVPacketSideDataType) -> [UInt8] {
        guard let stream = unsafe context.pointee.streams[index] else { return [] }
        var size = 0
        guard let data = unsafe clibav_stream_side_data(stream, type, &size) else { return [] }
        return unsafe Array(UnsafeBufferPointer(start: data, count: size))
    }

    /// Whether the container's index has the packets of a stream, one after the other without gaps.
    /// - Parameters:
    ///   - step: from one packet to the next, in the stream's time base.
    ///   - tolerance: what a step may differ by.
    public func hasSteadyIndex(ofStream index: Int, step: Int64, tolerance: Int64) -> Bool {
        guard let stream = unsafe context.pointee.streams[index] else { return false }
        var expected: Int64?
        let count = unsafe avformat_index_get_entries_count(stream)
        for number in 0..<max(0, count) {
            guard let entry = unsafe avformat_index_get_entry(stream, number) else { return false }
            let time = unsafe entry.pointee.timestamp
            if let expected, abs(time &- expected) > tolerance { return false }
            expected = time &+ step
        }
        return expected != nil
    }

    /// The end of the last sample of the index; the last few are enough, for files are written from front to back.
    private func promisedBytes(_ index: Int) -> Int64 {
        guard let stream = unsafe context.pointee.streams[index] else { return 0 }
        let count = unsafe avformat_index_get_entries_count(stream)
        var end: Int64 = 0
        for number in max(0, count - 64)..<max(0, count) {
            guard let entry = unsafe avformat_index_get_entry(stream, number) else { continue }
            end = unsafe max(end, entry.pointee.pos + Int64(entry.pointee.size))
        }
        return end
    }
}

extension StreamInfo {
    /// Clockwise rotation needed for display in whole degrees, 0..<360.
    public var rotationDegrees: Int {
        guard let displayMatrix else { return 0 }
        let counterclockwise = unsafe av_display_rotation_get(displayMatrix)
        guard counterclockwise.isFinite else { return 0 }
        return (360 - Int(counterclockwise.rounded()) % 360) % 360
    }
}

/// Four characters as libav keeps them (`MKTAG`).
private func tagValue(_ letters: StaticString) -> UInt32 {
    (0..<4).reduce(0) { unsafe $0 | UInt32(letters.utf8Start[$1]) << (8 * UInt32($1)) }
}
