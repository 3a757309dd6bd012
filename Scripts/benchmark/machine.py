"""The machine and the programs of a measurement."""
import contextlib
import os
import platform
import time

from files import digest
from process import first_line


def machine(waybill, work):
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        processor = next((line.split(":", 1)[1].strip() for line in file if line.startswith("model name")), platform.machine())
    return {"processor": processor, "cores": len(os.sched_getaffinity(0)),
            "memoryBytes": os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"), "kernel": platform.release().split("-")[0],
            "fileSystem": first_line("findmnt", "-n", "-o", "FSTYPE", "-T", work),
            "waybill": first_line(waybill, "--version").removeprefix("waybill "), "waybillSHA256": digest(waybill),
            "date": time.strftime("%Y-%m-%d")}


PAGE_REPORTING = "/sys/module/page_reporting/parameters/page_reporting_order"


@contextlib.contextmanager
def steady_memory():
    """A virtual machine may give freed memory back to its host; whoever takes it again pays, which doubles the time of a run now and then.

    Turned off meanwhile, where this user may, and all memory taken once. Says whether that was needed and done.
    """
    try:
        with open(PAGE_REPORTING, encoding="ascii") as file:
            before = file.read().strip()
        with open(PAGE_REPORTING, "w", encoding="ascii") as file:
            # No block of free memory has that order.
            file.write("11")
    except OSError:
        yield "off" if not os.path.exists(PAGE_REPORTING) else "on"
        return
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            available = next(int(line.split()[1]) << 10 for line in file if line.startswith("MemAvailable"))
        with contextlib.suppress(MemoryError):
            bytearray(available * 3 // 4)
        yield "off"
    finally:
        with open(PAGE_REPORTING, "w", encoding="ascii") as file:
            file.write(before)


def describe(about):
    return (f"{about['date']}, {about['processor']}, {about['cores']} cores, {about['memoryBytes'] / (1 << 30):.0f} GiB, "
            f"Linux {about['kernel']}, {about['fileSystem']}"
            + (", memory given back to the host between runs" if about.get("pageReporting") == "on" else "")
            + f"; Waybill {about['waybill']}")
