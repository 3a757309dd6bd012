#!/usr/bin/env python3
"""Cast the fp32 tensors of a safetensors file, rounding to nearest even: cast_weights.py SOURCE TARGET bf16|fp16"""
import json
import os
import struct
import sys

import numpy


def to_bf16(words):
    if numpy.isnan(words.view("<f4")).any():
        raise SystemExit("a weight is not a number: rounding it is not defined here")
    wide = words.astype("<u8")
    return ((wide + 0x7FFF + ((wide >> 16) & 1)) >> 16).astype("<u2").tobytes()


def to_fp16(words):
    return words.view("<f4").astype("<f2").tobytes()


CASTS = {"bf16": ("BF16", to_bf16), "fp16": ("F16", to_fp16)}


def main(source, target, kind):
    name, cast = CASTS[kind]
    with open(source, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        base = file.tell()
        metadata = header.pop("__metadata__", None)
        out, parts, at = ({} if metadata is None else {"__metadata__": metadata}), [], 0
        for tensor, about in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
            begin, end = about["data_offsets"]
            file.seek(base + begin)
            data, kept = file.read(end - begin), about["dtype"]
            if kept == "F32":
                data, kept = cast(numpy.frombuffer(data, "<u4")), name
            out[tensor] = {"dtype": kept, "shape": about["shape"], "data_offsets": [at, at + len(data)]}
            at += len(data)
            parts.append(data)
    text = json.dumps(out, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(target + ".new", "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        file.writelines(parts)
    os.rename(target + ".new", target)


if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[3] not in CASTS:
        raise SystemExit(__doc__)
    main(*sys.argv[1:])
