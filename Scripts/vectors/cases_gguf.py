"""GGUF inputs for chunk plan t1: (name, parts of the recipe)."""
import struct

from cases_chunks import MIB, SMALL, noise
from plan import GGML


def text(value):
    data = value if isinstance(value, bytes) else value.encode("utf-8")
    return struct.pack("<Q", len(data)) + data


def entry(key, kind, value):
    return text(key) + struct.pack("<I", kind) + value


def info(name, dimensions, kind, offset):
    return text(name) + struct.pack(f"<I{len(dimensions)}QIQ", len(dimensions), *dimensions, kind, offset)


def head(infos, metadata=(), version=3, tensors=None, entries=None, magic=b"GGUF"):
    counts = (len(infos) if tensors is None else tensors, len(metadata) if entries is None else entries)
    return magic + struct.pack("<IQQ", version, *counts) + b"".join(metadata) + b"".join(infos)


def file(infos, data, metadata=(), alignment=32, **others):
    """`data` bytes of noise after the header and its padding."""
    header = head(infos, metadata, **others)
    padding = -len(header) % alignment
    return [{"hex": header.hex()}] + ([{"zeros": padding}] if padding else []) + ([noise(len(header), data)] if data else [])


def align(value):
    return entry("general.alignment", 4, struct.pack("<I", value))


