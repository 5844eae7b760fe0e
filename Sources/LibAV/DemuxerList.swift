/// Which demuxers may run on originals.
///
/// Everything that cameras, phones, recorders and editors write. Not in the list: whatever opens other files or
/// connections (hls, dash, concat, sdp, rtsp, image2), guesses from text (subtitles, playlists), makes pictures from
/// nothing (lavfi, devices), reads still images (the `*_pipe` demuxers), or belongs to games.
public enum DemuxerList {
    public static let allowed: [String] = [
        "mov", "matroska", "mpegts", "mpeg", "avi", "mxf", "asf", "flv", "live_flv", "kux", "gxf", "dv", "rm", "ogg",
        "nut", "ivf", "h264", "hevc", "m4v", "mpegvideo", "mjpeg", "mjpeg_2000", "vc1", "vc1test", "wtv", "dhav",
        "yuv4mpegpipe", "lxf", "r3d", "nsv", "nuv", "ty", "pva", "cavsvideo", "dirac", "av1", "obu", "h263", "h261",
        "mlv",
    ]

    /// Whether one of a demuxer's comma-separated names is in the list.
    static func allows(_ names: String) -> Bool {
        names.split(separator: ",").contains { allowed.contains(String($0)) }
    }
}
