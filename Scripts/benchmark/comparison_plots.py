"""Bars of Waybill beside other programs."""
from machine import describe
from svg import WIDTH, Drawing

LABELS, VALUES, BAR, STEP = 290, 120, 16, 24


def bars(path, title, unit, panels, form, note, better):
    """panels: [(name, [(label, value, least, most, is_ours)])], one below the other on one scale."""
    panels = [(name, lines) for name, lines in panels if lines]
    if not panels:
        return False
    height = 62 + sum(34 + STEP * len(lines) for _, lines in panels) + 34
    drawing = Drawing(WIDTH, height, title)
    drawing.text(20, 30, title, size=17, font_weight=600)
    drawing.text(20, 50, f"{unit}; {better}", cls="soft", size=12)
    room = WIDTH - LABELS - VALUES
    top = max(max(value, most) for _, lines in panels for _, value, _, most, _ in lines) or 1
    y = 62
    for name, lines in panels:
        drawing.text(20, y + 20, name, size=13, font_weight=600)
        y += 34
        for label, value, least, most, ours in lines:
            length = room * value / top
            drawing.text(LABELS - 8, y + 13, label, size=12, anchor="end", cls="text" if ours else "soft")
            drawing.rect(LABELS, y, max(length, 1), BAR, "first" if ours else "other", rx=2)
            if most > least:
                x1, x2, middle = LABELS + room * least / top, LABELS + room * most / top, y + BAR / 2
                drawing.line(x1, middle, x2, middle, "range", stroke_width=1)
                for x in (x1, x2):
                    drawing.line(x, middle - 3, x, middle + 3, "range", stroke_width=1)
            drawing.text(LABELS + max(length, room * most / top) + 8, y + 13, form.format(value), size=12, cls="text" if ours else "soft",
                         font_weight=600 if ours else 400)
            y += STEP
    drawing.text(20, height - 14, note, cls="soft", size=11)
    drawing.save(path)
    return True


SPEEDS = {
    "push": ("waybill-push", "waybill-push-serve", "xet-push", "restic-push", "borg-push", "casync-push", "zstd-fsync"),
    "pull": ("waybill-pull", "waybill-pull-serve", "waybill-pull-nginx", "xet-pull", "xet-pull-sha256-fsync", "curl", "curl-sha256-fsync",
             "restic-pull", "borg-pull", "casync-pull", "unzstd-fsync"),
}
STORED = ("waybill-push", "xet-push", "restic-push", "borg-push", "casync-push", "zstd", "zipnn-2")
# With the check and the durability of each, since that is what the time buys.
PLOT_NAMES = {
    "xet-push": "hf_xet (not durable)",
    "restic-push": "restic backup (encrypts)",
    "casync-push": "casync make (not durable)",
    "xet-pull": "hf_xet (unchecked, not durable)",
    "xet-pull-sha256-fsync": "hf_xet, then SHA-256 and fsync",
    "curl": "curl (unchecked, not durable)",
    "curl-sha256-fsync": "curl, then SHA-256 and fsync",
    "restic-pull": "restic restore (not durable)",
    "borg-pull": "borg extract (not durable)",
    "casync-pull": "casync extract (not durable)",
}
STORED_NAMES = {"waybill-push": "Waybill", "xet-push": "hf_xet", "restic-push": "restic", "borg-push": "borg (lz4)", "casync-push": "casync",
                "zstd": "zstd -3", "zipnn-2": "ZipNN"}
MEMORY = ("waybill-push", "waybill-push-serve", "xet-push", "restic-push", "borg-push", "waybill-pull", "waybill-pull-serve", "xet-pull", "restic-pull",
          "borg-pull")


def measured(result, keys):
    rows = {row["key"]: row for row in result["rows"]}
    return [rows[key] for key in keys if key in rows and "seconds" in rows[key]]


def speed_lines(result, keys):
    mega = result["bytes"] / 1e6
    return [(PLOT_NAMES.get(row["key"], row["name"]), mega / row["seconds"], mega / max(row["secondsAll"]), mega / min(row["secondsAll"]),
             row["tool"] == "Waybill") for row in measured(result, keys)]


def comparison_plots(folder, report):
    """Writes bench-push.svg, bench-pull.svg, bench-stored.svg and bench-memory.svg; their names."""
    about, results = report["machine"], report["results"]
    note = f"{describe(about)}. Medians of {report['runs']}; lines are minimum and maximum."
    written = []

    def plot(name, *words):
        if bars(f"{folder}/bench-{name}.svg", *words):
            written.append(f"bench-{name}.svg")

    for group, title in (("push", "Push, or store"), ("pull", "Pull, or restore")):
        plot(group, title, "MB of weights a second", [(panel_name(result), speed_lines(result, SPEEDS[group])) for result in results], "{:.0f}",
             note, "longer is faster")
    plot("stored", "Stored size, without loss", "stored over raw", [
        (panel_name(result), [line(STORED_NAMES[row["key"]], row["storedOverRaw"], row) for row in measured(result, STORED)]) for result in results
    ], "{:.3f}", describe(about) + ".", "shorter is smaller")
    plot("memory", "Peak memory", "MiB of the largest process", [
        (panel_name(result), [line(row["name"], peak(row), row) for row in measured(result, MEMORY)]) for result in results
    ], "{:.0f}", describe(about) + ".", "shorter is less")
    return written


def line(label, value, row):
    return label, value, 0, 0, row["tool"] == "Waybill"


def peak(row):
    return max(row["peakBytes"] or 0, row["serverPeakBytes"] or 0) / (1 << 20)


def panel_name(result):
    return f"{result['name']}, {result['bytes'] / 1e6:.0f} MB"
