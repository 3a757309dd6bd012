"""The machine and the programs of a measurement."""
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


def describe(about):
    return (f"{about['date']}, {about['processor']}, {about['cores']} cores, {about['memoryBytes'] / (1 << 30):.0f} GiB, "
            f"Linux {about['kernel']}, {about['fileSystem']}; Waybill {about['waybill']}")
