// What Swift's importer cannot see of libav: macros, as static inline functions. No logic.
#ifndef UNDERSTUDY_CLIBAV_SHIM_H
#define UNDERSTUDY_CLIBAV_SHIM_H

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avutil.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>

static inline int clibav_error(int errno_value) { return AVERROR(errno_value); }

#endif
