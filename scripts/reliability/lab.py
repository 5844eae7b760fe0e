"""What torture, powercut and soak share: clips, a daemon, and a check of the outcome that is not the daemon's own."""

import hashlib
import json
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import subprocess
import threading
import time

PREFIX = ".understudy-"

# Different containers, sizes and lengths; made once, with fixed seeds.
RECIPES = {
    "camera.mp4": "-f lavfi -i testsrc2=s=640x360:r=25:d=2 -f lavfi -i sine=duration=2 -c:a aac",
    "portrait.mov": "-f lavfi -i testsrc2=s=360x640:r=30:d=1 -f lavfi -i anoisesrc=seed=7:d=1 -c:a pcm_s16le",
    "tiny.mp4": "-f lavfi -i testsrc2=s=96x64:r=10:d=0.5",
    "noise.mkv": "-f lavfi -i mandelbrot=s=320x180:r=25 -t 1",
    "longer.mp4": "-f lavfi -i testsrc2=s=640x360:r=30:d=8 -g 30",
}


def make_clips(directory):
    directory.mkdir(parents=True, exist_ok=True)
    for name, recipe in RECIPES.items():
        subprocess.run(
            ["ffmpeg", "-nostdin", "-v", "error", "-y", *recipe.split(), "-c:v", "libx264", "-preset", "ultrafast",
             "-pix_fmt", "yuv420p", str(directory / name)], check=True)
    return sorted(directory / name for name in RECIPES)


def find_clips(directory, largest=12 << 20):
    """Real clips below a directory that are worth an attempt: proxies of them are made in seconds."""
    kinds = {".mp4", ".mov", ".mkv", ".mts", ".avi", ".m4v", ".webm"}
    found = [p for p in pathlib.Path(directory).rglob("*") if p.suffix.lower() in kinds and p.is_file()]
    return sorted(p for p in found if 0 < p.stat().st_size <= largest)


def digest(path):
    value = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            value.update(block)
    return value.hexdigest()


class Daemon:
    """`understudy serve` on a root and a state directory; its log is kept with the time of each line."""

    def __init__(self, programs, root, state, log, workers=2, watch_lines=""):
        self.programs, self.root, self.state, self.log = programs, root, state, log
        self.process = None
        self.ready = threading.Event()
        self.ready_at = None
        self.config = log.parent / f"{log.name}.toml"
        self.config.write_text(
            f'[daemon]\nstate_dir = "{state}"\nworkers = {workers}\nmin_free_space = "1 MiB"\n\n'
            f'[[watch]]\nroot = "{root}"\nsettle = "1s"\nstall_timeout = "5s"\n{watch_lines}\n')

    def start(self, arguments=()):
        environment = dict(os.environ, UNDERSTUDY_WORKER=str(self.programs / "understudy-worker"))
        self.ready.clear()
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            [str(self.programs / "understudy"), "serve", "--config", str(self.config), *arguments],
            stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, env=environment)
        self.reader = threading.Thread(target=self._read, args=(self.process.stderr,), daemon=True)
        self.reader.start()

    def _read(self, pipe):
        with open(self.log, "ab") as log:
            for line in pipe:
                if b"understudy started" in line:
                    self.ready_at = time.monotonic()
                    self.ready.set()
                log.write(line)
                log.flush()

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.reader.join()

    def stop(self, limit=60):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(limit)
        self.reader.join()
        return code

    def run(self, *arguments, limit=600):
        environment = dict(os.environ, UNDERSTUDY_WORKER=str(self.programs / "understudy-worker"))
        return subprocess.run(
            [str(self.programs / "understudy"), *arguments], capture_output=True, text=True, env=environment,
            timeout=limit)

    def once(self, limit=1800):
        return self.run(
            "once", str(self.root), "--config", str(self.config), "--state-dir", str(self.state), limit=limit)

    @property
    def database(self):
        return self.state / "understudy.db"


def connect(database):
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=20)
    connection.row_factory = sqlite3.Row
    return connection


