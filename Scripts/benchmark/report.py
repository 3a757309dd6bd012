"""The Markdown of a comparison, from the numbers alone."""
from machine import describe

MEBI = 1 << 20
GROUPS = (("push", "Push, or store"), ("pull", "Pull, or restore"), ("again", "Nothing changed"), ("verify", "Verify"),
          ("codec", "Codec alone, in memory"), ("disk", "The disk's own speed"), ("start", "Start of the program"))
# The row of each group with which the others are compared.
REFERENCES = {"push": "waybill-push", "pull": "waybill-pull", "again": "waybill-push-again", "verify": "waybill-verify"}

# What each program does with the bytes: told here, since no stopwatch shows it.
TRAITS = (
    ("Waybill", "SHA-256 of each chunk and each file; a mirror checks them too before it takes a revision", "yes, push and pull",
     "chunks along tensors", "push and pull, inside a file", "zlib streams over byte planes", "no"),
    ("hf_xet", "no: lengths only, on pull; a local endpoint hashes chunks on push", "no", "content-defined chunks",
     "push only, by chunks that are there", "LZ4 over byte groups", "no"),
    ("curl", "no", "no", "no", "only if asked to (-C)", "no", "no"),
    ("zstd", "32-bit checksum of the file", "no", "no", "no", "zstd level 3", "no"),
    ("restic", "SHA-256 of each chunk, not of the file (--verify reads it again)", "repository yes, restored files no", "content-defined chunks",
     "backup only, by chunks that are there", "zstd", "yes, always: AES-256 and Poly1305"),
    ("borg", "hash of each chunk, not of the file", "repository yes, restored files no", "content-defined chunks", "create only, by checkpoints",
     "LZ4", "can; not here (--encryption none)"),
    ("casync", "SHA-512/256 of each chunk", "no", "content-defined chunks", "by chunks that are there", "zstd", "no"),
    ("ZipNN", "no; codes in memory, moves and stores nothing", "no", "no", "no", "Huffman over byte planes", "no"),
)

NOTES = """
- MB/s are raw bytes over the median of the times; 1 MB = 10^6 bytes. "x" is the speed against the row in bold of the same group: above 1 is
  faster than it. Both ends and the disk share one machine; on a network slower than these figures the stored size decides.
- The page cache is warm, `sync` runs before each measurement, every push has a fresh store and every pull a fresh destination, and rows take turns.
  Every file that was pulled or restored is compared with its source, outside the time. Where the machine is virtual and this user may, freed
  memory is not given back to the host meanwhile: taking it again doubled the time of single runs, whichever program came first.
- Waybill and all programs but two are timed as whole processes. hf_xet and ZipNN are timed inside Python, without its start: in their favour. Their
  CPU seconds and memory include Python; hf_xet's also the local endpoint; ZipNN's also the whole file, twice.
- "server", and what follows a plus, is `waybill serve`. The mirror decodes and hashes every chunk before it acknowledges it, and proves each file's
  SHA-256 before the ref moves: all of that is in the time of the push.
- Rows with `openssl dgst` and `fsync` add to the same runs, one after the other, what the program leaves out.
- Peaks are the kernel's maximum for the largest process. restic, borg and casync run with their defaults, borg without encryption; restic has no mode
  without.
""".strip()


def cell(value, form):
    return "" if value is None else form.format(value)


def row_cells(row, reference):
    bold = "**" if reference is row else ""
    if "seconds" not in row:
        return [f"{row['name']}", row["skipped"], "", "", "", "", "", "", "", ""]
    ratio = reference["seconds"] / row["seconds"] if reference and "seconds" in reference else None
    form = "{:.3f}" if row["seconds"] < 1 else "{:.2f}"
    spread = "-".join(form.format(value) for value in (min(row["secondsAll"]), max(row["secondsAll"])))
    return [f"{bold}{row['name']}{bold}", cell(row["storedOverRaw"] if row["group"] != "disk" else None, "{:.4f}"),
            f"{form.format(row['seconds'])} ({spread})", cell(row["megabytesPerSecond"], "{:.0f}"), cell(ratio, "{:.2f}"),
            cell(row["cpuSeconds"], "{:.2f}") + cell(row["serverCPUSeconds"], " + {:.2f}"),
            cell(row["peakBytes"] and row["peakBytes"] / MEBI, "{:.0f}"),
            cell(row["serverPeakBytes"] and row["serverPeakBytes"] / MEBI, "{:.0f}"), row["checked"], row["durable"]]


def table(result):
    """The rows of one file."""
    lines = ["| | stored/raw | s: median (min-max) | MB/s | x | CPU s | peak MiB | server MiB | checked | durable |",
             "|---|---:|---:|---:|---:|---:|---:|---:|---|---|"]
    for group, title in GROUPS:
        rows = [row for row in result["rows"] if row["group"] == group]
        if not rows:
            continue
        lines.append(f"| *{title}* | | | | | | | | | |")
        reference = next((row for row in rows if row["key"] == REFERENCES.get(group)), None)
        lines += ["| " + " | ".join(row_cells(row, reference)) + " |" for row in rows]
    return "\n".join(lines)


def traits_table():
    lines = ["| | checks what it reads | durable (fsync) on return | deduplicates | resumes | compresses | encrypts |", "|---|---|---|---|---|---|---|"]
    return "\n".join(lines + ["| " + " | ".join(traits) + " |" for traits in TRAITS])


def targets_table(found):
    lines = ["| file | what | target | measured | of the target | |", "|---|---|---|---|---:|---|"]
    for target in found:
        word = ("reached" if target["met"] else "not reached") if target["aim"] else ("met" if target["met"] else "**not met**")
        lines.append(f"| {target['file']} | {target['what']} | {target['target']}{' (wish)' if target['aim'] else ''} | {target['measured']} | "
                     f"{cell(target['of_target'], '{:.2f}')} | {word} |")
    return "\n".join(lines)


def versions(about):
    return ", ".join(about["tools"].values())


def markdown(report):
    about = report["machine"]
    parts = ["# Waybill beside other programs",
             f"{describe(about)}, beside {versions(about)}. SHA-256: {about['sha256BytesPerSecond'] / 1e9:.2f} GB/s a core (`openssl speed`). "
             f"{report['runs']} run{'s' if report['runs'] > 1 else ''} a row, in turns; medians. `Scripts/bench` prints this."]
    for result in report["results"]:
        parts += [f"## {result['name']}: {result['bytes'] / 1e6:.1f} MB", table(result)]
    parts += ["## Targets", targets_table(report["targets"]), "## What each program does", traits_table(), "## How to read it", NOTES]
    return "\n\n".join(parts) + "\n"
