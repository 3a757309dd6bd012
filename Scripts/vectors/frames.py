"""Frames, written from Protocol/FRAME.md by its definitions, element by element."""
import struct

import deflate

WIDTHS = {1: 2, 2: 2, 3: 4, 4: 8, 5: 4, 6: 8}
ROTATED = {1, 3, 4}
FIELDS = {2: [1, 1, 16], 3: [1, 1, 1, 1, 16], 6: [1, 1, 4, 16], 7: [1, 1, 1, 1, 4, 16], 8: [1, 1, 32], 10: [16, 64, 1, 1, 1, 1],
          11: [32, 64, 12, 1, 1], 12: [1, 1, 1, 1, 4, 4, 4, 128],
          13: [1, 1, 1, 1, 4, 4, 4, 32, 128], 14: [128, 64, 16, 1, 1]}


def element_size(transform):
    return 1 if transform == 0 else WIDTHS[transform] if transform in WIDTHS else sum(FIELDS[transform - 64])


def split(raw, transform):
    """The planes of a chunk."""
    if transform == 0:
        return [raw]
    size = element_size(transform)
    n = len(raw) // size
    fields = [1] * size if transform in WIDTHS else FIELDS[transform - 64]
    planes = [bytearray() for _ in fields]
    for i in range(n):
        element = raw[i * size:(i + 1) * size]
        if transform in ROTATED:
            value, bits = int.from_bytes(element, "little"), 8 * size
            element = ((value << 1 | value >> (bits - 1)) & ((1 << bits) - 1)).to_bytes(size, "little")
        at = 0
        for plane, field in zip(planes, fields):
            plane += element[at:at + field]
            at += field
    return [bytes(plane) for plane in planes] + ([raw[n * size:]] if len(raw) > n * size else [])


def store(plane, codec):
    """(codec number, raw length, stored bytes); codec is raw, constant, or one of deflate's kinds."""
    if codec == "raw":
        return 0, len(plane), plane
    if codec == "constant":
        assert len(set(plane)) == 1
        return 1, len(plane), plane[:1]
    kind, _, how = codec.partition("-")
    return 2, len(plane), deflate.compress(plane, kind, how != "literals")


def assemble(transform, length, planes, version=1, flags=0, count=None, reserved=b"\0\0\0", base=b""):
    """A frame from stored planes; every field can be bent."""
    head = struct.pack("<BBBBI", version, transform, len(planes) if count is None else count, flags, length) + base
    for codec, raw, stored in planes:
        head += struct.pack("<B3sII", codec, reserved, raw, len(stored))
    return head + b"".join(stored for _, _, stored in planes)


def encode(raw, transform, codecs):
    """A valid frame; codecs: one for all planes, or one each, or None: constant where possible, otherwise what is shortest."""
    planes = split(raw, transform)
    if codecs is None:
        choose = [[c for c in ("constant", "raw", "dynamic") if c != "constant" or len(set(p)) == 1] for p in planes]
        stored = [min((store(p, c) for c in names), key=lambda s: len(s[2])) for p, names in zip(planes, choose)]
    else:
        names = [codecs] * len(planes) if isinstance(codecs, str) else codecs
        assert len(names) == len(planes)
        stored = [store(p, c) for p, c in zip(planes, names)]
    return assemble(transform, len(raw), stored)
