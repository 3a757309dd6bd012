"""Running programs and knowing what they cost: seconds, CPU seconds, peak resident memory."""
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

# No run of a benchmark takes longer: what does hangs.
PATIENCE = 1800
# Children inherit the peak of the program that starts them, unless a small one stands between.
TIME = shutil.which("time")


class Run:
    """One measured run: seconds; CPU seconds and peak resident bytes of the client and, where there is one of interest, the server."""

    def __init__(self, seconds, cpu=None, peak=None):
        self.seconds, self.cpu, self.peak = seconds, cpu, peak
        self.server_cpu = self.server_peak = None

    def then(self, *others):
        """This run and what follows it, as one."""
        runs = (self, *others)
        peaks = [run.peak for run in runs if run.peak is not None]
        total = Run(sum(run.seconds for run in runs), sum(run.cpu or 0 for run in runs), max(peaks, default=None))
        total.server_cpu, total.server_peak = self.server_cpu, self.server_peak
        return total


class Started:
    """A command under way. wait() gives (Run, standard output)."""

    def __init__(self, command, accept=(0,), **options):
        self.command, self.accept = command, accept
        self.scratch = [tempfile.TemporaryFile() for _ in range(3)]
        output, errors, peak = self.scratch
        prefix = [TIME, "-q", "-f", "%M", "-o", f"/proc/self/fd/{peak.fileno()}", "--"] if TIME else []
        self.began = time.perf_counter()
        self.process = subprocess.Popen([*prefix, *command], stdin=subprocess.DEVNULL, stdout=output, stderr=errors,
                                        pass_fds=[peak.fileno()], start_new_session=True, **options)

    def kill(self):
        with contextlib.suppress(OSError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def wait(self):
        watchdog = threading.Timer(PATIENCE, self.kill)
        watchdog.start()
        try:
            _, status, usage = os.wait4(self.process.pid, 0)
            seconds = time.perf_counter() - self.began
        except BaseException:
            self.kill()
            raise
        finally:
            watchdog.cancel()
        self.process.returncode = os.waitstatus_to_exitcode(status)
        texts = []
        for file in self.scratch:
            file.seek(0)
            texts.append(file.read())
            file.close()
        output, errors, peak = texts
        if self.process.returncode not in self.accept:
            sys.exit(f"{' '.join(self.command)}\nended with {self.process.returncode}:\n{errors.decode()}{output.decode()}")
        bytes_of_peak = int(peak.split()[-1]) * 1024 if peak.split() else usage.ru_maxrss * 1024
        return Run(seconds, usage.ru_utime + usage.ru_stime, bytes_of_peak), output


def execute(command, **options):
    """Run a command to its end: (Run, standard output). The peak is that of the largest process, where it starts others."""
    return Started(command, **options).wait()


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
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


def first_line(*command):
    """What a program says first, as of its version; "none" where it is not installed."""
    try:
        result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    except OSError:
        return "none"
    return result.stdout.decode(errors="replace").splitlines()[0].strip() if result.stdout else "unknown"
