// The decoder's own limit, in two parts that share no code with Understudy.
//
// 1. With -DRECORDER, a library for LD_PRELOAD: writes down each packet that a program gives to a video decoder, into the
//    file that $DECODING_RECORD names: `SIZE DTS PTS`, one line each.
// 2. Else a program, `decoding FILE RECORD`: reads the file's video packets into memory, then gives those of the record
//    to a decoder with one thread and drops the frames. Prints the packets decoded, those of the file, and the seconds of
//    processor time that decoding took: nothing is demuxed, scaled, encoded or written in that time.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#ifdef RECORDER

static char record_path[PATH_MAX];
static FILE *record;

// Before main: the worker clears its environment and closes what it did not open itself.
__attribute__((constructor)) static void remember(void) {
    const char *path = getenv("DECODING_RECORD");
    if (path) snprintf(record_path, sizeof record_path, "%s", path);
}

int avcodec_send_packet(AVCodecContext *context, const AVPacket *packet) {
    static int (*next)(AVCodecContext *, const AVPacket *);
    if (!next) next = dlsym(RTLD_NEXT, "avcodec_send_packet");
    if (packet && packet->size && context->codec_type == AVMEDIA_TYPE_VIDEO && record_path[0]) {
        if (!record) record = fopen(record_path, "a");
        if (record) {
            fprintf(record, "%d %lld %lld\n", packet->size, (long long)packet->dts, (long long)packet->pts);
            fflush(record);
        }
    }
    return next(context, packet);
}

#else

typedef struct {
    int size;
    long long dts, pts;
} Entry;

static int compare(const void *left, const void *right) {
    const Entry *a = left, *b = right;
    if (a->dts != b->dts) return a->dts < b->dts ? -1 : 1;
    if (a->pts != b->pts) return a->pts < b->pts ? -1 : 1;
    return (a->size > b->size) - (a->size < b->size);
}

static double processor_seconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void fail(const char *what) {
    fprintf(stderr, "decoding: %s\n", what);
    exit(1);
}

static Entry *read_record(const char *path, size_t *count) {
    FILE *file = fopen(path, "r");
    if (!file) fail("no record");
    size_t room = 1024;
    Entry *entries = malloc(room * sizeof *entries);
    Entry entry;
    while (fscanf(file, "%d %lld %lld", &entry.size, &entry.dts, &entry.pts) == 3) {
        if (*count == room) entries = realloc(entries, (room *= 2) * sizeof *entries);
        entries[(*count)++] = entry;
    }
    fclose(file);
    qsort(entries, *count, sizeof *entries, compare);
    return entries;
}

int main(int argc, char **argv) {
    if (argc != 3) fail("usage: decoding FILE RECORD");
    size_t wanted = 0;
    Entry *entries = read_record(argv[2], &wanted);
    AVFormatContext *format = NULL;
    if (avformat_open_input(&format, argv[1], NULL, NULL) < 0) fail("cannot be opened");
    if (avformat_find_stream_info(format, NULL) < 0) fail("has no streams");
    const AVCodec *codec = NULL;
    int stream = av_find_best_stream(format, AVMEDIA_TYPE_VIDEO, -1, -1, &codec, 0);
    if (stream < 0) fail("has no video");
    AVCodecContext *context = avcodec_alloc_context3(codec);
    avcodec_parameters_to_context(context, format->streams[stream]->codecpar);
    context->thread_count = 1;
    if (avcodec_open2(context, codec, NULL) < 0) fail("has no decoder");

    AVPacket **packets = NULL;
    size_t count = 0, all = 0;
    AVPacket *packet = av_packet_alloc();
    while (av_read_frame(format, packet) >= 0) {
        if (packet->stream_index == stream) {
            Entry entry = {packet->size, packet->dts, packet->pts};
            all++;
            if (bsearch(&entry, entries, wanted, sizeof *entries, compare)) {
                packets = realloc(packets, (count + 1) * sizeof *packets);
                // A copy: what the demuxer has mapped or shares is touched here, not while decoding is timed.
                packets[count] = av_packet_alloc();
                av_packet_ref(packets[count], packet);
                av_packet_make_writable(packets[count++]);
            }
        }
        av_packet_unref(packet);
    }
    AVFrame *frame = av_frame_alloc();
    double begin = processor_seconds();
    for (size_t index = 0; index <= count; index++) {
        avcodec_send_packet(context, index < count ? packets[index] : NULL);
        while (avcodec_receive_frame(context, frame) >= 0) av_frame_unref(frame);
    }
    printf("%zu %zu %.4f\n", count, all, processor_seconds() - begin);
    return 0;
}

#endif
