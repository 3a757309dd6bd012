#!/usr/bin/env python3
"""Restore a model from a Waybill store, without Waybill.

    restore.py STORE ORG/NAME[:REF][@SHA256] OUT
    restore.py STORE @SHA256 OUT

Your data never depends on Waybill. A store is a directory of documented files (Protocol/STORE.md),
and this one file, with nothing but Python's standard library (3.9 or later), gives back every file
of every revision in it. Keep a copy beside your backups.

It trusts nothing that it reads: the ref entry, the manifest, the lists, every chunk and every whole
file are checked against their SHA-256 before a file gets its name. A missing or damaged locator is
no loss: the packs' footers say the same. It never overwrites a file, and writes only beneath OUT.
It holds one chunk (4 MiB) and a few tables in memory, however large the model is.
Exit codes: 0 restored; 1 failure; 2 usage; 3 not found; 4 damaged, incomplete or hostile, and whatever is
intact is restored; 5 withdrawn; 6 the ref names another revision; 8 disk (no space, I/O).
"""
import base64
import calendar
import glob
import hashlib
import json
import os
import re
import shutil
import struct
import sys
import tempfile
import unicodedata
import zlib

FAILURE, USAGE, NOT_FOUND, INTEGRITY, POLICY, CONFLICT, DISK = 1, 2, 3, 4, 5, 6, 8
KINDS = {int: "an integer", str: "a string", list: "an array"}
NAME = "[A-Za-z0-9](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9_-])?"
MODEL, REF = f"{NAME}/{NAME}", rf"(?!(?i:latest|.*\.json)$){NAME}"
TIME = "([0-9]{4})-(0[1-9]|1[0-2])-([0-9]{2})T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z"
CHUNK_MAX, PACK_MAX, MANIFEST_MAX, LOCATOR_MAX = 4 << 20, 64 << 20, 16 << 20, 16 << 20
SEGMENT_ROWS, INTEGER_MAX, NOWHERE = 8192, (1 << 53) - 1, 0xFFFFFFFF


class Problem(Exception):
    """What went wrong: exit code, subject, cause, remedy."""

    def __init__(self, code, subject, cause, remedy):
        super().__init__("".join(c if c.isprintable() else "?" for c in f"{subject}: {cause.rstrip('.')}. {remedy}"))
        self.code, self.subject, self.cause, self.remedy = code, subject, cause, remedy


def damaged(subject, cause):
    return Problem(INTEGRITY, subject, cause, "Take this object from another copy of the store.")


def newer(subject, cause):
    return Problem(FAILURE, subject, cause, "Use the restore.py of a newer Waybill.")


def require(condition, subject, cause):
    if not condition:
        raise damaged(subject, cause)


