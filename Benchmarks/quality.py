"""How a proxy looks beside the frames that a full decode, fps=10 and a bicubic scaler give."""
import json
import os
import re
import subprocess


class Quality:
    def __init__(self, directory, vmaf_program):
        self.directory, self.program = directory, vmaf_program

    def reference(self, clip, filters="fps=10,scale=-2:480", name="reference"):
        """Lossless, and kept."""
        path = self.directory / f"{name}-{os.path.basename(clip.path)}.mkv"
        if not path.exists():
            part = path.with_name(f"part-{path.name}")
            subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", "-i", clip.path, "-an", "-vf", filters, "-pix_fmt",
                            "yuv420p", "-c:v", "ffv1", part], check=True)
            os.rename(part, path)
        return path

    def scores(self, proxy, reference):
        """VMAF and SSIM (libvmaf's, of the brightness), means over the frames, paired by number; and how many frames."""
        log = f"{proxy}.vmaf.json"
        graph = ("[0:v]setpts=N/10/TB[a];[1:v]setpts=N/10/TB[r];[a][r]scale2ref=flags=bicubic[b][s];"
                 f"[b][s]libvmaf=log_fmt=json:log_path='{log}':n_threads=2:feature=name=float_ssim")
        result = subprocess.run([self.program, "-nostdin", "-v", "error", "-r", "10", "-i", proxy, "-r", "10", "-i", reference,
                                 "-filter_complex", graph, "-an", "-f", "null", "-"], capture_output=True, text=True)
        if result.returncode:
            return None
        with open(log) as file:
            pooled = json.load(file)["pooled_metrics"]
        return {"vmaf": pooled["vmaf"]["mean"], "ssim": pooled["float_ssim"]["mean"],
                "frames": count(proxy), "reference_frames": count(reference)}


def count(path):
    text = subprocess.run(["ffprobe", "-v", "error", "-count_packets", "-select_streams", "v:0", "-show_entries",
                           "stream=nb_read_packets", "-of", "csv=p=0", path], capture_output=True, text=True).stdout
    return int(re.sub(r"\D", "", text) or 0)
