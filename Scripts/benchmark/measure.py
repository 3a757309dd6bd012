#!/usr/bin/env python3
"""Measure push and pull beside other tools; started by Scripts/bench, which fetches what this needs.

Standard library only. Every run has a fresh store or a fresh destination, a warm page cache, and a
sync before it; the rows take turns. What a pull wrote is compared with the source, outside the time.
"""
import argparse
import contextlib
import hashlib
import json
import os
import platform
import shutil
import signal
import statistics
import subprocess
import sys
import threading
import time


class Run:
    """One measured run: seconds; CPU seconds and peak resident bytes of the client and, where it is Waybill's, the server."""

    def __init__(self, seconds, cpu=None, peak=None):
        self.seconds, self.cpu, self.peak = seconds, cpu, peak
        self.server_cpu = self.server_peak = None


class Row:
    def __init__(self, group, name, checked, durable, runner):
        self.group, self.name, self.checked, self.durable, self.runner = group, name, checked, durable, runner
        self.runs, self.stored = [], None


def fresh(path):
    shutil.rmtree(path, ignore_errors=True)
    os.makedirs(path)
    return path


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() if hasattr(hashlib, "file_digest") else \
            hashlib.sha256(file.read()).hexdigest()


def tree_bytes(path, skipping=()):
    total = 0
    for folder, folders, names in os.walk(path):
        folders[:] = [name for name in folders if name not in skipping]
        total += sum(os.lstat(os.path.join(folder, name)).st_size for name in names)
    return total


def settle():
    """Writing back what earlier runs left would be charged to this one."""
    os.sync()