# --- JSON ------------------------------------------------------------------------------------------
def canonical(value):
    """RFC 8785, for the values that our formats have (all member names are ASCII)."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


def parse_json(data, subject, limit, **rules):
    """The value and its canonical form, which does not exist if half of a surrogate pair is in it."""
    require(len(data) <= limit, subject, f"is larger than {limit} bytes")
    try:
        value = json.loads(data.decode("utf-8"), **rules)
        return value, canonical(value)
    except (ValueError, RecursionError) as error:
        raise damaged(subject, f"is not JSON ({str(error)[:100]})")


def parse_canonical(data, subject, limit):
    """Canonical JSON with integers only. That a member occurs twice, or a fraction, shows in the comparison."""
    def whole(text):
        require(len(text) <= 16 and 0 <= int(text) <= INTEGER_MAX, subject, "has a number that is out of range")
        return int(text)

    value, again = parse_json(data, subject, limit, parse_int=whole, parse_float=str, parse_constant=str)
    require(again == data, subject, "is not in canonical form")
    return value


def members(value, names, subject):
    require(isinstance(value, dict) and set(value) == set(names.split()), subject, f"must have exactly the members {names}")
    return value


def typed(value, kind, subject, limit=1 << 53):
    """A value of a type; limit: elements of an array, bytes of a string."""
    size = 0 if type(value) is not kind or kind is int else len(value.encode("utf-8") if kind is str else value)
    require(type(value) is kind and size <= limit, subject, f"has something else than {KINDS[kind]}, or too much of it")
    return value


def digest(value, subject):
    require(isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value), subject, "is not a SHA-256 in lower-case hex")
    return value


def base64_bytes(text, subject):
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        data = None
    require(data is not None and base64.b64encode(data).decode() == text, subject, "has text that is not canonical base64")
    return data


def is_time(text):
    match = re.fullmatch(TIME, text)
    return match and 1 <= int(match[3]) <= calendar.monthrange(int(match[1]) or 2000, int(match[2]))[1]


# --- Names and refs --------------------------------------------------------------------------------
def check_waybill_json(data):
    subject = "waybill.json"
    pairs, _ = parse_json(data, subject, 65536, object_pairs_hook=tuple, parse_float=str, parse_constant=int)  # NaN fails
    require(isinstance(pairs, tuple), subject, "is not an object")
    value = dict(pairs)
    require(len(value) == len(pairs), subject, "has a member twice")
    layout, features = value.get("layout"), value.get("requiredFeatures")
    require(type(layout) is int and 0 <= layout <= INTEGER_MAX, subject, "has no layout")
    if layout != 1:
        raise newer(subject, f"this store has layout {layout}; layout 1 is known here")
    require(isinstance(features, list) and all(isinstance(f, str) for f in features), subject, "has no requiredFeatures")
    if features:
        raise newer(subject, f"this store requires {', '.join(features)[:200]}")


def parse_entry(data, model, ref, n):
    """The payload of entry n of a ref: a DSSE envelope around canonical JSON."""
    subject = f"refs/{model}/{ref}/{n:010d}"
    envelope = members(parse_canonical(data, subject, 65536), "payload payloadSha256 payloadType signatures", subject)
    require(envelope["payloadType"] == "application/vnd.waybill.ref+json", subject, "has another payloadType")
    require(len(typed(envelope["signatures"], list, subject)) <= 64, subject, "has more than 64 signatures")
    for signature in envelope["signatures"]:
        typed(members(signature, "keyid sig", subject)["keyid"], str, subject)
        base64_bytes(typed(signature["sig"], str, subject), subject)
    payload = base64_bytes(typed(envelope["payload"], str, subject), subject)
    require(hashlib.sha256(payload).hexdigest() == envelope["payloadSha256"], subject, "does not match its payloadSha256")
    entry = members(parse_canonical(payload, subject, 65536),
                    "attestations expires manifest model movedTo n previous reason ref state time", subject)
    require((entry["model"], entry["ref"]) == (model, ref) and typed(entry["n"], int, subject) == n, subject,
            "belongs to another place than its path")
    require((entry["previous"] is None) == (n == 1), subject, "must name the previous entry if and only if n is above 1")
    for member in ("previous", "manifest", "attestations"):
        require(entry[member] is None or digest(entry[member], f"{subject}, {member}"), subject, "has no digest")
    moved = entry["movedTo"] is None or re.fullmatch(MODEL, typed(entry["movedTo"], str, subject))
    require(moved, subject, "has a movedTo that is no model")
    typed("" if entry["reason"] is None else entry["reason"], str, f"{subject}, reason", 2048)
    for text in (entry["time"],) if entry["expires"] is None else (entry["time"], entry["expires"]):
        require(is_time(typed(text, str, subject)), subject, "has a malformed time")
    require(entry["state"] in ("active", "withdrawn"), subject, "has an unknown state")
    either = (entry["manifest"] is None) != (entry["movedTo"] is None)
    require(either or entry["state"] != "active", subject, "is active and must name either a manifest or movedTo")
    require(entry["reason"] or entry["state"] == "active", subject, "is withdrawn without a reason")
    return entry


# --- Manifest --------------------------------------------------------------------------------------
def check_path(path, subject):
    require(1 <= len(typed(path, str, subject).encode("utf-8")) <= 2048, subject, "a path has 1 to 2,048 bytes")
    require(path.count("/") < 64, subject, f"path {path!r} has more than 64 components")
    for part in path.split("/"):
        unsafe = f"path {path!r} is unsafe"
        require(1 <= len(part.encode("utf-8")) <= 255 and part not in (".", ".."), subject, unsafe)
        require(not re.search("[\x00-\x1f\x7f-\x9f\\\\]", part) and part[-1] not in ". ", subject, unsafe)
        require(part.lower() not in (".waybill", ".git", ".cache"), subject, unsafe)
        require(not re.fullmatch("con|prn|aux|nul|com[1-9]|lpt[1-9]", part.lower().split(".")[0]), subject, unsafe)


def check_papers(papers, base_models, files, plan, subject):
    members(papers, "claims evidence", subject)
    before = None
    for evidence in typed(papers["evidence"], list, subject):
        members(evidence, "file place sha256", subject)
        place = (typed(evidence["file"], str, subject).encode(), typed(evidence["place"], str, subject, 2048).encode())
        require(files.get(evidence["file"]) == digest(evidence["sha256"], subject), subject, "has evidence that is no file of it")
        require(before is None or before < place, subject, "has evidence out of order")
        before = place
    for name, claim in members(papers["claims"], "baseModels datasets languages licenseLinks licenseNames licenses", subject).items():
        what = f"{subject}, claim {name}"
        values = typed(members(claim, "assertion values", what)["values"], list, what, 1024)
        require(claim["assertion"] == ("claimed" if values else "noAssertion"), what, "has an assertion that its values contradict")
        texts = [typed(members(value, "evidence value", what)["value"], str, what, 2048).encode() for value in values]
        require(all(a < b for a, b in zip(texts, texts[1:])), what, "has values out of order")
        for value in values:
            indices = [typed(i, int, what) for i in typed(value["evidence"], list, what)]
            require(indices and indices == sorted(set(indices)), what, "has a value without evidence, or with indices out of order")
            require(indices[-1] < len(papers["evidence"]), what, "names evidence that is not there")
    for base in typed(base_models, list, subject, 1024):
        require(typed(members(base, "name relation", subject)["name"], str, subject, 2048), subject, "has a base model without a name")
        relations = ("adapter", "finetune", "merge", "quantized", "noAssertion", "distilled")[:6 if plan == "p2" else 5]
        require(base["relation"] in relations, subject, "has an unknown relation")


def parse_manifest(data, name):
    subject = f"manifest {name}"
    require(len(data) <= MANIFEST_MAX, subject, "is larger than 16 MiB")
    require(hashlib.sha256(data).hexdigest() == name, subject, "does not match its SHA-256")
    manifest = parse_canonical(data, subject, MANIFEST_MAX)
    require(isinstance(manifest, dict), subject, "is not an object")
    for member, known in (("waybill", (1,)), ("plan", ("t1",)), ("papersPlan", ("p1", "p2"))):
        if isinstance(manifest.get(member), type(known[0])) and manifest[member] not in known:
            raise newer(subject, f"has {member} {str(manifest[member])[:40]}, which is not known here")
    members(manifest, "baseModels contentId files lists papers papersPlan plan waybill", subject)
    version, plan = manifest["waybill"], manifest["papersPlan"]
    require(version == 1 and version is not True and manifest["plan"] == "t1" and plan in ("p1", "p2"), subject, "has a malformed version")
    before, rows, total, digests = b"", 0, 0, {}
    for file in typed(manifest["files"], list, subject):
        members(file, "firstRow format path rows sha256 size", subject)
        path = file["path"]
        check_path(path, subject)
        digest(file["sha256"], subject)
        require(file["format"] in ("safetensors", "gguf", "opaque"), subject, f"has an unknown format for {path!r}")
        require(before < path.encode("utf-8"), subject, "has files out of order")
        require(typed(file["firstRow"], int, subject) == rows, subject, f"has a gap in the rows before {path!r}")
        fits = typed(file["rows"], int, subject) <= typed(file["size"], int, subject) <= file["rows"] * CHUNK_MAX
        require(fits, subject, f"has rows for {path!r} that cannot add up to its size")
        before, rows, total, digests[path] = path.encode("utf-8"), rows + file["rows"], total + file["size"], file["sha256"]
    require(digests and total <= INTEGER_MAX, subject, "has no file, or more than 2^53 - 1 bytes")
    # Lower-cased scalar by scalar, without rules of context, then normalised.
    folded = sorted(unicodedata.normalize("NFD", "".join(map(str.lower, path))).split("/") for path in digests)
    for a, b in zip(folded, folded[1:]):  # in this order, what is equal or within a folder follows at once
        require(a != b[:len(a)], subject, f"has a second path like {'/'.join(a)!r}, or one within it")
    lists = [digest(item, subject) for item in typed(manifest["lists"], list, subject)]
    require(len(lists) == -(-rows // SEGMENT_ROWS), subject, "has a number of lists that its rows contradict")
    content = canonical([[file["path"], file["sha256"], file["size"]] for file in manifest["files"]])
    require(hashlib.sha256(content).hexdigest() == manifest["contentId"], subject, "does not match its contentId")
    check_papers(manifest["papers"], manifest["baseModels"], digests, plan, subject)
    return manifest


# --- Lists, locators, packs ------------------------------------------------------------------------
def parse_list(data, name):
    """[(chunk digest, raw length, element type)]"""
    subject = f"list {name}"
    require(16 < len(data) <= 16 + 40 * SEGMENT_ROWS, subject, "has an impossible size")
    require(hashlib.sha256(data).hexdigest() == name, subject, "does not match its SHA-256")
    magic, count, zero = struct.unpack_from("<8sII", data)
    require(magic == b"WBLIST1\n" and zero == 0 and len(data) == 16 + 40 * count, subject, "has a malformed header")
    rows = list(struct.iter_unpack("<32sIB3s", data[16:]))
    require(all(1 <= row[1] <= CHUNK_MAX and row[3] == bytes(3) for row in rows), subject, "has a malformed row")
    return [row[:3] for row in rows]


def parse_locator(data, segment, count):
    """[(pack name in hex or None, offset, stored length)], one for each row of the segment"""
    subject = f"locator {segment}"
    require(60 <= len(data) <= LOCATOR_MAX, subject, "has an impossible size")
    require(zlib.crc32(data[:-4]) == struct.unpack("<I", data[-4:])[0], subject, "does not match its CRC-32")
    magic, owner, rows, packs, alternates, zero = struct.unpack_from("<8s32sIIII", data)
    require(magic == b"WBLOCT1\n" and zero == 0 and rows == count and owner.hex() == segment, subject, "has a malformed header")
    require(max(packs, alternates) <= 65536 and len(data) == 60 + 32 * packs + 12 * rows + 80 * alternates, subject,
            "has counts that its size contradicts")
    names = [data[at:at + 32].hex() for at in range(56, 56 + 32 * packs, 32)]
    require(len(set(names)) == packs, subject, "names a pack twice")
    places, start = [], 56 + 32 * packs
    for number, offset, stored in struct.iter_unpack("<III", data[start:start + 12 * rows]):
        nowhere = number == NOWHERE and offset == stored == 0
        require(nowhere or (number < packs and stored and offset + stored <= PACK_MAX), subject, "has a row that points nowhere")
        places.append((None if nowhere else names[number], offset, stored))
    for row, number, offset, stored, _, zero, _, zeros in struct.iter_unpack("<IIIIB3s32s28s", data[start + 12 * rows:-4]):
        good = row < rows and number < packs and stored and offset + stored <= PACK_MAX and not any(zero + zeros)
        require(good, subject, "has a malformed alternate")
    return places


def read_footer(file, name):
    """[(chunk digest, raw length, stored length, offset)] of an open pack"""
    subject = f"pack {name}"
    size = file.seek(0, os.SEEK_END)
    require(8 + 56 + 80 + 16 < size <= PACK_MAX, subject, "has an impossible size")
    file.seek(size - 16)
    length, zero, magic = struct.unpack("<II8s", file.read(16))
    start = size - 16 - length
    require(magic == b"WBPKEND\n" and zero == 0 and length >= 136 and start > 8, subject, "has a malformed trailer")
    file.seek(start)
    footer = file.read(length)
    require(hashlib.sha256(footer).hexdigest() == name, subject, "has a footer that does not match its name")
    magic, _, offset, count, zeros = struct.unpack_from("<8s16sQI20s", footer)
    good = magic == b"WBFOOT1\n" and offset == start and 1 <= count <= 262144 and length == 56 + 80 * count and not any(zeros)
    require(good, subject, "has a malformed footer")
    rows, at = [], 8
    for chunk, raw, stored, offset, kind, zeros, base in struct.iter_unpack("<32sIIIB3s32s", footer[56:]):
        good = 1 <= raw <= CHUNK_MAX and 0 < stored <= raw + 512 and offset == at and kind == 0 and not any(zeros + base)
        require(good, subject, "has a malformed footer row")
        rows.append((chunk, raw, stored, offset))
        at += stored
    require(at == start, subject, "has frames that do not reach its footer")
    file.seek(0)
    require(file.read(8) == b"WBPACK1\n", subject, "has a malformed header")
    return rows


# --- Frames ----------------------------------------------------------------------------------------
# For each transform, the sizes of an element's fields: the planes take the fields apart.
FIELDS = {0: (), 1: (1,) * 2, 2: (1,) * 2, 3: (1,) * 4, 4: (1,) * 8, 5: (1,) * 4, 6: (1,) * 8,
          66: (1, 1, 16), 67: (1, 1, 1, 1, 16), 70: (1, 1, 4, 16), 71: (1, 1, 1, 1, 4, 16), 72: (1, 1, 32),
          74: (16, 64, 1, 1, 1, 1), 75: (32, 64, 12, 1, 1), 76: (1, 1, 1, 1, 4, 4, 4, 128),
          77: (1, 1, 1, 1, 4, 4, 4, 32, 128), 78: (128, 64, 16, 1, 1)}
HALVED = bytes(b >> 1 for b in range(256))
LOW_TO_HIGH = bytes((b & 1) << 7 for b in range(256))


def inflate(stored, length, subject):
    stream = zlib.decompressobj()
    try:
        plane = stream.decompress(stored, length + 1)  # one more, so that a bomb stops there and an end is seen
    except zlib.error as error:
        raise damaged(subject, f"has a broken zlib stream ({error})")
    ended = stream.eof and not stream.unused_data and not stream.unconsumed_tail
    require(ended and len(plane) == length, subject, "has a zlib stream of another length")
    return plane


def rotate_back(planes):
    """Undo the rotation by one bit plane by plane: byte j is byte j >> 1, and the low bit of byte j + 1 above it."""
    result = []
    for j, plane in enumerate(planes):
        low = int.from_bytes(plane.translate(HALVED), "little")
        high = int.from_bytes(planes[(j + 1) % len(planes)].translate(LOW_TO_HIGH), "little")
        result.append((low | high).to_bytes(len(plane), "little"))
    return result


def decode_frame(frame, length, subject="frame"):
    """The raw bytes of a frame that must hold `length` of them."""
    require(len(frame) >= 8, subject, "is too short")
    version, transform, count, flags, raw_length = struct.unpack_from("<BBBBI", frame)
    require(version == 1 and flags == 0, subject, "has an unknown version or flags")
    require(raw_length == length and 1 <= length <= CHUNK_MAX, subject, "has another raw length than its chunk")
    require(transform in FIELDS, subject, f"has transform {transform}, which is not known here")
    fields = FIELDS[transform]
    size = sum(fields)
    n, tail = divmod(length, size) if fields else (0, 0)
    require(n >= 1 or not fields, subject, "is shorter than one element of its transform")
    lengths = [n * field for field in fields] + [tail] * (tail > 0) if fields else [length]
    require(count == len(lengths) and len(frame) >= 8 + 12 * count, subject, "has another number of planes than its transform")
    headers = [struct.unpack_from("<B3sII", frame, 8 + 12 * j) for j in range(count)]
    require([h[2] for h in headers] == lengths and not any(any(h[1]) for h in headers), subject, "has malformed planes")
    require(8 + 12 * count + sum(h[3] for h in headers) == len(frame), subject, "has planes that do not add up to its length")
    planes, at = [], 8 + 12 * count
    for codec, _, raw, stored in headers:
        part = frame[at:at + stored]
        at += stored
        require(codec in (0, 1, 2), subject, f"has codec {codec}, which is not known here")
        require(codec != 0 or stored == raw, subject, "has a raw plane of another length")
        require(codec != 1 or stored == 1, subject, "has a constant plane that is not one byte")
        planes.append(part if codec == 0 else part * raw if codec == 1 else inflate(part, raw, subject))
    if not fields:
        return planes[0]
    out, position = bytearray(length), 0
    if transform in (1, 3, 4):
        planes[:size] = rotate_back(planes[:size])
    for field, plane in zip(fields, planes):
        for k in range(field):
            out[position + k:n * size:size] = plane[k::field]
        position += field
    if tail:
        out[n * size:] = planes[-1]
    return bytes(out)


# --- The store -------------------------------------------------------------------------------------
class Store:
    def __init__(self, root):
        self.root = root
        data = self.read("waybill.json", 65536)
        if data is None:
            raise Problem(NOT_FOUND, root, "is not a Waybill store (it has no waybill.json)", "Name the directory that holds waybill.json.")
        check_waybill_json(data)

    def read(self, path, limit, cut=False):
        """All bytes of an object, or None if it is absent; `cut`: a longer object is no damage."""
        try:
            with open(os.path.join(self.root, path), "rb") as file:
                data = file.read(limit + 1)
        except (FileNotFoundError, NotADirectoryError):
            return None
        require(cut or len(data) <= limit, path, f"is larger than {limit} bytes")
        return data

    def named(self, kind, name, limit, code=INTEGRITY):
        """An object that others name, so that its absence is damage, unless a code tells otherwise."""
        data = self.read(f"{kind}/{name[:2]}/{name}", limit)
        if data is None:
            raise Problem(code, f"{kind}/{name[:2]}/{name}", "is not in this store", "Copy it from another mirror.")
        return data

    def newest(self, model, ref):
        """The newest entry: from the hint upward until one is absent."""
        def at(n):
            return self.read(f"refs/{model}/{ref}/{n:010d}", 65536) if n < 10 ** 10 else None

        hint = self.read(f"refs/{model}/{ref}/latest", 64, cut=True) or b""
        n = int(hint) if re.fullmatch(b"[0-9]{10}\n", hint) and int(hint) > 0 else 1
        data = at(n)
        if data is None:
            n, data = 1, at(1)
        if data is None:
            raise Problem(NOT_FOUND, f"{model}:{ref}", "does not exist in this store", "List refs/ of the store to see what does.")
        before, after = at(n - 1) if n > 1 else None, at(n + 1)
        while after is not None:
            n, before, data, after = n + 1, data, after, at(n + 2)
        entry = parse_entry(data, model, ref, n)
        if before is not None and hashlib.sha256(before).hexdigest() != entry["previous"]:
            raise Problem(INTEGRITY, f"refs/{model}/{ref}/{n:010d}", "does not follow from the entry before it",
                          f"To restore what it names all the same, say @{entry['manifest']}.")
        return entry

    def frame(self, pack, offset, stored):
        with open(os.path.join(self.root, "packs", pack[:2], pack), "rb") as file:
            file.seek(offset)
            return file.read(stored)

    def scan(self, wanted):
        """{chunk digest: [(pack, offset, stored length)]} for the wanted digests, from all packs' footers; damaged packs."""
        found, broken = {}, []
        for path in sorted(glob.glob(os.path.join(glob.escape(self.root), "packs", "??", "?" * 64))):
            name = os.path.basename(path)
            try:
                with open(path, "rb") as file:
                    rows = read_footer(file, name)
            except Problem:
                broken.append(name)
                continue
            for chunk, _, stored, offset in rows:
                if chunk in wanted:
                    found.setdefault(chunk, []).append((name, offset, stored))
        return found, broken


