"""Frames for Protocol/FRAME.md: what a decoder accepts, and what it rejects."""
import hashlib
import struct
import zlib

import deflate
import recipes
from deflate import Bits
from frames import FIELDS, WIDTHS, assemble, element_size, encode, split, store

NAMES = {0: "flat", 1: "bf16", 2: "split2", 3: "fp32", 4: "fp64", 5: "split4", 6: "split8", 66: "q4_0", 67: "q4_1", 70: "q5_0", 71: "q5_1",
         72: "q8_0", 74: "q2_k", 75: "q3_k", 76: "q4_k", 77: "q5_k", 78: "q6_k"}
MAX = 4194304


def case(name, frame, raw, valid, reason=None, length=None, sha256=None):
    data = recipes.make(raw) if isinstance(raw, list) else raw
    result = {"name": name, "frame": frame.hex(), "length": len(data) if length is None else length,
              "raw": {"make": raw} if isinstance(raw, list) else raw.hex(), "sha256": sha256 or hashlib.sha256(data).hexdigest(), "valid": valid}
    if reason:
        result["reason"] = reason
    return result


def narrow(seed, count):
    """Bytes of few values, which Huffman codes like."""
    return bytes(b"\x3f\x3e\x3d\x3f\xbf\xbe\x40\x3f"[b & 7] for b in recipes.splitmix64(seed, count))