class Originals:
    """The uploads of a run, and what must never change about them."""

    def __init__(self, root, clips, seed, folders=3):
        self.root, self.clips, self.random = root, clips, random.Random(seed)
        self.folders, self.count, self.known = folders, 0, {}
        self.clip_hashes = {}

    def add(self):
        """Puts one more clip, as an uploader that renames or as one that writes under the final name."""
        clip = self.random.choice(self.clips)
        folder = self.root / f"cam{self.count % self.folders}" / "original" / f"day{self.count // 50}"
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"c{self.count:05d}{clip.suffix}"
        if self.random.random() < 0.5:
            temporary = folder / f".{target.name}.upload"
            shutil.copyfile(clip, temporary)
            os.rename(temporary, target)
        else:
            shutil.copyfile(clip, target)
        self.count += 1
        self._remember(target, clip)
        return target

    def replace(self):
        """Other content under the name of an original that is there."""
        if not self.known:
            return None
        target = self.random.choice(sorted(self.known))
        same = [c for c in self.clips if c.suffix == target.suffix]
        clip = self.random.choice(same)
        temporary = target.parent / f".{target.name}.upload"
        shutil.copyfile(clip, temporary)
        os.rename(temporary, target)
        self._remember(target, clip)
        return target

    def _remember(self, target, clip):
        if clip not in self.clip_hashes:
            self.clip_hashes[clip] = digest(clip)
        status = target.stat()
        self.known[target] = (self.clip_hashes[clip], status.st_mtime_ns, status.st_mode, status.st_ino)

    def violations(self):
        found = []
        for path, (sha256, mtime, mode, inode) in self.known.items():
            try:
                status = path.stat()
            except OSError as error:
                found.append(f"I7 original gone: {path}: {error}")
                continue
            if (status.st_mtime_ns, status.st_mode, status.st_ino) != (mtime, mode, inode) or digest(path) != sha256:
                found.append(f"I7 original changed: {path}")
        return found


class Checker:
    """The invariants of docs/RELIABILITY.md, from the database, the proxies and the sidecars alone. The daemon may be
    dead, but must not run."""

    def __init__(self):
        self.hashes = {}

    def hash_of(self, path):
        status = path.stat()
        key = (str(path), status.st_ino, status.st_size, status.st_mtime_ns)
        if key not in self.hashes:
            self.hashes[key] = digest(path)
        return self.hashes[key]

    def violations(self, root, database, is_at_rest=False, relocate=lambda path: path):
        """`relocate` turns a path as the daemon knows it into the place where it can be read now."""
        found = []
        if not database.exists():
            return found
        # A copy: the recovery of a dead daemon's log is the next daemon's business, not the check's.
        with sqlite3.connect(":memory:") as connection:
            connection.row_factory = sqlite3.Row
            source = sqlite3.connect(str(database), timeout=20)
            found += [f"I9 database: {row[0]}" for row in source.execute("PRAGMA integrity_check") if row[0] != "ok"]
            if not source.execute("SELECT 1 FROM sqlite_master WHERE name = 'contradictions'").fetchone():
                source.close()
                return found
            source.backup(connection)
            source.close()
            found += [f"I2 {tuple(row)}" for row in connection.execute("SELECT * FROM contradictions")]
            rows = {row["id"]: row for row in connection.execute("SELECT * FROM videos")}
            for row in rows.values():
                if row["processing_status"] == "completed":
                    found += self.proxy_violations(row, relocate)
            twice = "SELECT video_id FROM processing_jobs WHERE status = 'running' GROUP BY 1 HAVING count(*) > 1"
            found += [f"I3 two running jobs of {row[0]}" for row in connection.execute(twice)]
            found += self.file_violations(root, rows, is_at_rest, relocate)
        return found

    def proxy_violations(self, row, relocate):
        path = relocate(pathlib.Path(row["proxy_path"]))
        if not path.exists():
            return [f"I1 completed without a proxy: {path}"]
        if self.hash_of(path) != json.loads(row["published_file"])["sha256"]:
            return [f"I1 completed, but the proxy is another: {path}"]
        return []

    def file_violations(self, root, rows, is_at_rest, relocate):
        found = []
        for directory, _, names in os.walk(relocate(root)):
            for name in names:
                path = pathlib.Path(directory, name)
                if name.startswith(PREFIX):
                    if is_at_rest:
                        found.append(f"I8 temporary file left: {path}")
                elif name.endswith(".json") and "proxy" in path.parts:
                    found += self.sidecar_violations(path, rows)
        return found

    def sidecar_violations(self, path, rows):
        try:
            document = json.loads(path.read_bytes())
        except ValueError as error:
            return [f"I5 torn sidecar: {path}: {error}"]
        row = rows.get(document["video_id"])
        if row is None:
            return [f"I4 sidecar of no row: {path}"]
        if document["revision"] > row["revision"]:
            return [f"I4 sidecar ahead of its row: {path}: {document['revision']} > {row['revision']}"]
        if document["revision"] == row["revision"] and document["processing_status"] != row["processing_status"]:
            return [f"I4 sidecar says {document['processing_status']}, its row {row['processing_status']}: {path}"]
        return []


def doctor(daemon):
    """What `understudy doctor` finds, one line each."""
    result = daemon.run("doctor", "--config", str(daemon.config))
    lines = result.stdout.splitlines()[:-1] + result.stderr.splitlines()
    return lines or [f"doctor ended with {result.returncode}: {result.stdout}"] if result.returncode else []


def counts(database):
    with connect(database) as connection:
        return {row[0]: row[1] for row in connection.execute(
            "SELECT processing_status, count(*) FROM videos GROUP BY 1")}
