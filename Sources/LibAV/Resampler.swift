internal import CLibAV

/// Owns a swresample context that turns sound of one format into stereo in planar floating point.
@safe
public struct Resampler: ~Copyable {
    private let context: OpaquePointer
    public let source: SoundFormat
    private let sampleRate: Int

    /// - Parameters:
    ///   - source: the format of `frame`.
    ///   - frame: any frame of the sound to come.
    ///   - sampleRate: of the output, in hertz.
    public static func open(from source: SoundFormat, like frame: borrowing Frame, sampleRate: Int) throws(LibAVError)
        -> Resampler
    {
        var context: OpaquePointer?
        var stereo = unsafe clibav_stereo()
        var layout = unsafe AVChannelLayout()
        // Many channels without a layout (MXF, WAV): swresample cannot mix what it cannot place; use the first two.
        let isPlaced = unsafe frame.pointer.pointee.ch_layout.order != AV_CHANNEL_ORDER_UNSPEC || source.channels <= 8
        if isPlaced, unsafe frame.pointer.pointee.ch_layout.order == AV_CHANNEL_ORDER_UNSPEC {
            unsafe av_channel_layout_default(&layout, Int32(source.channels))
        } else {
            unsafe try check(av_channel_layout_copy(&layout, &frame.pointer.pointee.ch_layout), "channel layout")
        }
        defer { unsafe av_channel_layout_uninit(&layout) }
        unsafe try check(
            swr_alloc_set_opts2(
                &context, &stereo, AV_SAMPLE_FMT_FLTP, Int32(sampleRate), &layout,
                AVSampleFormat(source.sampleFormat), Int32(source.sampleRate), 0, nil),
            "swr_alloc_set_opts2")
        let resampler = unsafe Resampler(
            context: try allocated(context, "swr_alloc_set_opts2"), source: source, sampleRate: sampleRate)
        if !isPlaced {
            let firstTwo: [Int32] = [0, 1]
            unsafe try check(swr_set_channel_mapping(resampler.context, firstTwo), "swr_set_channel_mapping")
        }
        unsafe try check(swr_init(resampler.context), "swr_init")
        return resampler
    }

    deinit {
        var gone: OpaquePointer? = unsafe context
        unsafe swr_free(&gone)
    }

    /// Samples of output that went in but have not come out, in output samples.
    public var delay: Int64 { unsafe max(0, swr_get_delay(context, Int64(sampleRate))) }

    /// - Returns: the sound that is ready; `nil` where there is none.
    public func convert(_ frame: borrowing Frame) throws(LibAVError) -> Frame? {
        let input = unsafe frame.pointer
        let room = unsafe try check(swr_get_out_samples(context, input.pointee.nb_samples), "swr_get_out_samples")
        guard room > 0 else { return nil }
        let output = try Frame.allocateStereo(sampleCount: Int(room), sampleRate: sampleRate)
        // The const that C wants and Swift's importer sees differently: the same array of plane pointers.
        let planes = unsafe UnsafeMutableRawPointer(input.pointee.extended_data)?
            .assumingMemoryBound(to: UnsafePointer<UInt8>?.self)
        return unsafe try taken(
            swr_convert(context, output.pointer.pointee.extended_data, room, planes, input.pointee.nb_samples), output)
    }

    /// - Returns: what is left inside after the last frame; `nil` where that is nothing.
    public func flush() throws(LibAVError) -> Frame? {
        let room = unsafe try check(swr_get_out_samples(context, 0), "swr_get_out_samples")
        guard room > 0 else { return nil }
        let output = try Frame.allocateStereo(sampleCount: Int(room), sampleRate: sampleRate)
        return unsafe try taken(swr_convert(context, output.pointer.pointee.extended_data, room, nil, 0), output)
    }

    private func taken(_ count: Int32, _ output: consuming Frame) throws(LibAVError) -> Frame? {
        try check(count, "swr_convert")
        guard count > 0 else { return nil }
        unsafe output.pointer.pointee.nb_samples = count
        return output
    }
}