def zlib_streams():
    """(name, stream, data): what any zlib inflates."""
    sample = b"weights weigh what weights weigh, " * 4
    for kind in ("stored", "fixed", "dynamic"):
        yield kind, deflate.compress(sample, kind), sample
    yield "dynamic-literals", deflate.compress(sample, "dynamic", False), sample
    yield "one-byte", deflate.compress(b"x", "dynamic"), b"x"
    yield "one-distance-code", deflate.compress(bytes(2000), "dynamic"), bytes(2000)
    far = recipes.splitmix64(11, 300)
    data = far + bytes(32768 - 300) + far
    bits = Bits()
    items = list(far) + [0] + [(258, 1)] * ((32768 - 301) // 258)
    items += [0] * (32768 - 301 - 258 * ((32768 - 301) // 258)) + [(258, 32768), (42, 32768)]
    deflate.dynamic_block(bits, items, 1)
    yield "distance-32768", deflate.wrap(bits.data(), data), data
    bits = Bits()
    deflate.stored_block(bits, sample[:50], 0)
    deflate.fixed_block(bits, deflate.tokens(sample[50:90]), 0)
    deflate.stored_block(bits, b"", 0)
    deflate.dynamic_block(bits, list(sample[90:]), 0)
    deflate.fixed_block(bits, [], 1)
    yield "many-blocks", deflate.wrap(bits.data(), sample), sample
    bits = Bits()
    deflate.fixed_block(bits, list(b"abc") + [(n, 3) for n in range(3, 259)], 1)
    total = 3 + sum(range(3, 259))
    yield "every-match-length", deflate.wrap(bits.data(), b"abc" * (total // 3)), b"abc" * (total // 3)
    bits = Bits()
    deflate.fixed_block(bits, [0x61] + [(3, 1)] * 10 + list(b"b"), 1)
    yield "head-9c", deflate.wrap(bits.data(), b"a" * 31 + b"b", b"\x78\x9c"), b"a" * 31 + b"b"
    yield "window-256", deflate.wrap(bits.data(), b"a" * 31 + b"b", b"\x08\x1d"), b"a" * 31 + b"b"
    yield "longer-than-raw", deflate.compress(recipes.splitmix64(12, 40), "stored"), recipes.splitmix64(12, 40)
    bits = Bits()
    bits.put(1 | 2 << 1, 3), bits.put(0, 5), bits.put(0, 5), bits.put(14, 4)  # 257 literal codes, 1 distance code, run codes
    lengths = {17: 3, 18: 2, 0: 3, 1: 1}
    for symbol in deflate.ORDER[:18]:
        bits.put(lengths.get(symbol, 0), 3)
    code = deflate.codes([lengths.get(i, 0) for i in range(19)])

    def put(symbol, extra=0, count=0):
        bits.put(code[symbol], lengths[symbol]), bits.put(extra, count)
    put(18, 97 - 11, 7), put(1), put(18, 127, 7), put(18, 158 - 138 - 11, 7), put(1), put(0)  # 'a' and end of block, no distance
    literal = [0] * 257
    literal[97] = literal[256] = 1
    deflate.put_tokens(bits, list(b"aaaaa"), (literal, [0]))
    yield "run-codes-and-no-distance", deflate.wrap(bits.data(), b"aaaaa"), b"aaaaa"


def broken_streams():
    """(name, stream, what a lenient decoder might make of it, reason)"""
    data = b"weights weigh what weights weigh, " * 4
    good = deflate.compress(data, "fixed")
    body = good[2:-4]
    yield "empty", b"", data, "no stream at all"
    yield "cut-header", good[:1], data, "ends in the header"
    yield "cut-in-block", good[:20], data, "ends within a block"
    yield "cut-before-checksum", good[:-4], data, "no Adler-32"
    yield "cut-in-checksum", good[:-1], data, "three bytes of Adler-32"
    yield "wrong-checksum", deflate.wrap(body, data, adler=1), data, "Adler-32 of other bytes"
    yield "trailing-byte", good + b"\0", data, "a byte after the stream"
    yield "two-streams", good + good, data, "a second stream"
    yield "second-stream-continues", deflate.compress(data[:60], "fixed") + deflate.compress(data[60:], "fixed"), data, "ends early, then a second stream"
    yield "raw-deflate", body, data, "DEFLATE without zlib's header"
    yield "gzip", bytes.fromhex("1f8b08000000000002ff") + body + struct.pack("<II", zlib.crc32(data), len(data)), data, "gzip, not zlib"
    yield "method-7", deflate.wrap(body, data, b"\x77\x09"), data, "compression method 7"
    yield "window-too-large", deflate.wrap(body, data, b"\x88\x1c"), data, "window of 64 KiB"
    yield "header-check", deflate.wrap(body, data, b"\x78\x02"), data, "header check fails"
    yield "preset-dictionary", b"\x78\x20" + struct.pack(">I", 1) + good[2:], data, "demands a preset dictionary"
    yield "one-byte-less", deflate.compress(data[:-1], "fixed"), data, "inflates to one byte less"
    yield "one-byte-more", deflate.compress(data + b"!", "fixed"), data, "inflates to one byte more"
    yield "bomb", deflate.compress(bytes(1 << 20), "dynamic"), bytes(136), "inflates to 1 MiB where 136 bytes are due"
    bits = Bits()
    deflate.fixed_block(bits, deflate.tokens(data), 0)
    yield "no-final-block", deflate.wrap(bits.data(), data), data, "the last block is not marked"
    bits = Bits()
    bits.put(7, 3)
    yield "block-type-3", deflate.wrap(bits.data() + bytes(8), data), data, "block type 3"
    bits = Bits()
    deflate.stored_block(bits, data, 1, complement=0xFFFE)
    yield "stored-length-check", deflate.wrap(bits.data(), data), data, "LEN and NLEN disagree"
    bits = Bits()
    deflate.fixed_block(bits, [0x61, (3, 2)] + [(4, 1)] * 33, 1)
    yield "distance-before-start", deflate.wrap(bits.data(), b"a" * 136), b"a" * 136, "a distance before the first byte"
    for symbol in (286, 287):
        bits = Bits()
        bits.put(3, 3), bits.put(deflate.codes(deflate.FIXED[0])[symbol], 8), bits.put(0, 40)
        yield f"length-symbol-{symbol}", deflate.wrap(bits.data(), data), data, f"length symbol {symbol}"
    bits = Bits()
    bits.put(3, 3)
    literal = deflate.codes(deflate.FIXED[0])
    bits.put(literal[97], 8), bits.put(literal[257], 7), bits.put(int("11110"[::-1], 2), 5), bits.put(0, 40)
    yield "distance-symbol-30", deflate.wrap(bits.data(), data), data, "distance symbol 30"

    def dynamic(literal, distance, items):
        bits = Bits()
        deflate.dynamic_header(bits, literal, distance, 1)
        deflate.put_tokens(bits, items, (literal, distance))
        return deflate.wrap(bits.data(), b"a" * 136)

    def lengths(**given):
        result = [0] * 257
        for name, n in given.items():
            result[256 if name == "end" else ord(name)] = n
        return result
    many = list(b"a" * 136)
    yield "oversubscribed", dynamic(lengths(a=1, b=1, end=1), [0], many), b"a" * 136, "more codes than bits allow"
    yield "incomplete", dynamic(lengths(a=2, b=2, end=2), [0], many), b"a" * 136, "literal code is incomplete"
    bits = Bits()
    deflate.dynamic_header(bits, lengths(a=1, b=1), [0], 1)
    bits.put(0, 136)
    yield "no-end-of-block-code", deflate.wrap(bits.data(), b"a" * 136), b"a" * 136, "no code for the end of the block"
    yield "oversubscribed-distances", dynamic(lengths(a=1, end=1), [1, 1, 1], many), b"a" * 136, "more distance codes than bits allow"
    yield "incomplete-distances", dynamic(lengths(a=1, end=1), [2, 2, 2], many), b"a" * 136, "distance code is incomplete"
    literal = lengths(a=1, end=1) + [0] * 30
    yield "literal-codes-287", dynamic(literal, [0], many), b"a" * 136, "287 literal codes"
    bits = Bits()
    bits.put(1 | 2 << 1, 3), bits.put(0, 5), bits.put(0, 5), bits.put(0, 4)
    for n in (1, 0, 0, 1):
        bits.put(n, 3)
    bits.put(1, 1), bits.put(0, 2), bits.put(0, 400)
    yield "repeat-without-previous", deflate.wrap(bits.data(), data), data, "repeats a code length before the first"


def valid():
    yield case("flat-one-byte", encode(b"\x2a", 0, "raw"), b"\x2a", True)
    yield case("flat-one-byte-constant", encode(b"\x2a", 0, "constant"), b"\x2a", True)
    yield case("flat-raw", encode(b"hello", 0, "raw"), b"hello", True)
    yield case("flat-constant-4-mib", assemble(0, MAX, [(1, MAX, b"\0")]), [{"zeros": MAX}], True)
    yield case("flat-zlib-4-mib", assemble(0, MAX, [(2, MAX, deflate.compress(bytes(MAX), "dynamic"))]), [{"zeros": MAX}], True)
    for name, stream, data in zlib_streams():
        raw = data if len(data) < 5000 else [{"prng": 11, "bytes": 300}, {"zeros": 32768 - 300}, {"prng": 11, "bytes": 300}] \
            if name == "distance-32768" else [{"repeat": [{"text": "abc"}], "times": len(data) // 3}]
        yield case(f"flat-zlib-{name}", assemble(0, len(data), [(2, len(data), stream)]), raw, True)
    for transform in sorted(set(WIDTHS) | {64 + t for t in FIELDS}):
        name, size = NAMES[transform], element_size(transform)
        raw = bytes((i * 37 + 129) & 0xFF for i in range(size))
        yield case(f"{name}-one-element", encode(raw, transform, "raw"), raw, True)
        yield case(f"{name}-constant", encode(b"\x81" * 3 * size, transform, "constant"), b"\x81" * 3 * size, True)
        for tail in sorted({1, size // 2, size - 1}):
            raw = recipes.splitmix64(transform * 1000 + tail, 5 * size + tail)
            yield case(f"{name}-tail-{tail}", encode(raw, transform, "raw"), raw, True)
        count = 120 if size < 16 else 6
        raw = narrow(transform, count * size + 1)
        for codec in ("stored", "fixed", "dynamic", "dynamic-literals"):
            yield case(f"{name}-{codec}", encode(raw, transform, codec), raw, True)
        planes = split(raw[:-1], transform)
        names = [("raw", "dynamic", "fixed")[i % 3] for i in range(len(planes))]
        yield case(f"{name}-mixed", encode(raw[:-1], transform, names), raw[:-1], True)
    for transform, width in ((1, 2), (3, 4), (4, 8)):
        values = [0, 1, 2, 0x7F, 0x80, 0xFF, 0x100, 1 << (8 * width - 1), (1 << (8 * width - 1)) - 1, (1 << (8 * width)) - 1, 1 << (8 * width - 2)]
        raw = b"".join(v.to_bytes(width, "little") for v in values + [0x5555555555555555 >> (64 - 8 * width), 0xAAAAAAAAAAAAAAAA >> (64 - 8 * width)])
        yield case(f"{NAMES[transform]}-bit-patterns", encode(raw, transform, "raw"), raw, True)
    ones = [{"repeat": [{"hex": "803f"}], "times": MAX // 2}]
    yield case("bf16-ones-4-mib", assemble(1, MAX, [(1, MAX // 2, b"\x00"), (1, MAX // 2, b"\x7f")]), ones, True)
    odd = [{"repeat": [{"hex": "803f"}], "times": MAX // 2 - 1}, {"hex": "07"}]
    yield case("bf16-largest-with-tail", assemble(1, MAX - 1, [(1, MAX // 2 - 1, b"\x00"), (1, MAX // 2 - 1, b"\x7f"), (0, 1, b"\x07")]), odd, True)
    raw = bytes(range(10)) * 2
    tail = split(raw + b"\7\7\7", 5)
    yield case("split4-constant-tail", assemble(5, 23, [store(p, "raw") for p in tail[:4]] + [(1, 3, b"\7")]), raw + b"\7\7\7", True)
    yield case("split8-zlib-tail", encode(raw, 6, ["raw"] * 8 + ["fixed"]), raw, True)


def invalid():
    def bad(name, frame, reason, raw=b"hello!", **others):
        return case(f"bad-{name}", frame, raw, False, reason, **others)
    raw = b"hello!"
    plane, good = [(0, 6, raw)], assemble(0, 6, [(0, 6, raw)])
    halves = [store(p, "raw") for p in split(raw, 2)]
    yield bad("empty", b"", "no byte at all")
    for n in (1, 7, 8, 19, 20, 25):
        yield bad(f"cut-at-{n}", good[:n], "ends early")
    for version in (0, 2, 255):
        yield bad(f"version-{version}", assemble(0, 6, plane, version=version), "unknown version")
    for transform in (7, 8, 63, 64, 65, 68, 69, 73, 79, 80, 94, 103, 128, 255):
        yield bad(f"transform-{transform}", assemble(transform, 6, plane), "unknown transform")
    yield bad("transform-79-with-plausible-planes", assemble(79, 292, [(0, 4, bytes(4)), (0, 256, bytes(256)), (0, 32, bytes(32))]), "unknown transform",
              raw=bytes(292))
    yield bad("no-plane", assemble(0, 6, []), "flat has one plane")
    yield bad("no-plane-but-bytes", assemble(0, 6, plane, count=0), "flat has one plane")
    yield bad("flat-two-planes", assemble(0, 6, [(0, 3, b"hel"), (0, 3, b"lo!")]), "flat has one plane")
    yield bad("planes-17", assemble(0, 17, [(0, 1, b"a")] * 17), "at most 16 planes", raw=b"a" * 17)
    yield bad("planes-255-in-short-frame", assemble(0, 6, plane, count=255), "planes beyond the frame")
    yield bad("split2-one-plane", assemble(2, 6, halves[:1]), "two planes are due")
    yield bad("split2-three-planes-no-tail", assemble(2, 6, halves + [(0, 0, b"")]), "no tail is due")
    yield bad("split2-tail-missing", assemble(2, 7, halves), "a tail is due", raw=raw + b"?")
    yield bad("split2-tail-too-long", assemble(2, 6, [(0, 2, b"hl"), (0, 2, b"el"), (0, 2, b"o!")]), "two elements and a tail of two bytes")
    for flags in (1, 2, 4, 128, 255):
        yield bad(f"flags-{flags}", assemble(0, 6, plane, flags=flags), "flags are reserved")
    yield bad("base-chunk", assemble(0, 6, plane, flags=1, base=bytes(range(32))), "base chunks are reserved")
    yield bad("raw-length-0", assemble(0, 0, [(0, 0, b"")]), "a chunk has at least one byte", raw=b"")
    yield bad("raw-length-too-large", assemble(0, MAX + 1, [(1, MAX + 1, b"\0")]), "a chunk has at most 4 MiB", raw=[{"zeros": MAX + 1}])
    yield bad("raw-length-2-to-32", assemble(0, 0xFFFFFFFF, [(1, 0xFFFFFFFF, b"\0")]), "a chunk has at most 4 MiB", length=6)
    yield bad("raw-length-less-than-name", assemble(0, 5, [(0, 5, b"hello")]), "the chunk has 6 bytes")
    yield bad("raw-length-more-than-name", assemble(0, 7, [(0, 7, b"hello!!")]), "the chunk has 6 bytes")
    yield bad("raw-length-field-alone", assemble(0, 7, plane), "plane and frame disagree")
    yield bad("bf16-no-element", assemble(1, 1, [(0, 0, b""), (0, 0, b""), (0, 1, b"a")]), "no whole element", raw=b"a")
    yield bad("bf16-tail-alone", assemble(1, 1, [(0, 1, b"a")]), "no whole element", raw=b"a")
    yield bad("bf16-empty-constants", assemble(1, 1, [(1, 0, b"x"), (1, 0, b"x"), (0, 1, b"a")]), "no whole element", raw=b"a")
    yield bad("q4_0-no-block", assemble(66, 17, [(0, 0, b"")] * 3 + [(0, 17, b"a" * 17)]), "no whole block", raw=b"a" * 17)
    for transform, parts in ((76, (1, 1, 1, 1, 12, 128)), (77, (1, 1, 1, 1, 12, 32, 128)), (66, (2, 16))):
        block, at, planes = recipes.splitmix64(transform, sum(parts)), 0, []
        for part in parts:
            planes.append((0, part, block[at:at + part]))
            at += part
        yield bad(f"{NAMES[transform]}-fields-joined", assemble(transform, len(block), planes), "scales are several fields", raw=block)
    for codec in (3, 4, 255):
        yield bad(f"codec-{codec}", assemble(0, 6, [(codec, 6, raw)]), "unknown codec")
    for i in range(3):
        reserved = bytes(int(i == j) for j in range(3))
        yield bad(f"reserved-{i}", assemble(0, 6, plane, reserved=reserved), "reserved bytes are not zero")
    yield bad("plane-length-less", assemble(0, 6, [(0, 5, b"hello")]), "the plane has 6 bytes")
    yield bad("plane-length-more", assemble(0, 6, [(0, 7, b"hello!!")]), "the plane has 6 bytes")
    yield bad("plane-lengths-swapped", assemble(2, 6, [(0, 2, b"hl"), (0, 4, b"el!o")]), "each plane has 3 bytes")
    yield bad("plane-length-2-to-32", assemble(0, 6, [(1, 0xFFFFFFFF, b"h")]), "the plane has 6 bytes")
    yield bad("trailing-byte", good + b"\0", "a byte after the planes")
    yield bad("stored-length-short", good[:16] + struct.pack("<I", 5) + good[20:], "stored lengths do not add up")
    yield bad("stored-length-long", good[:16] + struct.pack("<I", 7) + good[20:], "stored lengths do not add up")
    yield bad("stored-lengths-overflow", assemble(2, 6, halves)[:16] + struct.pack("<I", 0xFFFFFFFF) + assemble(2, 6, halves)[20:28] +
              struct.pack("<I", 7) + assemble(2, 6, halves)[32:], "stored lengths add up only modulo 2^32")
    yield bad("raw-stored-less", assemble(0, 6, [(0, 6, b"hello")]), "a raw plane is stored whole")
    yield bad("raw-stored-more", assemble(0, 6, [(0, 6, b"hello!!")]), "a raw plane is stored whole")
    yield bad("constant-no-byte", assemble(0, 6, [(1, 6, b"")]), "a constant is one byte", raw=bytes(6))
    yield bad("constant-two-bytes", assemble(0, 6, [(1, 6, b"aa")]), "a constant is one byte", raw=b"a" * 6)
    yield bad("other-digest", good, "the bytes are not those of the chunk", sha256=hashlib.sha256(b"another").hexdigest())
    for name, stream, data, reason in broken_streams():
        yield bad(f"zlib-{name}", assemble(0, len(data), [(2, len(data), stream)]), reason, raw=data)
    sample = b"weights weigh what weights weigh, " * 4
    stream = deflate.compress(sample[:68], "fixed") + b"\0\0"
    yield bad("zlib-in-first-plane-trailing-bytes", assemble(2, 136, [(2, 68, stream), (0, 68, sample[68:])]), "bytes after the first plane's stream",
              raw=bytes(b for pair in zip(sample[:68], sample[68:]) for b in pair))


def cases():
    yield from valid()
    yield from invalid()
