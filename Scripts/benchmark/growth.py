#!/usr/bin/env python3
"""Measure how time and memory grow; started by Scripts/growth. Standard library only."""
import argparse
import json
import os
import shutil
import signal
import sys

from axes import AXES
from files import fresh
from fits import growth
from machine import describe, machine
from plots import growth_plot
from servers import Waybill

MEBI = 1 << 20
MEMORY_TARGET = 256 * MEBI
FIGURES = (("seconds", "seconds", 1), ("peak", "client MiB", MEBI), ("server_peak", "server MiB", MEBI))


def measure(axis, points, note):
    """{operation: [{"x", "seconds", "cpu", "peak", "server_peak"}]}"""
    series = {}
    for point in points:
        for operation, run in axis.measure(point):
            note(f"{axis.key} {point}: {operation}: {run.seconds:.2f} s, {(run.peak or 0) / MEBI:.0f} MiB"
                 + (f", server {run.server_peak / MEBI:.0f} MiB" if run.server_peak else ""))
            series.setdefault(operation, []).append({"x": point, **vars(run)})
        for name in ("source", "out", *([] if axis.key == "revisions" else ["store"])):
            if axis.key != "revisions" or name == "out":
                shutil.rmtree(f"{axis.work}/{name}", ignore_errors=True)
    return series


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
        memory = {name: [(run["x"], run["peak"] / MEBI) for run in runs if run["peak"]] for name, runs in series}
        memory |= {f"{name}: the mirror": [(run["x"], run["server_peak"] / MEBI) for run in runs if run["server_peak"]] for name, runs in series
                   if "unchanged" not in name}
        for figure, y_name, lines, bound in (("seconds", "seconds", seconds, None), ("memory", "peak MiB; dashed red: 256 MiB", memory, MEMORY_TARGET / MEBI)):
            name = f"growth-{axis['key']}-{figure}.svg"
            if growth_plot(f"{folder}/{name}", f"Growth: {axis['title']}", axis["unit"], y_name, lines, note, bound):
                shown.append(f"![{figure} over {axis['title']}]({name})")
    return "\n".join(shown)


NOTES = """
Each point is one run with a fresh store; `sync` before it. The exponent is the slope of the figure over what grows, both as logarithms, through the
three largest points: 0 is flat, 1 is linear. Peaks are those of the kernel for one process.
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
    about, lines, measured = machine(options.waybill, work), [], []
    for kind in AXES:
        if options.only and kind.key not in options.only:
            continue
        points = [*kind.points, *(kind.full_points if options.full else ())]
        points = [point for point in points if options.least <= point <= options.most]
        axis = kind(waybill, fresh(f"{work}/{kind.key}"))
        series = measure(axis, points, lambda text: print(text, file=sys.stderr, flush=True))
        shutil.rmtree(axis.work)
        measured.append({"key": kind.key, "title": kind.title, "unit": kind.unit, "series": series})
        lines += rows(kind.title, kind.unit, series)
    shutil.rmtree(work)
    text = f"{describe(about)}\n\n{table(lines)}\n\n{NOTES}\n"
    print(text, end="")
    if options.out:
        os.makedirs(options.out, exist_ok=True)
        pictures = plots(options.out, measured, describe(about) + ".")
        with open(f"{options.out}/growth.md", "w", encoding="utf-8") as file:
            file.write(f"# Growth\n\n{pictures}\n\n{text}")
        with open(f"{options.out}/growth.json", "w", encoding="utf-8") as file:
            json.dump({"machine": about, "axes": measured, "growth": lines}, file, indent=1)
            file.write("\n")


if __name__ == "__main__":
    main()
