// What Swift's importer cannot see of libav, or what differs between libav 5.1 and 7.1: macros and accessors, as static
// inline functions. No logic beyond the choice of the field that the installed version has.
#ifndef UNDERSTUDY_CLIBAV_SHIM_H
#define UNDERSTUDY_CLIBAV_SHIM_H

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/audio_fifo.h>
#include <libavutil/avutil.h>
#include <libavutil/channel_layout.h>
#include <libavutil/display.h>
#include <libavutil/imgutils.h>
#include <libavutil/log.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libavutil/sha.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>

// Error codes (libavutil/error.h builds them with FFERRTAG, which is not importable).
static inline int clibav_error(int errno_value) { return AVERROR(errno_value); }
static inline int clibav_error_end(void) { return AVERROR_EOF; }
static inline int clibav_error_invalid_data(void) { return AVERROR_INVALIDDATA; }
static inline int clibav_error_no_decoder(void) { return AVERROR_DECODER_NOT_FOUND; }
static inline int clibav_error_no_encoder(void) { return AVERROR_ENCODER_NOT_FOUND; }
static inline int clibav_error_no_demuxer(void) { return AVERROR_DEMUXER_NOT_FOUND; }
static inline int clibav_error_patch_welcome(void) { return AVERROR_PATCHWELCOME; }
static inline int64_t clibav_no_pts(void) { return AV_NOPTS_VALUE; }

// Picture flags moved from fields to AVFrame.flags in libavutil 58.7.
static inline int clibav_frame_is_interlaced(const AVFrame *frame) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(58, 7, 100)
    return (frame->flags & AV_FRAME_FLAG_INTERLACED) != 0;
#else
    return frame->interlaced_frame;
#endif
}
static inline int clibav_frame_is_top_field_first(const AVFrame *frame) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(58, 7, 100)
    return (frame->flags & AV_FRAME_FLAG_TOP_FIELD_FIRST) != 0;
#else
    return frame->top_field_first;
#endif
}
// AVFrame.duration came with libavutil 57.30; pkt_duration went with 59.
static inline int64_t clibav_frame_duration(const AVFrame *frame) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(57, 30, 100)
    return frame->duration;
#else
    return frame->pkt_duration;
#endif
}
static inline void clibav_frame_set_duration(AVFrame *frame, int64_t duration) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(57, 30, 100)
    frame->duration = duration;
#else
    frame->pkt_duration = duration;
#endif
}

// Side data of a stream moved to AVCodecParameters in libavformat 60.15.
static inline const uint8_t *clibav_stream_side_data(const AVStream *stream, enum AVPacketSideDataType type,
                                                     size_t *size) {
#if LIBAVFORMAT_VERSION_INT >= AV_VERSION_INT(60, 15, 100)
    const AVPacketSideData *found = av_packet_side_data_get(
        stream->codecpar->coded_side_data, stream->codecpar->nb_coded_side_data, type);
    *size = found ? found->size : 0;
    return found ? found->data : NULL;
#else
    *size = 0;
    return av_stream_get_side_data(stream, type, size);
#endif
}
static inline uint8_t *clibav_stream_new_side_data(AVStream *stream, enum AVPacketSideDataType type, size_t size) {
#if LIBAVFORMAT_VERSION_INT >= AV_VERSION_INT(60, 15, 100)
    AVPacketSideData *made = av_packet_side_data_new(
        &stream->codecpar->coded_side_data, &stream->codecpar->nb_coded_side_data, type, size, 0);
    return made ? made->data : NULL;
#else
    return av_stream_new_side_data(stream, type, size);
#endif
}

// The write callback takes a pointer to const since libavformat 61.
static inline AVIOContext *clibav_io_alloc(
    unsigned char *buffer, int size, int writable, void *opaque, int (*read)(void *, uint8_t *, int),
    int (*write)(void *, const uint8_t *, int), int64_t (*seek)(void *, int64_t, int)) {
#if LIBAVFORMAT_VERSION_INT >= AV_VERSION_INT(61, 0, 100)
    return avio_alloc_context(buffer, size, writable, opaque, read, writable ? write : NULL, seek);
#else
    return avio_alloc_context(
        buffer, size, writable, opaque, read, writable ? (int (*)(void *, uint8_t *, int))write : NULL, seek);
#endif
}

// Two channels, left and right: AV_CHANNEL_LAYOUT_STEREO is a compound initializer.
static inline AVChannelLayout clibav_stereo(void) { return (AVChannelLayout)AV_CHANNEL_LAYOUT_STEREO; }

#endif
