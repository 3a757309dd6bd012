"""A small DEFLATE writer, so that vectors do not depend on the version of any zlib, and may also break rules."""
import heapq
import struct
import zlib

LENGTH_BASE = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258]
LENGTH_EXTRA = [0] * 8 + [1] * 4 + [2] * 4 + [3] * 4 + [4] * 4 + [5] * 4 + [0]
DISTANCE_BASE = [1, 2, 3, 4] + [(2 + (i & 1)) << (i // 2 - 1) | 1 for i in range(4, 30)]
DISTANCE_EXTRA = [0, 0, 0, 0] + [i // 2 - 1 for i in range(4, 30)]
ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
FIXED = ([8] * 144 + [9] * 112 + [7] * 24 + [8] * 8, [5] * 30)


class Bits:
    def __init__(self):
        self.value, self.count = 0, 0

    def put(self, value, count):
        self.value |= value << self.count
        self.count += count

    def align(self):
        self.count = -(-self.count // 8) * 8

    def data(self):
        return self.value.to_bytes(-(-self.count // 8), "little")


def code_lengths(counts, limit):
    """Huffman code lengths by package-merge: optimal and never above `limit`; one symbol alone gets 1 bit."""
    used = sorted((n, [symbol]) for symbol, n in enumerate(counts) if n)
    if len(used) == 1:
        return [int(n > 0) for n in counts]
    packages = []
    for _ in range(limit):
        merged = list(heapq.merge(used, packages))
        packages = [(a[0] + b[0], a[1] + b[1]) for a, b in zip(merged[::2], merged[1::2])]
    lengths = [0] * len(counts)
    for _, symbols in packages[:len(used) - 1]:
        for symbol in symbols:
            lengths[symbol] += 1
    return lengths


def codes(lengths):
    """Canonical codes with their bits already reversed, as DEFLATE writes them."""
    result, code = [0] * len(lengths), 0
    for length in range(1, 16):
        code <<= 1
        for symbol, n in enumerate(lengths):
            if n == length:
                result[symbol] = int(format(code & ((1 << length) - 1), f"0{length}b")[::-1], 2)
                code += 1
    return result


def tokens(data, window=32768):
    """Greedy matches: literals as ints, matches as (length, distance)."""
    result, at, seen = [], 0, {}
    while at < len(data):
        best, distance = 0, 0
        earlier = seen.get(data[at:at + 3])
        if earlier is not None and at - earlier <= window and at + 3 <= len(data):
            while best < 258 and at + best < len(data) and data[earlier + best] == data[at + best]:
                best += 1
            distance = at - earlier
        step = best if best >= 3 else 1
        result.append((best, distance) if best >= 3 else data[at])
        for i in range(at, at + step):
            seen[data[i:i + 3]] = i
        at += step
    return result


def symbol_of(value, bases):
    return max(i for i, base in enumerate(bases) if base <= value)


def put_tokens(bits, items, lengths):
    literal, distance = codes(lengths[0]), codes(lengths[1])
    for item in items:
        if isinstance(item, int):
            bits.put(literal[item], lengths[0][item])
        else:
            symbol = 28 if item[0] == 258 else min(symbol_of(item[0], LENGTH_BASE), 27)
            bits.put(literal[257 + symbol], lengths[0][257 + symbol])
            bits.put(item[0] - LENGTH_BASE[symbol], LENGTH_EXTRA[symbol])
            symbol = symbol_of(item[1], DISTANCE_BASE)
            bits.put(distance[symbol], lengths[1][symbol])
            bits.put(item[1] - DISTANCE_BASE[symbol], DISTANCE_EXTRA[symbol])
    bits.put(literal[256], lengths[0][256])


def stored_block(bits, data, final, complement=0xFFFF):
    bits.put(final, 3)
    bits.align()
    bits.put(len(data), 16)
    bits.put(len(data) ^ complement, 16)
    bits.put(int.from_bytes(data, "little"), 8 * len(data))


def fixed_block(bits, items, final):
    bits.put(final | 1 << 1, 3)
    put_tokens(bits, items, FIXED)


def dynamic_header(bits, literal, distance, final):
    """The header of a dynamic block with these code lengths, without run codes."""
    bits.put(final | 2 << 1, 3)
    counts = [0] * 19
    for n in literal + distance:
        counts[n] += 1
    if sum(c > 0 for c in counts) == 1:
        counts[counts.index(0)] = 1
    lengths = code_lengths(counts, 7)
    bits.put(len(literal) - 257, 5), bits.put(len(distance) - 1, 5), bits.put(15, 4)
    for symbol in ORDER:
        bits.put(lengths[symbol], 3)
    code = codes(lengths)
    for n in literal + distance:
        bits.put(code[n], lengths[n])


def dynamic_block(bits, items, final):
    counts, distances = [0] * 286, [0] * 30
    counts[256] = 1
    for item in items:
        if isinstance(item, int):
            counts[item] += 1
        else:
            counts[257 + (28 if item[0] == 258 else min(symbol_of(item[0], LENGTH_BASE), 27))] += 1
            distances[symbol_of(item[1], DISTANCE_BASE)] += 1
    lengths = (code_lengths(counts, 15), code_lengths(distances, 15) if any(distances) else [0] * 30)
    literal = lengths[0][:max(i for i, n in enumerate(lengths[0]) if n) + 1]
    used = [i for i, n in enumerate(lengths[1]) if n]
    dynamic_header(bits, literal, lengths[1][:used[-1] + 1] if used else [0], final)
    put_tokens(bits, items, lengths)


def wrap(deflated, data, head=b"\x78\x01", adler=None):
    """A zlib stream around DEFLATE blocks."""
    return head + deflated + struct.pack(">I", zlib.adler32(data) if adler is None else adler)


def compress(data, kind="dynamic", matches=True):
    """One zlib stream; kind is stored, fixed or dynamic."""
    bits = Bits()
    if kind == "stored":
        parts = [data[i:i + 65535] for i in range(0, len(data), 65535)] or [b""]
        for i, part in enumerate(parts):
            stored_block(bits, part, int(i + 1 == len(parts)))
    else:
        block = fixed_block if kind == "fixed" else dynamic_block
        block(bits, tokens(data) if matches else list(data), 1)
    return wrap(bits.data(), data)
