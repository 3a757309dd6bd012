#!/usr/bin/env python3
"""Write foreign-streams.txt anew: zlib streams of other DEFLATE encoders, for InflaterEqualityTests.

Needs Debian's libdeflate0 and libisal2. The streams are kept because they depend on those libraries' versions, and because
the tests then need neither. A line is "raw NAME BASE64", or "LIBRARY-LEVEL NAME BASE64" for the stream of that input.
"""
import base64
import ctypes
import os
import random

ZLIB_WRAPPER = 3  # IGZIP_ZLIB


class IsalStream(ctypes.Structure):
    """The public beginning of struct isal_zstream."""

    _fields_ = [
        ("next_in", ctypes.c_void_p), ("avail_in", ctypes.c_uint32), ("total_in", ctypes.c_uint32),
        ("next_out", ctypes.c_void_p), ("avail_out", ctypes.c_uint32), ("total_out", ctypes.c_uint32),
        ("hufftables", ctypes.c_void_p), ("level", ctypes.c_uint32), ("level_buf_size", ctypes.c_uint32),
        ("level_buf", ctypes.c_void_p), ("end_of_stream", ctypes.c_uint16), ("flush", ctypes.c_uint16),
        ("gzip_flag", ctypes.c_uint16), ("hist_bits", ctypes.c_uint16),
    ]


def inputs():
    generator = random.Random(1)
    words = ["model", "weights", "licence", "{\"id\":", "token", "}, ", "0.125", "\n"]
    return {
        "empty": b"",
        "byte": b"w",
        "exponents": bytes(int(min(255, max(0, generator.gauss(121, 1.6)))) for _ in range(6000)),
        "noise": generator.randbytes(700),
        "runs": b"".join(bytes([generator.randrange(4)]) * generator.randrange(1, 90) for _ in range(120)),
        "text": " ".join(generator.choice(words) for _ in range(600)).encode(),
        "skewed": bytes(min(255, int(generator.expovariate(0.02))) for _ in range(2500)),
    }


def libdeflate(data, level):
    library = ctypes.CDLL("libdeflate.so.0")
    library.libdeflate_alloc_compressor.restype = ctypes.c_void_p
    library.libdeflate_zlib_compress.restype = ctypes.c_size_t
    compressor = ctypes.c_void_p(library.libdeflate_alloc_compressor(level))
    output = ctypes.create_string_buffer(len(data) + 1000)
    size = library.libdeflate_zlib_compress(compressor, data, ctypes.c_size_t(len(data)), output, ctypes.c_size_t(len(output)))
    library.libdeflate_free_compressor(compressor)
    return output.raw[:size]


def isal(data, level):
    library = ctypes.CDLL("libisal.so.2")
    memory = ctypes.create_string_buffer(1 << 20)
    library.isal_deflate_init(memory)
    stream = IsalStream.from_buffer(memory)
    source = ctypes.create_string_buffer(data, len(data) + 1)
    output = ctypes.create_string_buffer(len(data) + 1000)
    scratch = ctypes.create_string_buffer(1 << 20)
    stream.next_in, stream.avail_in = ctypes.addressof(source), len(data)
    stream.next_out, stream.avail_out = ctypes.addressof(output), len(output)
    stream.level, stream.level_buf, stream.level_buf_size = level, ctypes.addressof(scratch), len(scratch)
    stream.end_of_stream, stream.gzip_flag = 1, ZLIB_WRAPPER
    if library.isal_deflate(memory) != 0:
        raise RuntimeError(f"ISA-L refused level {level}")
    return output.raw[:stream.total_out]


def main():
    lines = []
    for name, data in inputs().items():
        lines.append(f"raw {name} {base64.b64encode(data).decode()}")
        lines += [f"libdeflate-{level} {name} {base64.b64encode(libdeflate(data, level)).decode()}" for level in range(13)]
        lines += [f"isal-{level} {name} {base64.b64encode(isal(data, level)).decode()}" for level in range(4)]
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "foreign-streams.txt")
    with open(path, "w", encoding="ascii") as file:
        file.write("\n".join(dict.fromkeys(lines)) + "\n")


if __name__ == "__main__":
    main()
