internal import CLibAV

/// Tables and tests of the processor that libav and libx264 make at first use.
public enum CodecTables {
    private static let commonDecoders = ["h264", "hevc", "aac", "mpeg2video", "mjpeg"]

    /// Opens and closes the encoders and the most common decoders, and converts one small picture.
    public static func prepare(
        videoEncoder: String, _ videoOptions: [(key: String, value: String)], audioEncoder: String,
        _ audioOptions: [(key: String, value: String)]
    ) throws(LibAVError) {
        for name in commonDecoders {
            guard let codec = unsafe avcodec_find_decoder_by_name(name) else { continue }
            var context = unsafe avcodec_alloc_context3(codec)
            unsafe avcodec_open2(context, codec, nil)
            unsafe avcodec_free_context(&context)
        }
        let picture = try Frame.allocatePicture(width: 64, height: 64)
        let scaler = try Scaler.open(from: picture.pictureFormat, toWidth: 32, height: 32)
        let scaled = try Frame.allocatePicture(width: 32, height: 32)
        try scaler.scale(picture, into: scaled)
        let format = Encoder.VideoFormat(
            width: 32, height: 32, frameRate: Rational(10, 1), keyFrameInterval: 10, color: picture.colorTags)
        let encoder = try Encoder.openVideo(named: videoEncoder, format, options: videoOptions, threads: 1)
        scaled.setPts(0)
        try encoder.send(scaled)
        try encoder.sendEnd()
        let packet = try Packet.allocate()
        while try encoder.receive(into: packet) == .ready {}
        _ = try Encoder.openStereo(
            named: audioEncoder, sampleRate: 48000, bitRate: 64000, options: audioOptions)
    }
}
