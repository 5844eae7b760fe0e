// The decoder's own limit, in two parts that share no code with Understudy.
//
// 1. With -DRECORDER, a library for LD_PRELOAD: writes down each packet that a program gives to a video decoder, libavcodec's
//    or libjpeg-turbo's, into the file that $DECODING_RECORD names: `DECODER SIZE HASH`, one line each. Time stamps would
//    not do: the program may have moved them.
// 2. Else a program, `decoding FILE RECORD`: reads the file's video packets into memory, then gives those that one decoder
//    of the record got (the one that got the most: probing and verification have others) to libavcodec's with one thread
//    and drops the frames. Prints the packets decoded, those of the file, and the seconds of processor time that decoding
//    took: nothing is demuxed, scaled, encoded or written in that time.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

// FNV-1a, <http://www.isthe.com/chongo/tech/comp/fnv/>.
static uint64_t hash_of(const uint8_t *data, size_t size) {
    uint64_t hash = 0xcbf29ce484222325;
    for (size_t index = 0; index < size; index++) hash = (hash ^ data[index]) * 0x100000001b3;
    return hash;
}

#ifdef RECORDER

static char record_path[PATH_MAX];
static FILE *record;

// Before main: the worker clears its environment and closes what it did not open itself.
__attribute__((constructor)) static void remember(void) {
    const char *path = getenv("DECODING_RECORD");
    if (path) snprintf(record_path, sizeof record_path, "%s", path);
}

// A worker has the addresses of the one that bore it: only with the process they tell decoders apart.
static void note(const void *decoder, const uint8_t *data, size_t size) {
    if (!data || !size || !record_path[0]) return;
    if (!record) record = fopen(record_path, "a");
    if (!record) return;
    uint64_t name = (uint64_t)getpid() << 40 ^ (uint64_t)(uintptr_t)decoder;
    fprintf(record, "%llu %zu %llu\n", (unsigned long long)name, size, (unsigned long long)hash_of(data, size));
    fflush(record);
}

int avcodec_send_packet(AVCodecContext *context, const AVPacket *packet) {
    static int (*next)(AVCodecContext *, const AVPacket *);
    if (!next) next = dlsym(RTLD_NEXT, "avcodec_send_packet");
    if (packet && context->codec_type == AVMEDIA_TYPE_VIDEO) note(context, packet->data, packet->size);
    return next(context, packet);
}

// turbojpeg.h
int tjDecompressToYUVPlanes(void *handle, const unsigned char *data, unsigned long size, unsigned char **planes, int width,
                            int *strides, int height, int flags) {
    static int (*next)(void *, const unsigned char *, unsigned long, unsigned char **, int, int *, int, int);
    if (!next) next = dlsym(RTLD_NEXT, "tjDecompressToYUVPlanes");
    note(handle, data, size);
    return next(handle, data, size, planes, width, strides, height, flags);
}

#else

typedef struct {
    unsigned long long size, hash, decoder;
} Entry;

static int compare(const void *left, const void *right) {
    const Entry *a = left, *b = right;
    if (a->decoder != b->decoder) return a->decoder < b->decoder ? -1 : 1;
    if (a->size != b->size) return a->size < b->size ? -1 : 1;
    return (a->hash > b->hash) - (a->hash < b->hash);
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
    while (fscanf(file, "%llu %llu %llu", &entry.decoder, &entry.size, &entry.hash) == 3) {
        if (*count == room) entries = realloc(entries, (room *= 2) * sizeof *entries);
        entries[(*count)++] = entry;
    }
    fclose(file);
    qsort(entries, *count, sizeof *entries, compare);
    return entries;
}

// Those of the packets that the decoder got, in `taken`.
static size_t take(AVPacket **packets, size_t all, unsigned long long decoder, const Entry *entries, size_t wanted,
                   const uint64_t *hashes, AVPacket **taken) {
    size_t count = 0;
    for (size_t index = 0; index < all; index++) {
        Entry entry = {packets[index]->size, hashes[index], decoder};
        if (bsearch(&entry, entries, wanted, sizeof *entries, compare)) taken[count++] = packets[index];
    }
    return count;
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
    uint64_t *hashes = NULL;
    size_t all = 0;
    AVPacket *packet = av_packet_alloc();
    while (av_read_frame(format, packet) >= 0) {
        if (packet->stream_index == stream) {
            packets = realloc(packets, (all + 1) * sizeof *packets);
            hashes = realloc(hashes, (all + 1) * sizeof *hashes);
            // A copy: what the demuxer has mapped or shares is touched here, not while decoding is timed.
            packets[all] = av_packet_alloc();
            av_packet_ref(packets[all], packet);
            av_packet_make_writable(packets[all]);
            hashes[all] = hash_of(packet->data, packet->size);
            all++;
        }
        av_packet_unref(packet);
    }
    AVPacket **taken = calloc(all + 1, sizeof *taken);
    unsigned long long best = 0;
    size_t count = 0;
    for (size_t index = 0; index < wanted; index++) {
        if (index && entries[index].decoder == entries[index - 1].decoder) continue;
        size_t matches = take(packets, all, entries[index].decoder, entries, wanted, hashes, taken);
        if (matches > count) best = entries[index].decoder, count = matches;
    }
    count = take(packets, all, best, entries, wanted, hashes, taken);
    AVFrame *frame = av_frame_alloc();
    double begin = processor_seconds();
    for (size_t index = 0; index <= count; index++) {
        avcodec_send_packet(context, index < count ? taken[index] : NULL);
        while (avcodec_receive_frame(context, frame) >= 0) av_frame_unref(frame);
    }
    printf("%zu %zu %.4f\n", count, all, processor_seconds() - begin);
    return 0;
}

#endif