class Segment:
    """One list segment with what is known of where its chunks lie."""

    def __init__(self, store, name, count):
        self.store, self.places, self.scanned = store, None, None
        self.rows = parse_list(store.named("lists", name, 16 + 40 * SEGMENT_ROWS), name)
        require(len(self.rows) == count, f"list {name}", f"has {len(self.rows)} rows where the manifest demands {count}")
        try:
            self.places = parse_locator(store.named("locators", name, LOCATOR_MAX), name, count)
        except Problem as problem:
            print(f"restore: note: {problem.subject}: {problem.cause}. Reading the packs' footers instead.", file=sys.stderr)

    def candidates(self, index):
        if self.places and self.places[index][0]:
            yield self.places[index]
        if self.scanned is None:
            self.scanned = self.store.scan({row[0] for row in self.rows})
        for place in self.scanned[0].get(self.rows[index][0], []):
            if not self.places or place != self.places[index]:
                yield place

    def chunk(self, index):
        """The verified bytes of a row's chunk, from whatever pack holds them intact."""
        name, length, _ = self.rows[index]
        subject, last = f"chunk {name.hex()}", None
        for pack, offset, stored in self.candidates(index):
            try:
                require(20 < stored <= length + 512, subject, f"has an impossible frame in pack {pack}")
                data = decode_frame(self.store.frame(pack, offset, stored), length, f"{subject} in pack {pack}")
                require(hashlib.sha256(data).digest() == name, f"{subject} in pack {pack}", "does not match its SHA-256")
                return data
            except FileNotFoundError:
                last = last or Problem(INTEGRITY, subject, f"its pack {pack} is not in this store", "Copy the pack from another mirror.")
            except Problem as problem:
                last = problem
        if last is None and self.scanned[1]:
            last = damaged(subject, f"is in no intact pack; damaged: {', '.join(self.scanned[1][:4])}")
        raise last or Problem(INTEGRITY, subject, "is in no pack of this store", "Copy its pack from another mirror.")


