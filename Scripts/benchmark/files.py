"""Files and folders of a benchmark."""
import hashlib
import os
import shutil
import time

from process import Run


def fresh(path):
    shutil.rmtree(path, ignore_errors=True)
    os.makedirs(path)
    return path


def digest(path):
    state = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 22):
            state.update(block)
    return state.hexdigest()


def tree_bytes(path, skipping=()):
    total = 0
    for folder, folders, names in os.walk(path):
        folders[:] = [name for name in folders if name not in skipping]
        total += sum(os.lstat(os.path.join(folder, name)).st_size for name in names)
    return total


def settle():
    """Writing back what earlier runs left would be charged to this one."""
    os.sync()


def make_durable(*paths):
    """fsync files, and all files below folders; the Run it took."""
    began, cpu = time.perf_counter(), time.process_time()
    for path in paths:
        found = [os.path.join(folder, name) for folder, _, names in os.walk(path) for name in [*names, ""]]
        for name in found or [path]:
            handle = os.open(name, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
    return Run(time.perf_counter() - began, time.process_time() - cpu)
