"""What Scripts/growth makes larger, one thing at a time, and what it measures at each size."""
import glob
import os
import shutil
import time

from files import fresh, settle
from process import Run, execute
from servers import Waybill
from synthetic import StoreOfMany, make_files, make_model

DISK = "the disk alone: dd of 2/3 of the bytes, fsync"
MEGA, GIGA = 10**6, 10**9


class Axis:
    """One thing that grows. measure(point) yields (operation, Run)."""

    key = title = unit = ""
    points = full_points = ()
    repeats = True

    def __init__(self, waybill: Waybill, work):
        self.waybill, self.work = waybill, work
        self.source, self.store, self.out = f"{work}/source", f"{work}/store", f"{work}/out"

    def clear(self):
        """Between two runs."""
        for path in (self.source, self.store, self.out):
            shutil.rmtree(path, ignore_errors=True)

    def run(self, *words):
        settle()
        return self.waybill.run(*words)[0]

    def served(self, server, *words):
        settle()
        server.reset()
        run = self.waybill.run(*words)[0]
        server.report(run)
        return run

    def new_source(self):
        return fresh(self.source)

    def transfers(self):
        """All that is done with one model in self.source: both kinds of push and pull, and each again with nothing to do."""
        store = self.waybill.new_store(self.store)
        server = self.waybill.serve(store)
        try:
            yield "push to a mirror", self.served(server, "push", self.source, f"{server.url}/growth/model")
            yield "push again, unchanged", self.served(server, "push", self.source, f"{server.url}/growth/model")
            shutil.rmtree(self.out, ignore_errors=True)
            yield "pull from a mirror", self.served(server, "pull", f"{server.url}/growth/model", self.out)
            yield "pull again, unchanged", self.served(server, "pull", f"{server.url}/growth/model", self.out)
            yield "verify", self.run("verify", self.out)
        finally:
            server.stop()
        shutil.rmtree(self.out)
        yield "pull from a directory", self.run("pull", f"file://{store}/growth/model", self.out)
        fresh(self.out)
        shutil.rmtree(f"{self.source}/.waybill")
        yield "push to a directory", self.run("push", self.source, f"file://{self.waybill.new_store(store)}/growth/model")


class ModelSize(Axis):
    key, title, unit = "size", "size of the model, bf16 weights", "bytes"
    points = (100 * MEGA, 300 * MEGA, GIGA, 3 * GIGA, 10 * GIGA)

    def measure(self, size):
        make_model(self.new_source(), size)
        yield from self.transfers()
        # Where the disk is slower with more, so is everything that waits for it.
        shutil.rmtree(self.store)
        settle()
        yield DISK, execute(["dd", "if=/dev/zero", f"of={self.out}/dd", "bs=1M", f"count={size * 2 // 3}B",
                                                                    "conv=fsync", "status=none"])[0]


class SparseSize(Axis):
    key, title, unit = "sparse", "size of the model, sparse", "bytes"
    points = (100 * MEGA, GIGA, 10 * GIGA)
    full_points = (50 * GIGA, 200 * GIGA)

    def measure(self, size):
        make_model(self.new_source(), size, sparse=True)
        yield from self.transfers()


class FileCount(Axis):
    key, title, unit = "files", "number of files, 1 KiB each", "files"
    points = (10, 100, 1_000, 10_000, 100_000)

    def measure(self, count):
        make_files(self.new_source(), count)
        yield from self.transfers()


class Revisions(Axis):
    """The store grows from point to point."""

    key, title, unit = "revisions", "revisions of one model", "entries"
    points = (1, 10, 100, 300, 1_000)
    made = 0
    repeats = False

    def clear(self):
        shutil.rmtree(self.out, ignore_errors=True)

    def add(self):
        with open(f"{self.source}/notes.txt", "w", encoding="utf-8") as file:
            file.write(f"revision {self.made + 1}\n")
        run = self.waybill.run("push", self.source, f"file://{self.store}/growth/model")[0]
        self.made += 1
        return run

    def measure(self, count):
        if not self.made:
            make_model(self.new_source(), 4 * MEGA)
            self.waybill.new_store(self.store)
        while self.made < count - 1:
            self.add()
        settle()
        yield "push to a directory", self.add()
        server = self.waybill.serve(self.store)
        try:
            for operation in ("pull", "show"):
                shutil.rmtree(self.out, ignore_errors=True)
                words = (operation, f"{server.url}/growth/model", *([self.out] if operation == "pull" else []))
                yield f"{operation} from a mirror", self.served(server, *words)
            yield "ref log, all entries", self.served(server, "ref", "log", f"{server.url}/growth/model", "--limit", str(count))
        finally:
            server.stop()
        yield "store stats", self.run("store", "stats", self.store)
        yield "store gc --dry-run", self.run("store", "gc", self.store, "--dry-run")
        yield "store check", self.run("store", "check", self.store)


class ChunkEntries(Axis):
    key, title, unit = "chunks", "chunks in the store", "chunk entries"
    points = (10_000, 100_000, 1_000_000, 10_000_000)

    def measure(self, entries):
        store = self.waybill.new_store(self.store)
        StoreOfMany(store, entries).write()
        settle()
        make_model(self.new_source(), 50 * MEGA)
        yield "push to a directory", self.run("push", self.source, f"file://{store}/growth/one")
        server = self.waybill.serve(store)
        try:
            for number, name in enumerate(("first push to a mirror", "later push to a mirror")):
                make_model(self.new_source(), 50 * MEGA, seed=number + 2)
                yield name, self.served(server, "push", self.source, f"{server.url}/growth/served{number}")
            shutil.rmtree(self.out, ignore_errors=True)
            yield "pull from a mirror", self.served(server, "pull", f"{server.url}/growth/served1", self.out)
        finally:
            server.stop()
        yield "store stats", self.run("store", "stats", store)
        yield "store gc --dry-run", self.run("store", "gc", store, "--dry-run")
        for segment in glob.glob(f"{store}/private/index/*.wbx"):
            os.remove(segment)
        make_model(self.new_source(), 50 * MEGA, seed=9)
        yield "push that makes the index anew", self.run("push", self.source, f"file://{store}/growth/two")


class Clients(Axis):
    """All clients pull the same model at once; the time is that until the last one has it."""

    key, title, unit = "clients", "pulls at once from one mirror, 50 MB each", "clients"
    points = (1, 2, 5, 10, 20, 50)

    def measure(self, count):
        make_model(self.new_source(), 50 * MEGA)
        store = self.waybill.new_store(self.store)
        self.waybill.run("push", self.source, f"file://{store}/growth/model")
        server = self.waybill.serve(store)
        try:
            fresh(self.out)
            settle()
            server.reset()
            began = time.perf_counter()
            clients = [self.waybill.start("pull", f"{server.url}/growth/model", f"{self.out}/{number}") for number in range(count)]
            runs = [client.wait()[0] for client in clients]
            all_of_them = Run(time.perf_counter() - began, sum(run.cpu for run in runs), max(run.peak for run in runs))
            server.report(all_of_them)
            yield "pull from a mirror, until all have it", all_of_them
        finally:
            server.stop()


AXES = (ModelSize, SparseSize, FileCount, Revisions, ChunkEntries, Clients)
