internal import CLibAV

/// Owns a queue of stereo samples in planar floating point (libavutil/audio_fifo.h).
@safe
public struct AudioFIFO: ~Copyable {
    private let fifo: OpaquePointer
    private let sampleRate: Int

    public static func allocate(sampleRate: Int) throws(LibAVError) -> AudioFIFO {
        let fifo = unsafe try allocated(av_audio_fifo_alloc(AV_SAMPLE_FMT_FLTP, 2, 8192), "av_audio_fifo_alloc")
        return unsafe AudioFIFO(fifo: fifo, sampleRate: sampleRate)
    }

    deinit { unsafe av_audio_fifo_free(fifo) }

    /// Samples of each channel in the queue.
    public var count: Int { unsafe Int(av_audio_fifo_size(fifo)) }

    /// Adds a frame of stereo sound but its first `skipped` samples.
    public func append(_ frame: borrowing Frame, skipping skipped: Int = 0) throws(LibAVError) {
        let count = frame.sampleCount - skipped
        guard count > 0 else { return }
        let offset = skipped * MemoryLayout<Float>.size
        var planes = unsafe [frame.pointer.pointee.data.0, frame.pointer.pointee.data.1].map { plane in
            unsafe UnsafeMutableRawPointer(plane.map { unsafe $0 + offset })
        }
        unsafe try check(av_audio_fifo_write(fifo, &planes, Int32(count)), "av_audio_fifo_write")
    }

    /// Adds `count` samples of silence.
    public func appendSilence(_ count: Int) throws(LibAVError) {
        let silence = try Frame.allocateStereo(sampleCount: count, sampleRate: sampleRate)
        try append(silence)
    }

    /// Takes at most `count` samples from the front.
    public func takeFrame(of count: Int) throws(LibAVError) -> Frame {
        let count = min(count, self.count)
        let frame = try Frame.allocateStereo(sampleCount: count, sampleRate: sampleRate)
        var planes = unsafe [
            UnsafeMutableRawPointer(frame.pointer.pointee.data.0),
            UnsafeMutableRawPointer(frame.pointer.pointee.data.1),
        ]
        unsafe try check(av_audio_fifo_read(fifo, &planes, Int32(count)), "av_audio_fifo_read")
        return frame
    }
}

extension Frame {
    /// Silent stereo sound in planar floating point. At least 1 sample.
    static func allocateStereo(sampleCount: Int, sampleRate: Int) throws(LibAVError) -> Frame {
        let frame = try allocate()
        unsafe frame.pointer.pointee.format = AV_SAMPLE_FMT_FLTP.rawValue
        unsafe frame.pointer.pointee.nb_samples = Int32(clamping: sampleCount)
        unsafe frame.pointer.pointee.sample_rate = Int32(clamping: sampleRate)
        unsafe frame.pointer.pointee.ch_layout = clibav_stereo()
        unsafe try check(av_frame_get_buffer(frame.pointer, 0), "av_frame_get_buffer")
        unsafe try check(
            av_samples_set_silence(
                frame.pointer.pointee.extended_data, 0, Int32(clamping: sampleCount), 2, AV_SAMPLE_FMT_FLTP),
            "av_samples_set_silence")
        return frame
    }
}