def execute(command, **options):
    """Run a command; (Run, standard output). Peak memory is the kernel's figure for that one process."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
    # No run takes minutes: what does hangs.
    watchdog = threading.Timer(600, process.kill)
    watchdog.start()
    try:
        # Little is printed: both pipes hold it.
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
    except BaseException:
        process.kill()
        raise
    finally:
        watchdog.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    output, errors = process.stdout.read(), process.stderr.read()
    process.stdout.close()
    process.stderr.close()
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)}\nended with {process.returncode}:\n{errors.decode()}{output.decode()}")
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024), output


class Server:
    """A process that serves; knows its peak memory and CPU time since reset()."""

    cpu_before = 0.0

    def __init__(self, command, log, **options):
        self.log = open(log, "ab")
        self.process = subprocess.Popen(command, stderr=self.log, **options)

    def reset(self):
        with contextlib.suppress(OSError), open(f"/proc/{self.process.pid}/clear_refs", "w") as file:
            file.write("5")
        self.cpu_before = self.cpu()

    def cpu(self):
        with open(f"/proc/{self.process.pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def report(self, run):
        run.server_peak, run.server_cpu = self.peak(), self.cpu() - self.cpu_before

    def peak(self):
        with open(f"/proc/{self.process.pid}/status") as file:
            return next((int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM:")), None)

    def stop(self):
        self.process.terminate()
        self.process.wait(30)
        self.log.close()


class Bench:
    def __init__(self, options):
        self.options = options
        self.work = options.work
        self.waybill = options.waybill
        self.environment = dict(os.environ, XDG_CONFIG_HOME=f"{self.work}/config", HF_HOME=f"{self.work}/hf",
                                HF_XET_CACHE=f"{self.work}/hf/xet", HF_XET_TELEMETRY_ENABLED="0",
                                # Without this a local endpoint stays at two streams.
                                HF_XET_FIXED_UPLOAD_CONCURRENCY="8")
        self.environment.pop("WAYBILL_TOKEN_FILE", None)
        self.servers = []

    # Servers

    def start_mirror(self, store):
        server = Server([self.waybill, "serve", store, "--listen", "127.0.0.1:0", "--allow-anonymous-push", "--json"],
                        f"{self.work}/serve.log", stdout=subprocess.PIPE, env=self.environment)
        self.servers.append(server)
        line = server.process.stdout.readline()
        if not line:
            sys.exit(f"the mirror did not start; see {self.work}/serve.log")
        server.url = json.loads(line)["address"]
        return server

    def start_nginx(self):
        folder = fresh(f"{self.work}/nginx")
        port = free_port()
        with open(f"{folder}/nginx.conf", "w") as file:
            file.write(f"""daemon off; worker_processes 2; pid {folder}/pid; error_log {folder}/error.log;
{"user root;" if os.getuid() == 0 else ""}
events {{ worker_connections 256; }}
http {{
    access_log off; sendfile on; tcp_nopush on; default_type application/octet-stream;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        root {self.work};
        location /store/private/ {{ deny all; }}
    }}
}}
""")
        program = shutil.which("nginx") or "/usr/sbin/nginx"
        server = Server([program, "-c", f"{folder}/nginx.conf", "-e", f"{folder}/error.log"], f"{folder}/log")
        self.servers.append(server)
        server.url = f"http://127.0.0.1:{port}"
        for _ in range(100):
            if subprocess.run(["curl", "-s", "-o", "/dev/null", server.url], check=False).returncode == 0:
                return server
            time.sleep(0.1)
        sys.exit(f"nginx does not answer; see {folder}/error.log")

    def stop(self, server):
        self.servers.remove(server)
        server.stop()

    def close(self):
        for server in list(self.servers):
            with contextlib.suppress(Exception):
                self.stop(server)

    # Waybill

    def command(self, *words):
        return execute([self.waybill, *words, "--json"], env=self.environment)

    def new_store(self, path):
        shutil.rmtree(path, ignore_errors=True)
        self.command("store", "init", path)
        return path

    def push(self, address):
        """From a directory that was never pushed: what an earlier push noted in it is gone."""
        shutil.rmtree(f"{self.source}/.waybill", ignore_errors=True)
        settle()
        return self.command("push", self.source, f"{address}/bench/model")[0]

    def push_mirror(self, row):
        store = self.new_store(f"{self.work}/push-store")
        mirror = self.start_mirror(store)
        run = self.push(mirror.url)
        mirror.report(run)
        self.stop(mirror)
        row.stored = tree_bytes(store, {"private"})
        return run

    def push_directory(self, row):
        store = self.new_store(f"{self.work}/push-store")
        run = self.push(f"file://{store}")
        row.stored = tree_bytes(store, {"private"})
        return run

    def pull(self, address, server=None):
        out = f"{self.work}/out"
        shutil.rmtree(out, ignore_errors=True)
        settle()
        if server:
            server.reset()
        run, _ = self.command("pull", f"{address}/bench/model", out)
        if server:
            server.report(run)
        self.compare(f"{out}/{self.file}")
        return run

    # Others

    def xet(self, *words):
        run, output = execute([self.options.python, os.path.join(os.path.dirname(__file__), "xet_worker.py"), *words],
                              env=self.environment)
        result = json.loads(output)
        run.seconds = result["seconds"]
        return run, result

    def xet_push(self, row):
        endpoint = fresh(f"{self.work}/xet-push")
        shutil.rmtree(f"{self.work}/hf", ignore_errors=True)
        settle()
        run, _ = self.xet("push", endpoint, f"{self.source}/{self.file}")
        row.stored = sum(tree_bytes(folder) for folder in self.xet_objects(endpoint))
        return run

    @staticmethod
    def xet_objects(endpoint):
        """The stored objects without the lookup database, which begins at a megabyte however little it holds."""
        found = [os.path.join(folder, name) for folder, folders, _ in os.walk(endpoint) for name in folders
                 if os.path.basename(folder) == "xorbs" and name in ("xorbs", "shards")]
        return found or [endpoint]

    def new_out(self):
        return fresh(f"{self.work}/out") + f"/{self.file}"

    def xet_pull(self, _):
        out = self.new_out()
        settle()
        run, _ = self.xet("pull", f"{self.work}/xet-pull", self.xet_info["hash"], str(self.xet_info["size"]), out)
        self.finish_plain(run, out, self.rows["hf_xet pull, then openssl dgst -sha256 and fsync"])
        return run

    def curl(self, _):
        out = self.new_out()
        settle()
        run, _ = execute(["curl", "-s", "-f", "-o", out, f"{self.nginx.url}/raw/{self.file}"])
        self.finish_plain(run, out, self.rows["curl, then openssl dgst -sha256 and fsync"])
        return run

    def finish_plain(self, run, out, row):
        """The same run with the check and the durability that the tool itself leaves out."""
        check, output = execute(["openssl", "dgst", "-sha256", out])
        began = time.perf_counter()
        with open(out, "rb+") as file:
            os.fsync(file.fileno())
        synced = time.perf_counter() - began
        if output.decode().split()[-1] != self.expected:
            sys.exit(f"{row.name}: the file that arrived is another")
        row.runs.append(Run(run.seconds + check.seconds + synced, run.cpu + check.cpu, max(run.peak, check.peak)))

    def copy(self, _):
        out = self.new_out()
        settle()
        run, _ = execute(["cp", "--reflink=never", f"{self.source}/{self.file}", out])
        began = time.perf_counter()
        with open(out, "rb+") as file:
            os.fsync(file.fileno())
        run.seconds += time.perf_counter() - began
        return run

    def compare(self, path):
        if digest(path) != self.expected:
            sys.exit(f"{path} is not what was pushed")

    # The measurement of one file

    def measure(self, name, path):
        self.file = os.path.basename(path)
        self.source = fresh(f"{self.work}/raw")
        shutil.copyfile(path, f"{self.source}/{self.file}")
        self.expected = digest(path)
        size = os.path.getsize(path)

        store = self.new_store(f"{self.work}/store")
        mirror = self.start_mirror(store)
        self.command("push", self.source, f"{mirror.url}/bench/model")
        self.nginx = self.start_nginx()
        _, self.xet_info = self.xet("push", fresh(f"{self.work}/xet-pull"), f"{self.source}/{self.file}")

        both = "each chunk, each file"
        rows = [
            Row("push", "waybill push to waybill serve", both, "yes", self.push_mirror),
            Row("push", "waybill push to a directory", "pusher's own hashes", "yes", self.push_directory),
            Row("push", "hf_xet push to a local endpoint", "each chunk", "no", self.xet_push),
            Row("pull", "waybill pull from waybill serve", both, "yes", lambda row: self.pull(mirror.url, mirror)),
            Row("pull", "waybill pull from nginx", both, "yes", lambda row: self.pull(f"{self.nginx.url}/store")),
            Row("pull", "waybill pull from a directory", both, "yes", lambda row: self.pull(f"file://{store}")),
            Row("pull", "hf_xet pull from a local endpoint", "no", "no", self.xet_pull),
            Row("pull", "hf_xet pull, then openssl dgst -sha256 and fsync", "each file", "yes", None),
            Row("pull", "curl from nginx, raw file", "no", "no", self.curl),
            Row("pull", "curl, then openssl dgst -sha256 and fsync", "each file", "yes", None),
            Row("copy", "cp, then fsync", "no", "yes", self.copy),
        ]
        self.rows = {row.name: row for row in rows}
        active = [row for row in rows if row.runner]
        for turn in range(self.options.runs):
            for index in range(len(active)):
                row = active[(index + turn) % len(active)]
                if sys.stderr.isatty():
                    print(f"\r\x1b[K{name}: run {turn + 1} of {self.options.runs}, {row.name}", end="", file=sys.stderr)
                row.runs.append(row.runner(row))
        print("\r\x1b[K" * sys.stderr.isatty() + f"{name}: measured", file=sys.stderr)
        self.stop(mirror)
        self.stop(self.nginx)
        return {"name": name, "file": self.file, "bytes": size, "sha256": self.expected, "rows": [summary(row, size, rows) for row in rows]}


def summary(row, size, rows):
    def median(name):
        values = [getattr(run, name) for run in row.runs if getattr(run, name) is not None]
        return statistics.median(values) if values else None

    def peak(name):
        return max((getattr(run, name) for run in row.runs if getattr(run, name) is not None), default=None)

    seconds = median("seconds")
    reference = next(statistics.median(run.seconds for run in other.runs) for other in rows
                     if other.group == ("push" if row.group == "push" else "pull"))
    return {"group": row.group, "name": row.name, "storedBytes": row.stored,
            "storedOverRaw": None if row.stored is None else row.stored / size, "seconds": seconds,
            "secondsAll": [round(run.seconds, 4) for run in row.runs], "megabytesPerSecond": size / seconds / 1e6,
            "speedOverWaybill": reference / seconds, "cpuSeconds": median("cpu"), "serverCPUSeconds": median("server_cpu"),
            "peakBytes": peak("peak"), "serverPeakBytes": peak("server_peak"), "checked": row.checked, "durable": row.durable}


def free_port():
    import socket
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def first_line(*command):
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return result.stdout.decode(errors="replace").splitlines()[0].strip() if result.stdout else "unknown"


def machine(options):
    with open("/proc/cpuinfo") as file:
        processor = next((line.split(":", 1)[1].strip() for line in file if line.startswith("model name")), platform.machine())
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {"processor": processor, "cores": len(os.sched_getaffinity(0)), "memoryBytes": memory, "kernel": platform.release(),
            "fileSystem": first_line("findmnt", "-n", "-o", "FSTYPE", "-T", options.work), "waybill": first_line(options.waybill, "--version"),
            "curl": first_line("curl", "--version").split(" (")[0], "openssl": " ".join(first_line("openssl", "version").split()[:2]),
            "nginx": first_line(shutil.which("nginx") or "/usr/sbin/nginx", "-v").replace("nginx version: ", ""),
            "hf_xet": first_line(options.python, "-c", "import importlib.metadata as m; print(m.version('hf_xet'))"),
            "date": time.strftime("%Y-%m-%d")}


def cell(value, form):
    return "" if value is None else form.format(value)


def table(results):
    lines = ["| file | raw MB | row | stored/raw | s: median (min-max) | MB/s | speed / Waybill | CPU s | peak MiB | server MiB "
             "| checked | durable |",
             "|---|---:|---|---:|---:|---:|---:|---:|---:|---:|---|---|"]
    for result in results:
        for row in result["rows"]:
            mebi = 1 << 20
            lines.append("| " + " | ".join([
                result["name"], f"{result['bytes'] / 1e6:.1f}", row["name"], cell(row["storedOverRaw"], "{:.4f}"),
                f"{row['seconds']:.2f} ({min(row['secondsAll']):.2f}-{max(row['secondsAll']):.2f})",
                f"{row['megabytesPerSecond']:.0f}", f"{row['speedOverWaybill']:.2f}",
                cell(row["cpuSeconds"], "{:.2f}") + cell(row["serverCPUSeconds"], " + {:.2f}"),
                cell(row["peakBytes"] and row["peakBytes"] / mebi, "{:.0f}"),
                cell(row["serverPeakBytes"] and row["serverPeakBytes"] / mebi, "{:.0f}"), row["checked"], row["durable"]]) + " |")
    return "\n".join(lines)


NOTES = """
How to read it
- MB/s are raw bytes over the median; 1 MB = 10^6 bytes. "speed / Waybill": against `waybill push to waybill serve` for pushes, against
  `waybill pull from waybill serve` for pulls and cp. Above 1 is faster than Waybill.
