"""What a user could run instead, and Understudy: each makes a proxy of one file."""
import glob
import os
import pathlib
import shutil
import subprocess
import sys

import measure

DEFAULT = ("-vf fps=10,scale=-2:480 -pix_fmt yuv420p -c:v libx264 -preset veryfast -crf 28 -c:a aac -b:a 64k "
           "-movflags +faststart").split()
YADIF = ["-vf", "yadif,fps=10,scale=-2:480", *DEFAULT[2:]]
# What somebody does who knows the flags, and does not mind that other frames are shown: only reference frames are decoded.
EXPERT_INPUT = "-skip_frame noref -skip_loop_filter noref".split()
EXPERT = ("-vf fps=10,scale=-2:480:flags=area -pix_fmt yuv420p -c:v libx264 -preset superfast -crf 28 "
          "-x264-params mbtree=1:rc-lookahead=10 -c:a aac -aac_coder fast -b:a 64k -movflags +faststart").split()


def newer_ffmpeg(directory):
    """The static ffmpeg of the PyPI package imageio-ffmpeg; it has libvmaf too."""
    place = pathlib.Path(directory)
    if not glob.glob(f"{place}/imageio_ffmpeg/binaries/ffmpeg-*"):
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", place,
                        "imageio-ffmpeg"], check=True)
    return glob.glob(f"{place}/imageio_ffmpeg/binaries/ffmpeg-*")[0]


class Peer:
    """`command` makes `output` of a clip; `prepare` comes before it and is not timed."""

    def __init__(self, name, command, fits=lambda clip: True):
        self.name, self.make_command, self.fits = name, command, fits

    def prepare(self, clip, scratch):
        shutil.rmtree(scratch, ignore_errors=True)
        os.makedirs(scratch)

    def command(self, clip, scratch):
        return self.make_command(clip, self.output(clip, scratch))

    def output(self, clip, scratch):
        return f"{scratch}/proxy.mp4"


class Understudy(Peer):
    """A pass over a tree with one file, or with many; the seal, the database and the verification by a second process
    included."""

    def __init__(self, programs):
        super().__init__("Understudy", None)
        self.programs = programs

    def prepare(self, clip, scratch):
        self.prepare_tree([clip.path], scratch)

    def prepare_tree(self, paths, scratch):
        shutil.rmtree(scratch, ignore_errors=True)
        os.makedirs(f"{scratch}/original")
        for path in paths:
            try:
                os.link(path, f"{scratch}/original/{os.path.basename(path)}")
            except OSError:  # On another file system.
                shutil.copy2(path, f"{scratch}/original/{os.path.basename(path)}")
        with open(f"{scratch}/understudy.toml", "w") as file:
            file.write(f'[daemon]\nmin_free_space = "1 MB"\n[[watch]]\nroot = "{scratch}"\nsettle = "0s"\n')

    def command(self, clip, scratch):
        return [f"{self.programs}/understudy", "once", "--config", f"{scratch}/understudy.toml", "--state-dir",
                f"{scratch}/.state", scratch]

    def output(self, clip, scratch):
        return next(iter(glob.glob(f"{glob.escape(scratch)}/proxy/*.mp4")), None)


def ffmpeg_command(program, before, after):
    return lambda clip, output: [program, "-v", "error", "-y", "-nostdin", *before, "-i", clip.path, *after, output]


def handbrake(clip, output):
    return ["HandBrakeCLI", "-i", clip.path, "-o", output, "-f", "av_mp4", "-O", "-e", "x264", "--encoder-preset", "veryfast",
            "-q", "28", "-r", "10", "--cfr", "--crop-mode", "none", "--non-anamorphic", "--maxHeight", "480", "--maxWidth",
            clip.width, "--height", "480", "--width", clip.width, "-E", "av_aac", "-B", "64", "-6", "stereo",
            "--no-comb-detect", "--no-deinterlace", "-a", "1"]


def gstreamer(clip, output):
    video = (f"filesrc location={clip.path} ! decodebin name=d d. ! queue ! videorate ! video/x-raw,framerate=10/1 ! videoscale "
             f"! videoconvert ! video/x-raw,width={clip.width},height=480,format=I420 ! x264enc speed-preset=veryfast "
             "pass=qual quantizer=28 key-int-max=250 ! video/x-h264,profile=high ! queue ! mp4mux faststart=true name=m ! "
             f"filesink location={output}")
    sound = " d. ! queue ! audioconvert ! audioresample ! avenc_aac bitrate=64000 ! queue ! m." if clip.has_sound else ""
    return ["gst-launch-1.0", "-q", *(video + sound).split()]


def all_peers(programs, newer):
    """The first is what the others' ratios are against."""
    return [
        Peer("ffmpeg", ffmpeg_command("ffmpeg", [], DEFAULT)),
        Understudy(programs),
        Peer("ffmpeg, yadif", ffmpeg_command("ffmpeg", [], YADIF), lambda clip: clip.interlaced),
        Peer("ffmpeg, expert", ffmpeg_command("ffmpeg", EXPERT_INPUT, EXPERT)),
        Peer("ffmpeg, newer", ffmpeg_command(newer, [], DEFAULT)),
        Peer("HandBrakeCLI", handbrake),
        Peer("gst-launch-1.0", gstreamer),
    ]


def measured(peer, clip, scratch):
    peer.prepare(clip, scratch)
    usage = measure.run(peer.command(clip, scratch))
    output = peer.output(clip, scratch)
    if usage.status or not output or not os.path.exists(output) or not os.path.getsize(output):
        return None, None
    return usage, output
