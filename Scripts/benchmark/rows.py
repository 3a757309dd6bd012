"""The rows of the comparison, and the file that they are measured on."""
import json
import os
import shutil
import statistics
import struct
import sys

from files import digest, fresh, settle


class Row:
    """One line of the table: an operation of one tool, and its runs."""

    def __init__(self, key, group, tool, name, checked="no", durable="no"):
        self.key, self.group, self.tool, self.name, self.checked, self.durable = key, group, tool, name, checked, durable
        self.runs, self.stored, self.skipped = [], None, None

    def summary(self, size):
        def values(name):
            return [getattr(run, name) for run in self.runs if getattr(run, name) is not None]

        about = {"key": self.key, "group": self.group, "tool": self.tool, "name": self.name, "checked": self.checked, "durable": self.durable}
        if not self.runs:
            return {**about, "skipped": self.skipped or "not measured"}
        seconds = values("seconds")
        median = statistics.median(seconds)
        moved = self.stored or size if self.group == "disk" else size
        return {**about, "storedBytes": self.stored, "storedOverRaw": None if self.stored is None else self.stored / size,
                "seconds": median, "secondsAll": [round(value, 4) for value in seconds],
                "megabytesPerSecond": None if self.group in ("start", "again") else moved / median / 1e6,
                "cpuSeconds": statistics.median(values("cpu")) if values("cpu") else None,
                "serverCPUSeconds": statistics.median(values("server_cpu")) if values("server_cpu") else None,
                "peakBytes": max(values("peak"), default=None), "serverPeakBytes": max(values("server_peak"), default=None)}


class Task:
    """What is run at one turn: gives one Run for each of its rows (a tool alone, and with what it leaves out)."""

    def __init__(self, action, *rows):
        self.action, self.rows = action, rows

    def turn(self):
        runs = self.action()
        for row, run in zip(self.rows, runs if isinstance(runs, tuple) else (runs,), strict=True):
            row.runs.append(run)


def skip(reason, *rows):
    """Rows of a tool that is not there: they stay in the table and say so."""
    for row in rows:
        row.skipped = reason
    return Task(None, *rows)


class Subject:
    """The file under measurement, in a folder of its own, and a fresh destination for each pull."""

    def __init__(self, work, name, path):
        self.work, self.name = work, name
        self.file, self.size, self.expected = os.path.basename(path), os.path.getsize(path), digest(path)
        self.folder = fresh(f"{work}/raw")
        self.path = f"{self.folder}/{self.file}"
        shutil.copyfile(path, self.path)
        self.type = element_type(self.path)

    def new_out(self):
        """A path in a folder that was not there, for a file."""
        out = fresh(f"{self.work}/out") + f"/{self.file}"
        settle()
        return out

    def compare(self, path, row_name="a pull"):
        if digest(path) != self.expected:
            sys.exit(f"{row_name}: {path} is not the file that was stored")


def element_type(path):
    """The type of most tensors of a safetensors file; None for others."""
    with open(path, "rb") as file:
        start = file.read(8)
        length = struct.unpack("<Q", start)[0] if len(start) == 8 else 0
        if not 2 <= length <= 1 << 26:
            return None
        try:
            header = json.loads(file.read(length))
        except ValueError:
            return None
    sizes = {}
    for name, tensor in header.items():
        if name != "__metadata__":
            begin, end = tensor["data_offsets"]
            sizes[tensor["dtype"]] = sizes.get(tensor["dtype"], 0) + end - begin
    return max(sizes, key=sizes.get) if sizes else None
