"""Chunk plan t1, written from Protocol/CHUNKING.md: a pure function of a file's bytes."""
import hashlib
import json
import re
import struct

KIB = 1024
MIN, AVERAGE, MAX = 256 * KIB, 1024 * KIB, 4096 * KIB
SMALL, RUN, STEP = 64 * KIB, 256 * KIB, 1024 * KIB
MASK = (1 << 64) - 1
GEAR = [int.from_bytes(hashlib.sha256(b"waybill gear t1" + bytes([b])).digest()[:8], "little") for b in range(256)]


class Refused(Exception):
    """The file breaks its format; it is opaque."""


def demand(condition):
    if not condition:
        raise Refused


# --- Section 2: content-defined chunking ---

def content_defined(data, start, end):
    """Lengths of the chunks of the region [start, end)."""
    while start < end:
        n = end - start
        if n <= MIN:
            yield n
            return
        limit, h, length = min(n, MAX), 0, 0
        for byte in data[start + MIN - 64:start + MIN - 1]:
            h = ((h << 1) + GEAR[byte]) & MASK
        for at, byte in enumerate(data[start + MIN - 1:start + min(limit, AVERAGE - 1)], MIN):
            h = ((h << 1) + GEAR[byte]) & MASK
            if h < 1 << 42:
                length = at
                break
        if not length and limit >= AVERAGE:
            for at, byte in enumerate(data[start + AVERAGE - 1:start + limit], AVERAGE):
                h = ((h << 1) + GEAR[byte]) & MASK
                if h < 1 << 46:
                    length = at
                    break
        yield length or limit
        start += length or limit


# --- Section 3: safetensors ---

DTYPES = {"BF16": (1, 2), "F16": (2, 2), "F32": (3, 4), "F64": (4, 8), "C64": (3, 8), "I16": (6, 2), "U16": (6, 2),
          "I32": (7, 4), "U32": (7, 4), "I64": (8, 8), "U64": (8, 8)}
for name in "I8 U8 BOOL F8_E4M3 F8_E5M2 F8_E8M0 F8_E4M3FNUZ F8_E5M2FNUZ F4 F6_E2M3 F6_E3M2".split():
    DTYPES[name] = (5, 1)


class Number(str):
    """A JSON number as it is written."""


class Members(list):
    """The members of a JSON object as pairs, in order, repetitions included."""


def parse_json(data):
    def refuse(_):
        raise Refused

    def deep(value, left):
        if isinstance(value, list):
            demand(left > 0)
            for inner in value:
                deep(inner[1] if isinstance(value, Members) else inner, left - 1)
                if isinstance(value, Members):
                    inner[0].encode("utf-8")
        elif isinstance(value, str):
            value.encode("utf-8")

    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=Members, parse_int=Number, parse_float=Number,
                           parse_constant=refuse)
        deep(value, 16)
    except (ValueError, RecursionError):  # also half a surrogate pair, in a name or a string
        raise Refused
    return value


def own_members(value):
    demand(isinstance(value, Members))
    members = dict(value)
    demand(len(members) == len(value))
    return members


def integers(value, largest, count):
    demand(isinstance(value, list) and not isinstance(value, Members) and len(value) <= count)
    demand(all(isinstance(item, Number) and re.fullmatch("0|[1-9][0-9]{0,15}", item) for item in value))
    result = [int(item) for item in value]
    demand(all(item <= largest for item in result))
    return result


def safetensors(data):
    """[(begin, end, element type, block)]"""
    demand(len(data) >= 10)
    length = struct.unpack_from("<Q", data)[0]
    demand(2 <= length <= 33554432 and 8 + length <= len(data) and data[8:9] == b"{")
    top = own_members(parse_json(data[8:8 + length]))
    demand(len(top) <= 262144)
    tensors = []
    for name, value in top.items():
        if name == "__metadata__":
            demand(isinstance(value, Members))
            continue
        tensor = own_members(value)
        demand({"dtype", "shape", "data_offsets"} <= set(tensor))
        demand(isinstance(tensor["dtype"], str) and not isinstance(tensor["dtype"], Number))
        integers(tensor["shape"], (1 << 53) - 1, 64)
        offsets = integers(tensor["data_offsets"], len(data) - 8 - length, 2)
        demand(len(offsets) == 2 and offsets[0] <= offsets[1])
        kind, block = DTYPES.get(tensor["dtype"], (0, 1))
        tensors.append((8 + length + offsets[0], 8 + length + offsets[1], kind, block))
    return tensors


# --- Section 4: GGUF ---

GGML = {0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34), 9: (32, 36),
        10: (256, 84), 11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 15: (256, 292),
        16: (256, 66), 17: (256, 74), 18: (256, 98), 19: (256, 50), 20: (32, 18), 21: (256, 110), 22: (256, 82),
        23: (256, 136), 24: (1, 1), 25: (1, 2), 26: (1, 4), 27: (1, 8), 28: (1, 8), 29: (256, 56), 30: (1, 2),
        34: (256, 54), 35: (256, 66), 39: (32, 17), 40: (64, 36)}