def run(kinds, blocks, alignment=32):
    """Tensors one after another, aligned, as writers lay them out; blocks of each."""
    infos, at = [], 0
    for i, (kind, count) in enumerate(zip(kinds, blocks)):
        elements, size = GGML[kind]
        at = -(-at // alignment) * alignment
        infos.append(info(f"blk.{i}.weight", [elements, count], kind, at))
        at += count * size
    return infos, at


def boundaries():
    kinds = sorted(GGML)
    yield "each-type-small", file(*run(kinds, [3] * len(kinds)))
    yield "each-type-large", file(*run(kinds, [SMALL // GGML[k][1] + 1 for k in kinds]))
    large = [2, 3, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 29, 34, 35, 39, 40]
    for first in range(0, len(large), 5):
        group = large[first:first + 5]
        count = [(MIB // GGML[k][1]) * (2 if i == 0 else 1) + (SMALL // GGML[k][1]) + (i % 2) for i, k in enumerate(group)]
        yield "steps-of-types-" + "-".join(str(k) for k in group), file(*run(group, count))
    yield "version-2", file(*run([1, 0], [100, 100]), version=2)
    yield "same-type-shares", file(*run([2, 2, 2, 8, 8, 2], [10] * 6))
    yield "same-block-other-type", file(*run([2, 20, 11, 21], [10] * 4))
    yield "typical", file(*run([0, 12, 14, 12, 0, 0], [4096, 30000, 10000, 500, 64, 64]), metadata=[
        entry("general.architecture", 8, text("llama")), align(32), entry("a.u8", 0, b"\1"), entry("a.i8", 1, b"\2"), entry("a.u16", 2, b"\1\0"),
        entry("a.i16", 3, b"\1\0"), entry("a.u32", 4, bytes(4)), entry("a.i32", 5, bytes(4)), entry("a.f32", 6, bytes(4)), entry("a.bool", 7, b"\7"),
        entry("a.u64", 10, bytes(8)), entry("a.i64", 11, bytes(8)), entry("a.f64", 12, bytes(8)),
        entry("a.strings", 9, struct.pack("<IQ", 8, 3) + text("a") + text("") + text(b"\xff\xfe")),
        entry("a.floats", 9, struct.pack("<IQ3f", 6, 3, 1, 2, 3)), entry("a.none", 9, struct.pack("<IQ", 12, 0)), entry(b"\xff", 8, text(b"\0"))])
    for value in (1, 2, 64, 4096, 65536):
        yield f"alignment-{value}", file([info("a", [100], 0, 0), info("b", [20000], 0, 400)], 80400, [align(value)], value)
    yield "alignment-first-counts", file([info("a", [100], 0, 0)], 400, [align(64), align(128)], 64)
    yield "alignment-second-malformed", file([info("a", [100], 0, 0)], 400, [align(64), entry("general.alignment", 8, text("x"))], 64)
    yield "offsets-unaligned", file([info("a", [99], 24, 1), info("b", [70000], 24, 101)], 70101)
    yield "tensors-unsorted", file([info("b", [100], 0, 400), info("c", [20000], 0, 800), info("a", [100], 0, 0)], 80800)
    yield "names-repeated", file([info("a", [100], 0, 0), info("a", [100], 0, 400)], 800)
    yield "name-not-utf8", file([info(b"\xff\0", [100], 0, 0)], 400)
    yield "no-dimensions", file([info("a", [], 0, 0), info("b", [2, 2, 2, 2], 0, 4)], 68)
    yield "no-tensor", file([], 0)
    yield "no-tensor-unpadded", [{"hex": head([]).hex()}]
    yield "no-tensor-then-data", file([], 300000)
    yield "zero-size-dropped", file([info("a", [100], 0, 0), info("z", [0, 5], 1, 200), info("b", [100], 0, 400)], 800)
    yield "zero-size-by-overflowing-product", file([info("a", [1 << 62, 1 << 62, 0], 0, 0), info("b", [100], 0, 0)], 400)
    yield "zero-size-at-end", file([info("a", [100], 0, 0), info("z", [0], 12, 400)], 400)
    yield "zero-size-only", file([info("z", [0], 0, 0)], 0)
    yield "gap-small", file([info("a", [100], 0, 0), info("b", [100], 0, 400 + SMALL)], 800 + SMALL)
    yield "gap-region", file([info("a", [100], 0, 0), info("b", [100], 0, 401 + SMALL)], 801 + SMALL)
    yield "trailing-bytes", file([info("a", [100], 0, 0)], 500)
    yield "trailing-region", file([info("a", [100], 0, 0)], 400 + SMALL + 1)
    yield "first-tensor-late", file([info("a", [100], 0, 320)], 720)
    yield "type-unknown-to-next", file([info("a", [7], 31, 0), info("b", [100], 0, 1000), info("c", [7], 41, 1400), info("d", [9], 200, 201400)], 300000)
    yield "type-unknown-to-zero-size", file([info("a", [7], 31, 0), info("z", [0], 0, 500), info("b", [100], 0, 1000)], 1400)
    yield "type-unknown-to-end", file([info("b", [100], 0, 0), info("a", [7], 4, 400)], MIB + 1000)
    yield "type-unknown-at-end", file([info("a", [100], 0, 0), info("b", [7], 31, 400)], 400)
    yield "type-unknown-any-product", file([info("a", [1 << 63, 1 << 63], 0xFFFFFFFF, 0)], 1000)
    yield "metadata-65536", [{"hex": head([], entries=65536).hex()}, {"repeat": [{"hex": entry("", 0, b"\0").hex()}], "times": 65536}]
    yield "tensors-262144", [{"hex": head([], tensors=262144).hex()}, {"repeat": [{"hex": info("", [0], 0, 0).hex()}], "times": 262144}, {"zeros": 32}]
    yield "key-65535", file([info("a", [100], 0, 0)], 400, [text("")[:0] + entry("k" * 65535, 0, b"\0")])
    yield "name-65535", file([info("n" * 65535, [100], 0, 0)], 400)


def refused():
    one = [info("a", [100], 0, 0)]
    good = head(one, [align(32), entry("s", 8, text("abc")), entry("l", 9, struct.pack("<IQ", 8, 1) + text("x"))])
    for count in (4, 7, 8, 16, 23, 24, 31, 40, 52, 60, 72, 80, 90, len(good) - 1):
        yield f"cut-at-{count}", [{"hex": good[:count].hex()}]
    yield "no-data", [{"hex": good.hex()}]
    yield "data-cut", file(one, 399)
    yield "magic-lower-case", file(one, 400, magic=b"gguf")
    for version in (0, 1, 4, 0x03000000):
        yield f"version-{version}", file(one, 400, version=version)
    yield "tensors-262145", [{"hex": head([], tensors=262145).hex()}, {"repeat": [{"hex": info("", [0], 0, 0).hex()}], "times": 262145}, {"zeros": 32}]
    yield "metadata-65537", [{"hex": head([], entries=65537).hex()}, {"repeat": [{"hex": entry("", 0, b"\0").hex()}], "times": 65537}]
    yield "tensors-2-to-63", file(one, 400, tensors=1 << 63)
    yield "metadata-2-to-63", file(one, 400, entries=1 << 63)
    yield "key-65536", file(one, 400, [entry("k" * 65536, 0, b"\0")])
    yield "key-length-2-to-64", file(one, 400, [b"\xff" * 8 + bytes(20)])
    yield "name-65536", file([info("n" * 65536, [100], 0, 0)], 400)
    yield "string-past-end", file(one, 400, [text("s") + struct.pack("<IQ", 8, 5000) + b"abc"])
    yield "array-past-end", file(one, 400, [text("s") + struct.pack("<IIQ", 9, 12, 16777216)])
    yield "array-count-overflows", file(one, 400, [text("s") + struct.pack("<IIQ", 9, 10, 1 << 61)])
    yield "array-of-arrays", file(one, 400, [entry("s", 9, struct.pack("<IQIQ", 9, 1, 0, 0))])
    yield "array-of-arrays-empty", file(one, 400, [entry("s", 9, struct.pack("<IQ", 9, 0))])
    yield "array-type-13", file(one, 400, [entry("s", 9, struct.pack("<IQ", 13, 0))])
    yield "value-type-13", file(one, 400, [entry("s", 13, bytes(8))])
    for value in (0, 3, 131072):
        yield f"alignment-{value}", file(one, 400, [align(value)])
    yield "alignment-u64", file(one, 400, [entry("general.alignment", 10, struct.pack("<Q", 32))])
    yield "dimensions-5", file([info("a", [1] * 5, 0, 0)], 400)
    yield "not-whole-blocks", file([info("a", [100], 2, 0)], 400)
    yield "elements-2-to-63", file([info("a", [1 << 63], 24, 0)], 400)
    yield "elements-overflow-to-zero", file([info("a", [1 << 32, 1 << 32], 0, 0), info("b", [100], 0, 0)], 400)
    yield "length-overflows-to-zero", file([info("a", [1 << 62], 0, 0)], 400)
    yield "offset-past-end", file([info("a", [0], 0, 401), info("b", [100], 0, 0)], 400)
    yield "offset-overflows", file([info("a", [0], 0, (1 << 64) - 32), info("b", [100], 0, 0)], 400)
    yield "unknown-type-past-end", file([info("a", [7], 31, 401)], 400)
    yield "end-past-end", file([info("a", [100], 0, 1)], 400)
    yield "overlap-by-one", file([info("a", [100], 24, 0), info("b", [100], 24, 99)], 400)
    yield "overlap-same", file([info("a", [100], 24, 0), info("b", [100], 24, 0)], 400)
    yield "overlap-unknown-types", file([info("a", [100], 31, 0), info("b", [100], 31, 0)], 400)
    yield "zero-size-beyond-unpadded-end", [{"hex": head([info("z", [0], 0, 0)]).hex()}]


def cases():
    for name, parts in boundaries():
        yield f"gguf-{name}", squeeze(parts)
    for name, parts in refused():
        yield f"gguf-opaque-{name}", squeeze(parts)


def squeeze(parts):
    """A long run of one byte inside hex becomes a `repeat`."""
    out = []
    for part in parts:
        data = bytes.fromhex(part.get("hex", ""))
        if len(data) > 20000:
            byte = b"k" if b"k" * 1000 in data else b"n"
            at, count = data.find(byte * 1000), data.count(byte)
            out += [{"hex": data[:at].hex()}, {"repeat": [{"hex": byte.hex()}], "times": count}, {"hex": data[at + count:].hex()}]
            assert data[at:at + count] == byte * count
        else:
            out.append(part)
    return out
