#!/usr/bin/env python3
"""quantize_q8_0.py SOURCE TARGET: writes the fp32 tensors of a safetensors file as a GGUF file, as ggml's Q8_0 does it.

Tensors of one dimension, and those whose rows are no whole blocks, stay fp32. A block is 32 weights: an fp16 scale, the largest
magnitude over 127, and 32 rounded quotients.
"""
import json
import struct
import sys

import numpy

F32, Q8_0 = 0, 8
BLOCK = 32
ALIGNMENT = 32


def tensors(path):
    """(name, array) of each fp32 tensor, in the order of the file."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        header.pop("__metadata__", None)
        for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
            if entry["dtype"] == "F32":
                begin, end = entry["data_offsets"]
                file.seek(8 + length + begin)
                yield name, numpy.frombuffer(file.read(end - begin), numpy.float32).reshape(entry["shape"])


def quantized(array):
    blocks = array.reshape(-1, BLOCK)
    scale = numpy.abs(blocks).max(axis=1, keepdims=True) / 127
    with numpy.errstate(divide="ignore", invalid="ignore"):
        quotients = numpy.where(scale > 0, blocks / scale, 0)
    # As C's roundf does: halves away from zero.
    rounded = (numpy.sign(quotients) * numpy.floor(numpy.abs(quotients) + 0.5)).astype(numpy.int8)
    return numpy.concatenate([scale.astype("<f2").view(numpy.uint8), rounded.view(numpy.uint8)], axis=1).tobytes()


def string(text):
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def main():
    source, target = sys.argv[1:3]
    infos, bodies, offset = [], [], 0
    for name, array in tensors(source):
        is_coded = array.ndim >= 2 and array.shape[-1] % BLOCK == 0
        body = quantized(array) if is_coded else array.tobytes()
        shape = array.shape[::-1] or (1,)
        infos.append(
            string(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, Q8_0 if is_coded else F32, offset))
        bodies.append(body + bytes(-len(body) % ALIGNMENT))
        offset += len(bodies[-1])
    header = b"GGUF" + struct.pack("<IQQ", 3, len(infos), 1)
    header += string("general.architecture") + struct.pack("<I", 8) + string("bert") + b"".join(infos)
    with open(target, "wb") as file:
        file.write(header + bytes(-len(header) % ALIGNMENT))
        file.writelines(bodies)


if __name__ == "__main__":
    main()
