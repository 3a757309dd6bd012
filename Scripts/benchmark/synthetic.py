"""Models and stores made up for measurements of growth. Standard library only."""
import hashlib
import json
import os
import random
import struct
import zlib

# The upper bytes of bf16 weights of a normal distribution: few values, about 2.6 bits each, as in trained models.
SIGN_AND_EXPONENT = bytes(
    (128 if value & 1 else 0) | (60 if value < 130 else 59 if value < 190 else 58 if value < 224 else 57 if value < 240 else 55)
    for value in range(256))
MEBI = 1 << 20


def weights(generator, count):
    """`count` bytes of bf16 that compress as trained weights do."""
    data = bytearray(generator.randbytes(count))
    data[1::2] = data[1::2].translate(SIGN_AND_EXPONENT)
    return data


def header(tensor_bytes, count, of_one):
    tensors = {f"layer.{number}.weight": {"dtype": "BF16", "shape": [of_one // 2],
                                          "data_offsets": [number * of_one, min((number + 1) * of_one, tensor_bytes)]}
               for number in range(count)}
    text = json.dumps(tensors, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text


def make_model(folder, size, seed=1, sparse=False):
    """A safetensors file of about `size` bytes in tensors of 16 MiB; sparse: all weights are zero and take no room on the disk."""
    os.makedirs(folder, exist_ok=True)
    of_one = min(16 * MEBI, size)
    count = max(1, size // of_one)
    generator = random.Random(seed)
    with open(f"{folder}/model.safetensors", "wb") as file:
        head = header(count * of_one, count, of_one)
        file.write(head)
        if sparse:
            file.truncate(len(head) + count * of_one)
            return
        for _ in range(count):
            left = of_one
            while left:
                block = min(left, MEBI)
                file.write(weights(generator, block))
                left -= block


def make_files(folder, count, seed=1):
    """`count` files of some 1 KiB of text-like bytes, a thousand a folder."""
    generator = random.Random(seed)
    for number in range(count):
        if number % 1000 == 0:
            os.makedirs(f"{folder}/{number // 1000:04d}", exist_ok=True)
        with open(f"{folder}/{number // 1000:04d}/{number:07d}.txt", "w") as file:
            file.write(f"{number} {generator.randbytes(480).hex()}\n")


def u32(*values):
    return struct.pack(f"<{len(values)}I", *values)


class StoreOfMany:
    """Adds packs of made-up chunks to a directory store, and the chunk index over them (Protocol/STORE.md).

    The frames are holes: nothing can be pulled from such packs, but a writer, `store stats` and the index see them as any others.
    """

    RAW, STORED = MEBI, 700_000
    # 24 chunks of a mebibyte make a pack of some 16 MiB.
    PACK_ROWS = 24

    def __init__(self, store, entries):
        self.store, self.entries = store, entries
        self.packs = -(-entries // self.PACK_ROWS)

    def name(self, number):
        """Names in ascending order need no sorting, and their spread is that of real ones."""
        step = (1 << 64) // self.entries
        return struct.pack(">Q", number * step) + hashlib.md5(number.to_bytes(8, "little")).digest() + bytes(8)

    def pack_of(self, number):
        # Neighbours by name lie in different packs, as they would.
        return number % self.packs, number // self.packs

    def write(self):
        for shard in range(256):
            os.makedirs(f"{self.store}/packs/{shard:02x}", exist_ok=True)
        names = [self.write_pack(number) for number in range(self.packs)]
        self.write_index(names)

    def write_pack(self, pack):
        rows, offset = [], 8
        for number in range(pack, self.entries, self.packs):
            rows.append(self.name(number) + u32(self.RAW, self.STORED, offset) + bytes(36))
            offset += self.STORED
        footer = b"WBFOOT1\n" + pack.to_bytes(16, "little") + struct.pack("<QI", offset, len(rows)) + bytes(20) + b"".join(rows)
        name = hashlib.sha256(footer).digest()
        with open(f"{self.store}/packs/{name.hex()[:2]}/{name.hex()}", "wb") as file:
            file.write(b"WBPACK1\n")
            file.seek(offset)
            file.write(footer + u32(len(footer), 0) + b"WBPKEND\n")
        return name

    def write_index(self, packs):
        folder = f"{self.store}/private/index"
        os.makedirs(folder, exist_ok=True)
        check = 0
        with open(f"{folder}/{'0' * 32}.wbx", "wb") as file:
            def put(data):
                nonlocal check
                check = zlib.crc32(data, check)
                file.write(data)
            put(b"WBINDX1\n" + u32(len(packs), self.entries))
            put(b"".join(packs))
            rows = []
            for number in range(self.entries):
                pack, at = self.pack_of(number)
                rows.append(self.name(number) + u32(self.RAW, pack, 8 + at * self.STORED, self.STORED))
                if len(rows) == 65_536:
                    put(b"".join(rows))
                    rows = []
            put(b"".join(rows))
            file.write(u32(check))
