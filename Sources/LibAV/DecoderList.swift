internal import CLibAV

/// Which decoders may run on originals: those of what cameras, phones, recorders, screen grabbers and editors write.
///
/// Not in the list: hardware decoders (which open devices), subtitles, text art and vector graphics, the formats of
/// games, and what nobody has recorded with for twenty years. Each decoder more is code that an attacker may choose.
public enum DecoderList {
    private static let video = """
        h264 hevc vvc libvvdec av1 libdav1d libaom-av1 vp8 vp9 theora mpeg1video mpeg2video mpegvideo mpeg4 \
        msmpeg4v1 msmpeg4v2 msmpeg4 wmv1 wmv2 wmv3 wmv3image vc1 vc1image h261 h263 h263i h263p flv vp3 vp6 vp6a vp6f \
        mjpeg mjpegb amv jpeg2000 libopenjpeg jpegls png tiff bmp prores dnxhd cfhd dvvideo aic pixlet speedhq hq_hqa hqx \
        ffv1 ffvhuff huffyuv hymt utvideo magicyuv lagarith sheervideo avrp avrn avui ayuv cllc notchlc hap dxv \
        rawvideo v210 v210x v308 v408 v410 r10k r210 y41p yuv4 cljr bitpacked qtrle rpza smc svq1 svq3 \
        8bps cinepak indeo3 indeo4 indeo5 rv10 rv20 rv30 rv40 dirac cavs mxpeg mss1 mss2 msrle msvideo1 tscc tscc2 \
        camtasia camstudio flashsv flashsv2 screenpresso fraps zmbv zlib mszh imm4 imm5 fic g2m sp5x
        """
    private static let audio = """
        aac aac_latm ac3 eac3 alac amrnb amrwb dca flac mlp truehd mp1 mp1float mp2 mp2float mp3 mp3float mp3adu \
        mp3adufloat mp3on4 mp3on4float opus vorbis speex libspeex wmav1 wmav2 wmapro wmalossless wmavoice als cook sipr \
        ralf atrac3 atrac3p adpcm_ima_wav adpcm_ima_qt adpcm_ms adpcm_yamaha adpcm_swf adpcm_g722 g722 adpcm_g726 g726 \
        g726le gsm gsm_ms libgsm libgsm_ms nellymoser mace3 mace6 qdm2 qdmc qcelp evrc g723_1 g729 ilbc libilbc s302m \
        dolby_e dvaudio wavpack tta ape tak pcm_alaw pcm_mulaw pcm_bluray pcm_dvd pcm_f16le pcm_f24le pcm_f32be \
        pcm_f32le pcm_f64be pcm_f64le pcm_lxf pcm_s16be pcm_s16be_planar pcm_s16le pcm_s16le_planar pcm_s24be \
        pcm_s24daud pcm_s24le pcm_s24le_planar pcm_s32be pcm_s32le pcm_s32le_planar pcm_s64be pcm_s64le pcm_s8 \
        pcm_s8_planar pcm_u16be pcm_u16le pcm_u24be pcm_u24le pcm_u32be pcm_u32le pcm_u8
        """

    public static let allowed: [String] = (video + " " + audio).split(separator: " ").map(String.init)
    private static let set = Set(allowed)

    /// The first decoder of the list that reads a codec, in the order of libavcodec's preference.
    static func decoder(for codec: AVCodecID) -> UnsafePointer<AVCodec>? {
        var position: UnsafeMutableRawPointer?
        while let candidate = unsafe av_codec_iterate(&position) {
            guard unsafe candidate.pointee.id == codec, unsafe av_codec_is_decoder(candidate) != 0 else { continue }
            // An experimental one is not taken while there is another (`avcodec_find_decoder`); none is in the list.
            if let name = unsafe text(candidate.pointee.name), set.contains(name) { return unsafe candidate }
        }
        return nil
    }
}