class Restorer:
    def __init__(self, store, manifest, out):
        self.store, self.manifest, self.out, self.segment = store, manifest, out, (None, None)
        self.total = sum(file["rows"] for file in manifest["files"])

    def chunk(self, row):
        number, index = divmod(row, SEGMENT_ROWS)
        if self.segment[0] != number:
            self.segment = (None, None)
            count = min(SEGMENT_ROWS, self.total - number * SEGMENT_ROWS)
            self.segment = (number, Segment(self.store, self.manifest["lists"][number], count))
        return self.segment[1].chunk(index)

    def target(self, path):
        """Where a file goes; refuses what exists and folders that are not real folders."""
        at, parts = self.out, path.split("/")
        for i in range(len(parts) + 1):
            folder = os.path.isdir(at) and (i == 0 or not os.path.islink(at))
            if os.path.lexists(at) and not (folder and i < len(parts)):
                raise Problem(FAILURE, at, "is in the way, and nothing is overwritten", "Restore into an empty directory.")
            at = os.path.join(at, *parts[i:i + 1])
        return at

    def write(self, file, temporary):
        whole, size = hashlib.sha256(), 0
        with open(temporary, "wb") as output:
            for row in range(file["firstRow"], file["firstRow"] + file["rows"]):
                data = self.chunk(row)
                size += len(data)
                require(size <= file["size"], file["path"], "has chunks that add up to more than its size")
                whole.update(data)
                output.write(data)
            require(size == file["size"], file["path"], "has chunks that add up to less than its size")
            require(whole.hexdigest() == file["sha256"], file["path"], "does not match its SHA-256, though its chunks match theirs")
            output.flush()
            os.fsync(output.fileno())

    def place(self, temporary, path):
        target = self.target(path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        try:
            os.link(temporary, target)  # unlike rename, never replaces a file
        except OSError:  # a file system without hard links, or a file that has just appeared
            self.target(path)
            os.rename(temporary, target)

    def run(self):
        files, problems = self.manifest["files"], []
        for file in files:
            self.target(file["path"])
        created = not os.path.isdir(self.out)
        os.makedirs(self.out, exist_ok=True)
        work = tempfile.mkdtemp(prefix=".waybill-restore-", dir=self.out)
        try:
            for number, file in enumerate(files):
                temporary = os.path.join(work, f"{number}.part")
                try:
                    self.write(file, temporary)
                except Problem as problem:
                    problems.append(problem)
                    os.unlink(temporary)
                    print(f"restore: {file['path']}: not restored: {problem}", file=sys.stderr)
                    continue
                self.place(temporary, file["path"])
                print(f"{file['sha256']}  {file['path']}")
        finally:
            shutil.rmtree(work, ignore_errors=True)
            if created and not os.listdir(self.out):
                os.rmdir(self.out)
        if problems:
            done = f"{len(files) - len(problems)} of {len(files)} files restored"
            raise Problem(max(p.code for p in problems), self.out, done, "The messages above name what is missing or damaged.")
        return len(files)


def resolve(store, address):
    """The digest of the manifest that an address means, and the exit code if it is absent."""
    match = re.fullmatch(r"(?:([^:@]+)(?::([^:@]+))?)?(?:@([0-9a-f]{64}))?", address)
    model, ref, pinned = match.groups() if match else (None, None, None)
    if not match or not (model or pinned) or not re.fullmatch(MODEL, model or "a/b") or not re.fullmatch(REF, ref or "main"):
        raise Problem(USAGE, address, "is not ORG/NAME[:REF][@SHA256]", "Example: acme/tiny:main")
    if pinned and not ref:
        return pinned, NOT_FOUND
    ref = ref or "main"
    entry = store.newest(model, ref)
    if entry["state"] == "withdrawn":
        kept = f"To restore it all the same, say @{entry['manifest']}." if entry["manifest"] else "Its log names older revisions."
        raise Problem(POLICY, f"{model}:{ref}", f"was withdrawn: {entry['reason']}", kept)
    if entry["manifest"] is None:
        raise Problem(NOT_FOUND, f"{model}:{ref}", f"has moved to {entry['movedTo']}", "Restore it from there.")
    if pinned and pinned != entry["manifest"]:
        raise Problem(CONFLICT, f"{model}:{ref}", f"names {entry['manifest']}, not {pinned}", "Leave out the ref, or the digest.")
    return entry["manifest"], INTEGRITY


def main(arguments):
    if arguments in (["-h"], ["--help"]):
        print(__doc__.strip())
        return 0
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")
    try:
        if len(arguments) != 3:
            raise Problem(USAGE, "restore.py", "three arguments are needed", "restore.py STORE ORG/NAME[:REF][@SHA256] OUT")
        store = Store(arguments[0])
        name, absent = resolve(store, arguments[1])
        manifest = parse_manifest(store.named("manifests", name, MANIFEST_MAX, absent), name)
        count = Restorer(store, manifest, arguments[2]).run()
        print(f"restore: {count} files of revision {name} restored to {arguments[2]}", file=sys.stderr)
        return 0
    except Problem as problem:
        print(f"restore: {problem}", file=sys.stderr)
        return problem.code
    except OSError as error:
        print(f"restore: {error.filename or arguments[-1]}: {error.strerror or error}. Check the disk.", file=sys.stderr)
        return DISK
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
