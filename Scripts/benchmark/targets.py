"""What Waybill is to reach, and whether a run reached it. Pure: from the numbers of a report alone."""

MEBI = 1 << 20
MEMORY = 256 * MEBI
UNCHANGED_SECONDS = 0.15
HELP_SECONDS = 0.030
VERIFY_OF_SHA256 = 0.85
PULL_OVER_XET = 2.0
HTTP_OVER_CHECKED_CURL = 1.5
HTTP_OVER_CURL = 1.0
STORED_LIMIT = 1.001
OF_DISK = 0.8
# By the type of the weights.
PUSH_OVER_XET = {"BF16": 3.5, "F32": 3.0}
STORED = {"BF16": 0.667, "F32": 0.830, "F16": 0.850}


def ratio_target(what, mine, other, least, aim=False):
    """A speed at least `least` times that of another row; an aim is what is wished for beyond the target."""
    if not (mine and other and "seconds" in mine and "seconds" in other):
        return None
    ratio = other["seconds"] / mine["seconds"]
    return {"what": what, "target": f">= {least:g} x", "measured": f"{ratio:.2f} x ({mine['seconds']:.3f} s against {other['seconds']:.3f} s)",
            "of_target": ratio / least, "met": ratio >= least, "aim": aim}


def limit_target(what, value, limit, form):
    """A value that is at most `limit`."""
    if value is None:
        return None
    return {"what": what, "target": "<= " + form(limit), "measured": form(value), "of_target": limit / value if value else None,
            "met": value <= limit, "aim": False}


def seconds_text(value):
    return f"{value:.3f} s"


def ratio_text(value):
    return f"{value:.4f}"


def mebi_text(value):
    return f"{value / MEBI:.0f} MiB"


def push_target(result, rows):
    """Against hf_xet; or, where that is less, against what the disk takes in."""
    least = PUSH_OVER_XET[result["type"]]
    target = ratio_target("push to a directory over hf_xet push", rows.get("waybill-push"), rows.get("xet-push"), least)
    disk = rows.get("dd")
    if target and disk and "seconds" in disk:
        bound, mine = disk["seconds"] / OF_DISK, rows["waybill-push"]["seconds"]
        target["measured"] += f"; dd of the stored bytes: {disk['seconds']:.3f} s"
        target["target"] += f", or {OF_DISK:g} of dd"
        target["met"] = target["met"] or mine <= bound
        target["of_target"] = max(target["of_target"], bound / mine)
    return target


def targets(result, about):
    """[{"file", "what", "target", "measured", "of_target", "met", "aim"}] of one file."""
    rows = {row["key"]: row for row in result["rows"]}
    ours = [row for row in result["rows"] if row["tool"] == "Waybill" and "seconds" in row]
    found = []
    if result["type"] in PUSH_OVER_XET:
        found += [push_target(result, rows),
                  ratio_target("pull from a directory over hf_xet pull, unchecked", rows.get("waybill-pull"), rows.get("xet-pull"), PULL_OVER_XET)]
    for key, name in (("serve", "waybill serve"), ("nginx", "nginx")) if found else ():
        row = rows.get(f"waybill-pull-{key}")
        found.append(ratio_target(f"pull from {name} over curl, then openssl dgst", row, rows.get("curl-sha256"), HTTP_OVER_CHECKED_CURL))
        found.append(ratio_target(f"pull from {name} over curl alone", row, rows.get("curl"), HTTP_OVER_CURL, aim=True))
    stored = [row["storedOverRaw"] for row in ours if row.get("storedOverRaw") is not None]
    found.append(limit_target("stored over raw", max(stored, default=None), STORED.get(result["type"], STORED_LIMIT), ratio_text))
    peaks = [row[name] for row in ours for name in ("peakBytes", "serverPeakBytes") if row.get(name) is not None]
    found.append(limit_target("peak memory of any Waybill process", max(peaks, default=None), MEMORY, mebi_text))
    for key, name in (("push", "push"), ("pull", "pull")):
        row = rows.get(f"waybill-{key}-again", {})
        found.append(limit_target(f"{name} with nothing changed", row.get("seconds"), UNCHANGED_SECONDS, seconds_text))
    found.append(verify_target(result, rows.get("waybill-verify"), about))
    found.append(limit_target("waybill --help", rows.get("waybill-help", {}).get("seconds"), HELP_SECONDS, seconds_text))
    return [{"file": result["name"], **target} for target in found if target]


def verify_target(result, row, about):
    if not row or "seconds" not in row or not about.get("sha256BytesPerSecond"):
        return None
    bound = about["cores"] * about["sha256BytesPerSecond"]
    share = result["bytes"] / row["seconds"] / bound
    return {"what": "verify over cores x openssl speed", "target": f">= {VERIFY_OF_SHA256:g}",
            "measured": f"{share:.2f} ({result['bytes'] / row['seconds'] / 1e9:.2f} of {bound / 1e9:.2f} GB/s)",
            "of_target": share / VERIFY_OF_SHA256, "met": share >= VERIFY_OF_SHA256, "aim": False}