- Both ends and the disk share one machine. A network slower than these figures makes stored size, not speed, decide.
- The page cache is warm. Every run has a fresh store or a fresh destination. Rows take turns. Each pulled file was compared with its
  source.
- Waybill is timed as a whole process. hf_xet is timed from session to end, without the start of Python: in its favour. CPU and memory of
  hf_xet include Python (and, with a local endpoint, the server's part). "server", and what follows a plus, is `waybill serve`.
  A peak of some 20 MiB may be the measuring program's own, from which the others are started.
- A push to `waybill serve`: the mirror decodes and hashes every chunk before it acknowledges, and proves each file's SHA-256 before
  the ref moves. All of that is in the time. hf_xet's local endpoint decodes and hashes chunks too.
- "durable": the data are on the disk (fsync) when the command returns. hf_xet and curl leave that to the kernel; hf_xet checks no
  hash on download. The rows with openssl and fsync add both, one after the other, to the same runs.
- curl moves the raw file and needs no decoding; `stored/raw` of a raw file is 1. It has one connection.
""".strip()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--waybill", required=True)
    parser.add_argument("--python", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json")
    parser.add_argument("files", nargs="+", metavar="NAME=FILE")
    options = parser.parse_args()
    if options.runs < 1:
        parser.error("--runs is at least 1")
    # Deleted at the end, so it is a folder of our own.
    options.work = fresh(os.path.join(os.path.abspath(options.work), "waybill-bench"))
    # Ends by an exception, so that servers are stopped.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    bench = Bench(options)
    about = machine(options)
    results = []
    try:
        for item in options.files:
            name, path = item.split("=", 1)
            results.append(bench.measure(name, path))
    finally:
        bench.close()
    shutil.rmtree(options.work)
    print(f"{about['date']}, {about['processor']}, {about['cores']} cores, {about['memoryBytes'] / (1 << 30):.0f} GiB, Linux "
          f"{about['kernel']}, {about['fileSystem']}; Waybill {about['waybill'].removeprefix('waybill ')}, hf_xet {about['hf_xet']}, "
          f"{about['nginx']}, {about['curl']}, {about['openssl']}; {options.runs} runs a row.\n")
    print(table(results))
    print(f"\n{NOTES}")
    if options.json:
        with open(options.json, "w") as file:
            json.dump({"machine": about, "runs": options.runs, "results": results}, file, indent=1)
            file.write("\n")


if __name__ == "__main__":
    main()