PLAIN = {0: 3, 1: 2, 30: 1, 28: 4, 24: 5, 25: 6, 26: 7, 27: 8}
SCALARS = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}


class Cursor:
    def __init__(self, data):
        self.data, self.at, self.end = data, 0, min(len(data), 64 << 20)

    def take(self, count):
        demand(count <= self.end - self.at)
        self.at += count
        return self.data[self.at - count:self.at]

    def number(self, size):
        return int.from_bytes(self.take(size), "little")

    def string(self, limit):
        length = self.number(8)
        demand(length <= limit)
        return self.take(length)

    def value(self, kind):
        if kind == 8:
            self.string(16 << 20)
        elif kind == 9:
            inner, count = self.number(4), self.number(8)
            demand(count <= 16777216 and (inner == 8 or inner in SCALARS))
            if inner == 8:
                for _ in range(count):
                    self.string(16 << 20)
            else:
                self.take(count * SCALARS[inner])
        else:
            demand(kind in SCALARS)
            self.take(SCALARS[kind])


def gguf(data):
    """[(begin, end, element type, block)]"""
    cursor = Cursor(data)
    demand(cursor.take(4) == b"GGUF" and cursor.number(4) in (2, 3))
    tensor_count, metadata_count = cursor.number(8), cursor.number(8)
    demand(tensor_count <= 262144 and metadata_count <= 65536)
    alignment = None
    for _ in range(metadata_count):
        key, kind = cursor.string(65535), cursor.number(4)
        start = cursor.at
        cursor.value(kind)
        if key == b"general.alignment" and alignment is None:
            demand(kind == 4)
            alignment = int.from_bytes(data[start:start + 4], "little")
            demand(1 <= alignment <= 65536 and alignment & (alignment - 1) == 0)
    infos = []
    for _ in range(tensor_count):
        cursor.string(65535)
        dimensions = cursor.number(4)
        demand(dimensions <= 4)
        elements = 1
        for _ in range(dimensions):
            elements *= cursor.number(8)
        infos.append((elements, cursor.number(4), cursor.number(8)))
    alignment = alignment or 32
    base = -(-cursor.at // alignment) * alignment
    begins = sorted({base + offset for _, _, offset in infos})
    demand(not begins or begins[-1] <= len(data))
    following = dict(zip(begins, begins[1:] + [len(data)]))
    tensors = []
    for elements, kind, offset in infos:
        begin = base + offset
        if kind in GGML:
            block_elements, block = GGML[kind]
            demand(elements < 1 << 63 and elements % block_elements == 0)
            end = begin + elements // block_elements * block
            demand(end <= len(data))
            tensors.append((begin, end, PLAIN.get(kind, 64 + kind), block))
        else:
            tensors.append((begin, following[begin], 0, 1))
    return tensors


# --- Section 5: from tensors to chunks ---

def tensor_chunks(data, tensors):
    tensors = sorted(t for t in tensors if t[1] > t[0])
    demand(all(a[1] <= b[0] for a, b in zip(tensors, tensors[1:])))
    if not tensors:
        return [(n, 0) for n in content_defined(data, 0, len(data))]
    rows = [(n, 0) for n in content_defined(data, 0, tensors[0][0])]
    nexts = [t[0] for t in tensors[1:]] + [len(data)]
    run = None  # [start of the chunk, its end so far, element type, block] while small tensors may still join

    def close():
        if run:
            rows.append((run[1] - run[0], run[2]))

    for (begin, end, kind, block), following in zip(tensors, nexts):
        gap = following - end
        own_region = gap > SMALL
        last = end if own_region else following
        if end - begin < SMALL:
            if run and run[2:] == [kind, block] and last - run[0] <= RUN:
                run[1] = last
            else:
                close()
                run = [begin, last, kind, block]
        else:
            close()
            run = None
            step = STEP // block * block
            cuts = list(range(begin, end, step))
            if len(cuts) > 1 and end - cuts[-1] < SMALL:
                cuts.pop()
            rows += [(b - a, kind) for a, b in zip(cuts, cuts[1:] + [last])]
        if own_region:
            close()
            run = None
            rows += [(n, 0) for n in content_defined(data, end, following)]
    close()
    return rows


def plan(data):
    """(format, [(length, element type)])"""
    for name, parse, applies in (("gguf", gguf, data[:4] == b"GGUF"), ("safetensors", safetensors, True)):
        if applies:
            try:
                rows = tensor_chunks(data, parse(data))
                assert sum(n for n, _ in rows) == len(data) and all(1 <= n <= MAX for n, _ in rows)
                return name, rows
            except Refused:
                pass
    return "opaque", [(n, 0) for n in content_defined(data, 0, len(data))]
