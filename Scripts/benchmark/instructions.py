#!/usr/bin/env python3
"""Count the instructions of the hot loops under callgrind and compare them with what they were.

    instructions.py PROGRAM BASELINE [--update]

Ends with 1 if a loop takes more than the margin more, or so much less that the baseline no longer guards it. Counts depend on the
compiler: with another one than the baseline's nothing is compared.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

MARGIN = 0.05


def compiler():
    lines = subprocess.run(["swift", "--version"], capture_output=True, text=True, check=True).stdout
    version = re.search(r"Swift version [^\n]*?\)", lines)
    target = re.search(r"Target: (\S+)", lines)
    if not version or not target:
        sys.exit(f"instructions: 'swift --version' says something unknown: {lines!r}")
    return f"{version.group()} {target.group(1)}"


def count(program):
    """The instructions of each loop by its name."""
    with tempfile.TemporaryDirectory() as folder:
        # Two patterns for one function: callgrind keeps only the first option that is given for a pattern.
        command = [
            "valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out",
            "--toggle-collect=*countedHotLoop*", "--dump-after=*hot_loops*countedHotLoop*", program,
        ]
        # Swift seeds its hash tables anew for every process unless it is told not to.
        environment = {**os.environ, "SWIFT_DETERMINISTIC_HASHING": "1"}
        run = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        if run.returncode != 0:
            sys.exit(f"instructions: {' '.join(command)} failed:\n{run.stderr}")
        names = run.stdout.splitlines()
        counts = {}
        for number, name in enumerate(names, 1):
            with open(f"{folder}/out.{number}", encoding="utf-8", errors="replace") as file:
                counts[name] = int(re.search(r"^(?:summary|totals): (\d+)", file.read(), re.MULTILINE).group(1))
    if not counts or min(counts.values()) == 0:
        sys.exit(f"instructions: callgrind counted nothing: {counts}")
    return counts


def main():
    program, path = sys.argv[1:3]
    used = compiler()
    if "--update" in sys.argv[3:]:
        counts = count(program)
        with open(path, "w", encoding="ascii") as file:
            json.dump({"compiler": used, "instructions": counts}, file, indent=2)
            file.write("\n")
        print(f"{len(counts)} loops written to {path}")
        return
    with open(path, encoding="ascii") as file:
        baseline = json.load(file)
    if baseline["compiler"] != used:
        print(f"Not compared: the baseline is of {baseline['compiler']}, this is {used}.")
        return
    counts = count(program)
    bad = 0
    for name in sorted(counts.keys() | baseline["instructions"].keys()):
        now, before = counts.get(name), baseline["instructions"].get(name)
        if now is None or before is None:
            verdict = "is in the baseline alone" if now is None else "is not in the baseline"
        elif now > before * (1 + MARGIN):
            verdict = f"takes {now:,} instructions, {now / before - 1:.1%} more than {before:,}"
        elif now < before * (1 - MARGIN):
            verdict = f"takes {now:,} instructions, {1 - now / before:.1%} less than {before:,}: good, but update the baseline"
        else:
            continue
        bad += 1
        print(f"{name}: {verdict}")
    print(f"{len(counts)} loops counted, {bad} outside {MARGIN:.0%} of the baseline.")
    if bad:
        sys.exit("If this is meant: Scripts/instructions --update")


if __name__ == "__main__":
    main()
