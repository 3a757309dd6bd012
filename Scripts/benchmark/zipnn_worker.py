"""ZipNN's codec alone, in memory: zipnn_worker.py FILE bf16|fp16|fp32 THREADS

Calls the compiled codec as zipnn 0.5.4's ZipNN.compress and decompress do; the package around it would need torch, which has no part in
the work. Prints {"stored", "compress": {"seconds", "cpu"}, "decompress": {...}}.
"""
import json
import sys
import time

import zipnn_core

# Byte planes, whether the exponent is rotated to a whole byte, order of the planes.
TYPES = {"bf16": (2, 1, 10), "fp16": (2, 0, 10), "fp32": (4, 1, 220)}
CHUNK, WORTHWHILE, TRIES = 256 * 1024, 0.95, 10


def measured(action):
    wall, cpu = time.perf_counter(), time.process_time()
    result = action()
    return result, {"seconds": time.perf_counter() - wall, "cpu": time.process_time() - cpu}


def main(path, kind, threads):
    planes, rotate, order = TYPES[kind]
    with open(path, "rb") as file:
        raw = file.read()
    # The codec rotates its input in place, and wants whole elements.
    raw = raw[:len(raw) // planes * planes]
    scratch, header = bytearray(raw), bytearray(32)
    packed, compress = measured(lambda: zipnn_core.zipnn_core(header, scratch, planes, rotate, order, 0, CHUNK, WORTHWHILE, TRIES, threads))
    body = memoryview(packed)[len(header):]
    unpacked, decompress = measured(lambda: zipnn_core.combine_dtype(body, planes, rotate, order, CHUNK, len(raw), threads))
    if bytes(unpacked) != raw:
        raise SystemExit("ZipNN gave other bytes back")
    print(json.dumps({"stored": len(packed), "compress": compress, "decompress": decompress}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
