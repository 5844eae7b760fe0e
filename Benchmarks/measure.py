"""Processor time, time by the clock and memory of a command and all that it starts."""
import os
import pathlib
import re
import subprocess
import threading
import time


class Usage:
    def __init__(self, cpu, wall, status):
        self.cpu, self.wall, self.status = cpu, wall, status


def run(command, environment=None):
    """wait4(2): the usage of the process and of all its descendants that were waited for."""
    begin = time.monotonic()
    process = subprocess.Popen(
        list(map(str, command)), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**os.environ, **(environment or {})})
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Usage(usage.ru_utime + usage.ru_stime, time.monotonic() - begin, process.returncode)


class Memory(threading.Thread):
    """Looks at a process and its descendants all the time: the most that one of them had in memory, by name (VmHWM), and
    the most that all had together, with what they share counted once (Pss). In MiB; in a run that is not timed."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.ends = pid, threading.Event()
        self.together, self.single = 0, {}

    def run(self):
        while not self.ends.wait(0.03):
            total = 0
            for pid in self.tree(self.pid):
                total += self.number(pid, "smaps_rollup", "Pss:") or 0
                name = self.text(pid, "comm").strip()
                self.single[name] = max(self.single.get(name, 0), (self.number(pid, "status", "VmHWM:") or 0) / 1024)
            self.together = max(self.together, total / 1024)

    def tree(self, pid):
        yield pid
        try:
            tasks = list(pathlib.Path(f"/proc/{pid}/task").iterdir())
        except OSError:
            return  # It has ended.
        for task in tasks:
            for child in self.text(pid, f"task/{task.name}/children").split():
                yield from self.tree(int(child))

    @staticmethod
    def text(pid, name):
        try:
            return pathlib.Path(f"/proc/{pid}/{name}").read_text()
        except OSError:
            return ""  # It has ended.

    def number(self, pid, name, key):
        found = re.search(rf"^{key}\s+(\d+)", self.text(pid, name), re.M)
        return int(found[1]) if found else None


def memory(command):
    process = subprocess.Popen(
        list(map(str, command)), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    watcher = Memory(process.pid)
    watcher.start()
    process.wait()
    watcher.ends.set()
    watcher.join()
    return watcher
