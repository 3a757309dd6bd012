#!/usr/bin/env python3
"""Measure Waybill beside other programs; started by Scripts/bench, which fetches what this needs.

Standard library only. Every run has a fresh store or a fresh destination, a warm page cache, and a
sync before it; the rows take turns. What a pull wrote is compared with the source, outside the time.
"""
import argparse
import contextlib
import json
import os
import shutil
import signal
import sys

from archive_rows import ARCHIVES
from comparison_plots import comparison_plots
from files import fresh
from machine import machine, steady_memory
from plain_rows import PlainTasks, sha256_speed
from process import first_line
from report import markdown
from rows import Subject
from servers import Waybill, nginx_program
from targets import targets
from waybill_rows import WaybillTasks


def tools(python):
    def package(name):
        code = f"import importlib.metadata as m\ntry: print('{name}', m.version('{name}'))\nexcept m.PackageNotFoundError: print('no {name}')"
        return first_line(python, "-c", code)

    return {
        "hf_xet": package("hf_xet"),
        "zipnn": package("zipnn"),
        "nginx": first_line(nginx_program(), "-v").replace("nginx version: ", ""),
        "curl": first_line("curl", "--version").split(" (")[0],
        "openssl": " ".join(first_line("openssl", "version").split()[:2]),
        "zstd": "zstd " + first_line("zstd", "--version").split(" v")[-1].split(",")[0],
        "restic": "restic " + " ".join(first_line("restic", "version").split()[1:2]),
        "borg": "borg " + first_line("borg", "--version").split()[-1],
        "casync": "casync " + first_line("casync", "--version").split()[-1],
    }


def measure(options, waybill, name, path):
    """All rows of one file, `options.runs` times in turns."""
    subject = Subject(options.work, name, path)
    ours = WaybillTasks(waybill, subject)
    try:
        tasks = list(ours.tasks())
        pushed = next(row for task in tasks for row in task.rows if row.key == "waybill-push")
        others = [PlainTasks(options.python, subject, ours.nginx, lambda: pushed.stored), *(kind(subject) for kind in ARCHIVES)]
        for other in others:
            tasks += other.tasks()
        rows = [row for task in tasks for row in task.rows]
        # The stored size, which dd needs, is known before the first turn.
        ours.push_directory(pushed)
        active = [task for task in tasks if task.action]
        for turn in range(options.runs):
            for index in range(len(active)):
                task = active[(index + turn) % len(active)]
                progress(f"{name}: run {turn + 1} of {options.runs}, {task.rows[0].name}")
                task.turn()
        progress(f"{name}: measured", end="\n")
    finally:
        ours.close()
    for folder in os.listdir(options.work):
        if os.path.isdir(f"{options.work}/{folder}"):
            shutil.rmtree(f"{options.work}/{folder}", ignore_errors=True)
    return {"name": name, "file": subject.file, "bytes": subject.size, "sha256": subject.expected, "type": subject.type,
            "rows": [row.summary(subject.size) for row in rows]}


def progress(text, end=""):
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end=end, file=sys.stderr, flush=True)
    elif end:
        print(text, file=sys.stderr, flush=True)


def write_report(report, options):
    text = markdown(report)
    print(text, end="")
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(report, file, indent=1)
            file.write("\n")
    if options.plots:
        os.makedirs(options.plots, exist_ok=True)
        written = comparison_plots(options.plots, report)
        if options.publish:
            pictures = "\n".join(f"![{name.removeprefix('bench-').removesuffix('.svg')}]({name})" for name in written)
            head, rest = text.split("\n\n", 1)
            with open(f"{options.plots}/bench.md", "w", encoding="utf-8") as file:
                file.write(f"{head}\n\n{pictures}\n\n{rest}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--waybill")
    parser.add_argument("--python")
    parser.add_argument("--work")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json")
    parser.add_argument("--plots")
    parser.add_argument("--publish", action="store_true")
    parser.add_argument("--render", help="a report of an earlier run: only write its table and plots anew")
    parser.add_argument("files", nargs="*", metavar="NAME=FILE")
    options = parser.parse_args()
    if options.runs < 1:
        parser.error("--runs is at least 1")
    if options.render:
        with open(options.render, encoding="utf-8") as file:
            report = json.load(file)
        report["targets"] = [target for result in report["results"] for target in targets(result, report["machine"])]
        write_report(report, options)
        return
    # Deleted at the end, so it is a folder of our own.
    options.work = fresh(os.path.join(os.path.abspath(options.work), "waybill-bench"))
    # Ends by an exception, so that servers are stopped.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    about = {**machine(options.waybill, options.work), "tools": tools(options.python), "sha256BytesPerSecond": sha256_speed()}
    waybill = Waybill(options.waybill, options.work)
    with steady_memory() as reporting:
        about["pageReporting"] = reporting
        results = [measure(options, waybill, *item.split("=", 1)) for item in options.files]
    with contextlib.suppress(OSError):
        shutil.rmtree(options.work)
    write_report({"machine": about, "runs": options.runs, "results": results,
                  "targets": [target for result in results for target in targets(result, about)]}, options)


if __name__ == "__main__":
    main()
