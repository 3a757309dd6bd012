"""Recipes: inputs too large to keep, as a list of parts that any language can make."""
import struct

MASK = (1 << 64) - 1


def splitmix64(seed, count):
    """`count` bytes: SplitMix64's outputs from `seed`, each as 8 little-endian bytes, the last one cut."""
    words, state = [], seed & MASK
    for _ in range((count + 7) // 8):
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        words.append(z ^ (z >> 31))
    return struct.pack(f"<{len(words)}Q", *words)[:count]


def make(parts):
    """The bytes of a recipe."""
    out = bytearray()
    for part in parts:
        if "hex" in part:
            out += bytes.fromhex(part["hex"])
        elif "text" in part:
            out += part["text"].encode("utf-8")
        elif "zeros" in part:
            out += bytes(part["zeros"])
        elif "prng" in part:
            out += splitmix64(part["prng"], part["bytes"])
        elif "repeat" in part:
            out += make(part["repeat"]) * part["times"]
        else:
            raise ValueError(f"unknown part {part}")
    return bytes(out)


def size(parts):
    """The length of a recipe's bytes, without making them."""
    total = 0
    for part in parts:
        if "hex" in part:
            total += len(part["hex"]) // 2
        elif "text" in part:
            total += len(part["text"].encode("utf-8"))
        elif "repeat" in part:
            total += size(part["repeat"]) * part["times"]
        else:
            total += part["zeros"] if "zeros" in part else part["bytes"]
    return total
