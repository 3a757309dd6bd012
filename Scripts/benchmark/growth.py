#!/usr/bin/env python3
"""Measure how time and memory grow; started by Scripts/growth. Standard library only."""
import argparse
import json
import os
import shutil
import signal
import statistics
import sys
import time

from axes import AXES, DISK
from files import fresh
from fits import growth
from growth_plots import MIRROR, growth_plot
from machine import describe, machine
from servers import Waybill

MEBI = 1 << 20
# Runs of a point, as long as they have not taken so many seconds.
RUNS, ENOUGH_SECONDS = 3, 30
MEMORY_TARGET = 256 * MEBI
FIGURES = (("seconds", "seconds", 1), ("peak", "client MiB", MEBI), ("server_peak", "server MiB", MEBI))


def measure(axis, points, note):
    """{operation: [{"x", "seconds", "cpu", "peak", "server_peak"}]}"""
    series = {}
    for point in points:
        began, runs = time.monotonic(), {}
        for _ in range(RUNS if axis.repeats else 1):
            for operation, run in axis.measure(point):
                runs.setdefault(operation, []).append(run)
                note(f"{axis.key} {point}: {operation}: {run.seconds:.2f} s, {(run.peak or 0) / MEBI:.0f} MiB"
                     + (f", server {run.server_peak / MEBI:.0f} MiB" if run.server_peak else ""))
            axis.clear()
            if time.monotonic() - began > ENOUGH_SECONDS:
                break
        for operation, found in runs.items():
            series.setdefault(operation, []).append(middle(point, found))
    return series


def middle(x, runs):
    """The medians of times and the maxima of memory."""
    def values(name):
        return [getattr(run, name) for run in runs if getattr(run, name) is not None]

    made = {"x": x, "runs": len(runs)}
    for name in ("seconds", "cpu", "server_cpu"):
        made[name] = statistics.median(values(name)) if values(name) else None
    for name in ("peak", "server_peak"):
        made[name] = max(values(name), default=None)
    return made


def rows(title, unit, series):
    """One line for each operation and figure: the values, the exponent, and the word for it."""
    for operation, runs in series.items():
        for figure, name, divisor in FIGURES:
            points = [(run["x"], run[figure]) for run in runs if run.get(figure) is not None]
            if not points:
                continue
            slope, word = growth(points)
            peak = max(y for _, y in points)
            if figure != "seconds" and peak > MEMORY_TARGET:
                word += ", ABOVE 256 MiB"
            yield {"axis": title, "unit": unit, "operation": operation, "figure": name, "exponent": slope, "growth": word,
                   "values": [(x, y / divisor) for x, y in points]}


def short(number):
    for divisor, letter in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if number >= divisor:
            return f"{number / divisor:g}{letter}"
    return f"{number:g}"


def table(lines):
    out = ["| what grows | operation | figure | values | exponent | growth |", "|---|---|---|---|---:|---|"]
    for line in lines:
        values = ", ".join(f"{short(x)}: {y:.2f}" if line["figure"] == "seconds" else f"{short(x)}: {y:.0f}" for x, y in line["values"])
        slope = "" if line["exponent"] is None else f"{line['exponent']:.2f}"
        out.append(f"| {line['axis']} | {line['operation']} | {line['figure']} | {values} | {slope} | {line['growth']} |")
    return "\n".join(out)


def plots(folder, measured, note):
    """Writes growth-<axis>-seconds.svg and growth-<axis>-memory.svg; Markdown that shows them."""
    shown = []
    for axis in measured:
        series = axis["series"].items()
        seconds = {name: [(run["x"], run["seconds"]) for run in runs] for name, runs in series}
        memory = {name: [(run["x"], run["peak"] / MEBI) for run in runs if run["peak"]] for name, runs in series if name != DISK}
        memory |= {name + MIRROR: [(run["x"], run["server_peak"] / MEBI) for run in runs if run["server_peak"]] for name, runs in series
                   if "unchanged" not in name}
        figures = (("seconds", "seconds", seconds, None), ("memory", "peak MiB; dotted: 256 MiB", memory, MEMORY_TARGET / MEBI))
        for figure, y_name, lines, bound in figures:
            name = f"growth-{axis['key']}-{figure}.svg"
            if growth_plot(f"{folder}/{name}", f"Growth: {axis['title']}", axis["unit"], y_name, lines, note, bound):
                shown.append(f"![{figure} over {axis['title']}]({name})")
    return "\n".join(shown)


def with_earlier(measured, about, path):
    """The axes that were measured now, and those that an earlier report of the same program and machine has besides."""
    if not os.path.exists(path):
        return measured
    with open(path, encoding="utf-8") as file:
        earlier = json.load(file)
    if {**earlier["machine"], "date": ""} != {**about, "date": ""}:
        return measured
    found = {axis["key"]: axis for axis in [*earlier["axes"], *measured]}
    return [found[kind.key] for kind in AXES if kind.key in found]


def write_report(about, measured, folder):
    if folder:
        os.makedirs(folder, exist_ok=True)
        measured = with_earlier(measured, about, f"{folder}/growth.json")
    lines = [line for axis in measured for line in rows(axis["title"], axis["unit"], axis["series"])]
    text = f"{describe(about)}.\n\n{table(lines)}\n\n{NOTES}\n"
    print(text, end="")
    if not folder:
        return
    pictures = plots(folder, measured, describe(about) + ".")
    with open(f"{folder}/growth.md", "w", encoding="utf-8") as file:
        file.write(f"# Growth\n\n{pictures}\n\n{text}")
    with open(f"{folder}/growth.json", "w", encoding="utf-8") as file:
        json.dump({"machine": about, "axes": measured, "growth": lines}, file, indent=1)
        file.write("\n")


NOTES = """
Each point is the median of three runs (of one where that takes half a minute) with a fresh store; `sync` before each. The exponent is the slope of
what comes on top of the smallest point over what grows, both as logarithms, through the three largest points: 0 is flat, 1 is linear. What
grows by less than a quarter over the whole series is called flat. Memory is the largest of the kernel's peaks of one process. Stores of many
chunks and sparse models are made up; the weights are random numbers that compress as trained ones do.
""".strip()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--waybill", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--only", action="append", choices=[axis.key for axis in AXES])
    parser.add_argument("--from", dest="least", type=int, default=0)
    parser.add_argument("--up-to", dest="most", type=int, default=1 << 62)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--out")
    options = parser.parse_args()
    work = fresh(os.path.join(os.path.abspath(options.work), "waybill-growth"))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    waybill = Waybill(options.waybill, work)
    about, measured = machine(options.waybill, work), []
    for kind in AXES:
        if options.only and kind.key not in options.only:
            continue
        points = [*kind.points, *(kind.full_points if options.full else ())]
        points = [point for point in points if options.least <= point <= options.most]
        axis = kind(waybill, fresh(f"{work}/{kind.key}"))
        series = measure(axis, points, lambda text: print(text, file=sys.stderr, flush=True))
        shutil.rmtree(axis.work)
        measured.append({"key": kind.key, "title": kind.title, "unit": kind.unit, "series": series})
    shutil.rmtree(work)
    write_report(about, measured, options.out)



if __name__ == "__main__":
    main()
