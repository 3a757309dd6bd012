"""The rows of programs that move or code one file: hf_xet, curl, zstd, ZipNN, openssl, cp, dd."""
import json
import os
import re
import shutil
import subprocess

from files import fresh, make_durable, settle, tree_bytes
from process import execute
from rows import Row, Task, skip

HERE = os.path.dirname(os.path.abspath(__file__))
ZIPNN_TYPES = {"BF16": "bf16", "F16": "fp16", "F32": "fp32"}


class PlainTasks:
    def __init__(self, python, subject, nginx, stored):
        """stored(): bytes that Waybill needs for the file, once it is known."""
        self.python, self.subject, self.nginx, self.stored = python, subject, nginx, stored
        self.work = subject.work
        self.environment = dict(os.environ, HF_HOME=f"{self.work}/hf", HF_XET_CACHE=f"{self.work}/hf/xet", HF_XET_TELEMETRY_ENABLED="0",
                                # Without this a local endpoint stays at two streams.
                                HF_XET_FIXED_UPLOAD_CONCURRENCY="8")

    def close(self):
        pass

    def tasks(self):
        yield from self.xet_tasks()
        yield Task(self.curl, Row("curl", "pull", "curl", "curl from nginx, raw file"),
                   Row("curl-sha256", "pull", "curl", "curl, then openssl dgst -sha256", "each file"),
                   Row("curl-sha256-fsync", "pull", "curl", "curl, then openssl dgst -sha256 and fsync", "each file", "yes"))
        yield from self.zstd_tasks()
        yield from self.zipnn_tasks()
        yield Task(self.dgst, Row("openssl", "verify", "openssl", "openssl dgst -sha256 of the file", "each file", ""))
        yield Task(self.copy, Row("cp", "disk", "cp", "cp of the raw file, then fsync", "no", "yes"))
        written = Row("dd", "disk", "dd", "dd conv=fsync of as many bytes as Waybill stores", "no", "yes")
        yield Task(lambda: self.dd(written), written)

    # What the tools themselves leave out

    def check(self, path, row_name):
        run, output = execute(["openssl", "dgst", "-sha256", path])
        if output.decode().split()[-1] != self.subject.expected:
            raise SystemExit(f"{row_name}: the file that arrived is another")
        return run

    def finished(self, run, out, name):
        """The same run with a check, and with a check and durability."""
        checked = run.then(self.check(out, name))
        return run, checked, checked.then(make_durable(out))

    # hf_xet with a local endpoint

    def xet_tasks(self):
        push = Row("xet-push", "push", "hf_xet", "hf_xet push to a local endpoint", "each chunk")
        again = Row("xet-push-again", "again", "hf_xet", "hf_xet push again, nothing changed", "each chunk")
        pulls = (Row("xet-pull", "pull", "hf_xet", "hf_xet pull from a local endpoint"),
                 Row("xet-pull-sha256", "pull", "hf_xet", "hf_xet pull, then openssl dgst -sha256", "each file"),
                 Row("xet-pull-sha256-fsync", "pull", "hf_xet", "hf_xet pull, then openssl dgst -sha256 and fsync", "each file", "yes"))
        try:
            _, self.xet_info = self.xet("push", fresh(f"{self.work}/xet-pull"), self.subject.path)
        except SystemExit as problem:
            yield skip(f"does not run: {str(problem).splitlines()[-1]}", push, again, *pulls)
            return
        yield Task(lambda: self.xet_push(push), push)
        yield Task(self.xet_again, again)
        yield Task(self.xet_pull, *pulls)

    def xet(self, *words):
        """Timed by the worker, without the start of Python."""
        run, output = execute([self.python, f"{HERE}/xet_worker.py", *words], env=self.environment)
        result = json.loads(output)
        run.seconds = result["seconds"]
        return run, result

    def xet_push(self, row):
        endpoint = fresh(f"{self.work}/xet-push")
        shutil.rmtree(f"{self.work}/hf", ignore_errors=True)
        settle()
        run, _ = self.xet("push", endpoint, self.subject.path)
        row.stored = sum(tree_bytes(folder) for folder in self.xet_objects(endpoint))
        return run

    def xet_again(self):
        settle()
        return self.xet("push", f"{self.work}/xet-pull", self.subject.path)[0]

    @staticmethod
    def xet_objects(endpoint):
        """The stored objects without the lookup database, which begins at a megabyte however little it holds."""
        found = [os.path.join(folder, name) for folder, folders, _ in os.walk(endpoint) for name in folders
                 if os.path.basename(folder) == "xorbs" and name in ("xorbs", "shards")]
        return found or [endpoint]

    def xet_pull(self):
        out = self.subject.new_out()
        run, _ = self.xet("pull", f"{self.work}/xet-pull", self.xet_info["hash"], str(self.xet_info["size"]), out)
        return self.finished(run, out, "hf_xet pull")

    # Others

    def curl(self):
        out = self.subject.new_out()
        run, _ = execute(["curl", "-s", "-f", "-o", out, f"{self.nginx.url}/raw/{self.subject.file}"])
        return self.finished(run, out, "curl")

    def zstd_tasks(self):
        packed = (Row("zstd", "push", "zstd", "zstd -3 -T2, a file"), Row("zstd-fsync", "push", "zstd", "zstd -3 -T2, then fsync", durable="yes"))
        unpacked = (Row("unzstd", "pull", "zstd", "zstd -d", "32-bit checksum"),
                    Row("unzstd-fsync", "pull", "zstd", "zstd -d, then fsync", "32-bit checksum", "yes"))
        if not shutil.which("zstd"):
            yield skip("zstd is not installed", *packed, *unpacked)
            return
        store = fresh(f"{self.work}/zstd") + "/stored.zst"
        execute(["zstd", "-q", "-f", "-3", "-T2", "-o", store, self.subject.path])
        yield Task(lambda: self.zstd(packed), *packed)
        yield Task(lambda: self.unzstd(store), *unpacked)

    def zstd(self, rows):
        out = self.subject.new_out() + ".zst"
        run, _ = execute(["zstd", "-q", "-3", "-T2", "-o", out, self.subject.path])
        for row in rows:
            row.stored = os.path.getsize(out)
        return run, run.then(make_durable(out))

    def unzstd(self, store):
        out = self.subject.new_out()
        run, _ = execute(["zstd", "-q", "-d", "-o", out, store])
        both = run, run.then(make_durable(out))
        self.subject.compare(out, "zstd -d")
        return both

    def zipnn_tasks(self):
        for threads in (2, 1):
            text = f"{threads} thread{'s' if threads > 1 else ''}, in memory"
            rows = (Row(f"zipnn-{threads}", "codec", "ZipNN", f"ZipNN compress, {text}"),
                    Row(f"unzipnn-{threads}", "codec", "ZipNN", f"ZipNN decompress, {text}"))
            kind = ZIPNN_TYPES.get(self.subject.type)
            if kind is None:
                yield skip("codes floats only", *rows)
            elif subprocess.run([self.python, "-c", "import zipnn_core"], stderr=subprocess.DEVNULL, check=False).returncode:
                yield skip("zipnn is not installed", *rows)
            else:
                yield Task(lambda kind=kind, threads=threads, row=rows[0]: self.zipnn(kind, threads, row), *rows)

    def zipnn(self, kind, threads, row):
        settle()
        run, output = execute([self.python, f"{HERE}/zipnn_worker.py", self.subject.path, kind, str(threads)])
        result = json.loads(output)
        row.stored = result["stored"]
        runs = []
        for name in ("compress", "decompress"):
            part = type(run)(result[name]["seconds"], result[name]["cpu"], run.peak)
            runs.append(part)
        return tuple(runs)

    def dgst(self):
        settle()
        return self.check(self.subject.path, "openssl")

    def copy(self):
        out = self.subject.new_out()
        run, _ = execute(["cp", "--reflink=never", self.subject.path, out])
        return run.then(make_durable(out))

    def dd(self, row):
        out = self.subject.new_out()
        row.stored = self.stored()
        return execute(["dd", "if=/dev/zero", f"of={out}", "bs=1M", f"count={row.stored}B", "conv=fsync", "status=none"])[0]


def sha256_speed():
    """Bytes a second of SHA-256 on one core, as `openssl speed` says."""
    _, output = execute(["openssl", "speed", "-elapsed", "-seconds", "2", "-bytes", "1048576", "-evp", "sha256", "-mr"])
    return float(re.search(rb"^\+F:\d+:sha256:([0-9.]+)", output, re.MULTILINE | re.IGNORECASE).group(1))
