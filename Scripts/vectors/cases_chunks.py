"""Inputs for chunk plan t1, content-defined chunking and safetensors: (name, parts of the recipe)."""
import json
import struct

import recipes

KIB, MIB = 1024, 1 << 20
MIN, AVERAGE, MAX, SMALL, RUN = 256 * KIB, MIB, 4 * MIB, 64 * KIB, 256 * KIB
# 64 bytes after which the rolling hash has 22 zero bits at the top, and 64 after which it has 18 but not 22.
STRICT = "43aaf98cdf7dc80ec26d45fa70258e4b86053622aa8e60fda0cc48bdbdafbac6fe899803f64330d8cc85563e12202f7f6e79d2a964f910385d65c20f023e34ea"
LOOSE = "fb4f918f7de09559bd8801e7b397dd0d13fc1a29710a5c979d21751732f9f035b2b192f14985dd540e282f8a9f57811f5328be48e587e45020f60990999c70f8"


def noise(seed, count):
    return {"prng": seed, "bytes": count}


def window_ending_at(window, length, total):
    """Zeros in which the window's last byte is byte `length` - 1."""
    return [{"zeros": length - 64}, {"hex": window}, {"zeros": total - length}]


def content_defined():
    yield "cdc-empty", []
    yield "cdc-one-byte", [{"hex": "00"}]
    yield "cdc-nine-bytes", [{"text": "not a mod"}]
    yield "cdc-text", [{"repeat": [{"text": "The quick brown fox jumps over the lazy dog.\n"}], "times": 20000}]
    for name, count in (("min", MIN), ("min-plus-1", MIN + 1), ("average", AVERAGE), ("max", MAX), ("max-plus-1", MAX + 1)):
        yield f"cdc-zeros-{name}", [{"zeros": count}]
    yield "cdc-zeros-9-mib", [{"zeros": 9 * MIB}]
    yield "cdc-random-12-mb", [noise(28, 12000000)]
    yield "cdc-random-6-mb", [noise(5, 6000000)]
    yield "cdc-random-6-mb-one-byte-before", [{"hex": "ff"}, noise(5, 6000000)]
    yield "cdc-random-6-mb-text-inside", [noise(5, 1000000), {"text": "inserted"}, noise(6, 5000000)]
    yield "cdc-random-then-zeros", [noise(5, 700000), {"zeros": 5 * MIB}, noise(6, 300000)]
    total = 2 * MIB
    yield "cdc-strict-below-min", window_ending_at(STRICT, MIN - 1, total)
    yield "cdc-strict-at-min", window_ending_at(STRICT, MIN, total)
    yield "cdc-strict-at-min-plus-1", window_ending_at(STRICT, MIN + 1, total)
    yield "cdc-strict-at-average-minus-1", window_ending_at(STRICT, AVERAGE - 1, total)
    yield "cdc-loose-at-min", window_ending_at(LOOSE, MIN, total)
    yield "cdc-loose-at-average-minus-1", window_ending_at(LOOSE, AVERAGE - 1, total)
    yield "cdc-loose-at-average", window_ending_at(LOOSE, AVERAGE, total)
    yield "cdc-loose-at-max-minus-1", window_ending_at(LOOSE, MAX - 1, MAX + 10)
    yield "cdc-loose-at-end", window_ending_at(LOOSE, AVERAGE + 5000, AVERAGE + 5000)
    yield "cdc-strict-in-second-chunk", window_ending_at(STRICT, MIN, MIN) + window_ending_at(STRICT, MIN + 100, 700000)
    yield "cdc-starts-like-gguf", [{"text": "GGUF"}, noise(9, 300000)]


def file(header, *data, length=None):
    """A safetensors recipe: `header` is a dict or the JSON text itself."""
    text = header if isinstance(header, str) else json.dumps(header, separators=(",", ":"), ensure_ascii=False)
    count = len(text.encode("utf-8", "surrogatepass")) if length is None else length
    return [{"hex": struct.pack("<Q", count).hex()}, {"text": text}, *data]


def tensor(dtype, begin, end, shape=(1,), **others):
    return dict({"dtype": dtype, "shape": list(shape), "data_offsets": [begin, end]}, **others)


def row(dtype, *lengths, gaps=None, start=0):
    """Tensors one after another, and the bytes they take; gaps: {index: bytes after that tensor}."""
    header, at = {}, start
    for i, n in enumerate(lengths):
        kind = dtype if isinstance(dtype, str) else dtype[i]
        header[f"t{i}"] = tensor(kind, at, at + n)
        at += n + (gaps or {}).get(i, 0)
    return header, at


def laid_out(name, dtype, *lengths, gaps=None, start=0):
    header, total = row(dtype, *lengths, gaps=gaps, start=start)
    return f"st-{name}", file(header, noise(len(name), total))


def safetensors_boundaries():
    yield "st-empty-header", file("{}")
    yield "st-empty-header-then-data", file("{}", noise(1, 300000))
    yield "st-metadata-only", file({"__metadata__": {"format": "pt"}})
    yield laid_out("one-tiny", "F32", 4)
    yield laid_out("large-just", "BF16", SMALL)
    yield laid_out("large-not-quite", "BF16", SMALL - 2, SMALL)
    yield laid_out("step-exactly", "BF16", MIB, MIB)
    yield laid_out("tail-joins", "BF16", MIB + SMALL - 2)
    yield laid_out("tail-stands", "BF16", MIB + SMALL)
    yield laid_out("tail-after-three", "F32", 3 * MIB + 4, 2 * MIB + 100000)
    yield laid_out("two-steps", "F64", 2 * MIB)
    yield laid_out("all-large-dtypes", ["BF16", "F16", "F32", "F64", "C64", "F8_E4M3", "I16", "U32", "I64"], *[SMALL + 8] * 9)
    yield laid_out("small-run", "U8", *[30000] * 20)
    yield laid_out("run-exactly-full", "U8", 65535, 65535, 65535, 65535, 4, 7)
    yield laid_out("run-over-by-one", "U8", 65535, 65535, 65535, 65535, 5, 7)
    yield laid_out("run-full-by-gap", "U8", 65535, 65535, 65535, 65530, 7, gaps={3: 9})
    yield laid_out("run-over-by-gap", "U8", 65535, 65535, 65535, 65530, 7, gaps={3: 10})
    yield laid_out("run-gap-at-end-counts", "U8", 65535, 65535, 65535, 1, gaps={3: 65538 - 1})
    yield laid_out("run-starts-with-gaps", "U8", 10, 10, 10, 10, gaps={0: 65536, 1: 65536, 2: 65536, 3: 65536})
    yield laid_out("run-large-gap-does-not-count", "U8", 65535, 65535, 65535, 65539 - 3, gaps={3: 70000})
    yield laid_out("dtype-change", ["BF16", "BF16", "F16", "F16", "BF16"], 1000, 2000, 3000, 4000, 5000)
    yield laid_out("same-type-other-block", ["F32", "F32", "C64", "C64", "F32"], 400, 400, 800, 800, 400)
    yield laid_out("eight-bit-types-share", "I8 U8 BOOL F8_E4M3 F8_E5M2 F8_E8M0 F8_E4M3FNUZ F8_E5M2FNUZ F4 F6_E2M3 F6_E3M2".split(),
                   *range(100, 1200, 100))
    yield laid_out("signed-and-unsigned-share", ["I16", "U16", "I32", "U32", "I64", "U64"], 100, 102, 104, 108, 112, 120)
    yield laid_out("small-large-small", "F16", 100, 200, 100000, 300, 200000, 400, 500)
    yield laid_out("unknown-dtype", ["F4_NEW", "F4_NEW", "Q9", "BF16", "F4_NEW"], 1001, 1003, 2 * MIB + 77777, 10, SMALL)
    yield laid_out("dtype-is-case-sensitive", ["bf16", "BF16"], 100, 100)
    yield laid_out("odd-length-bf16", "BF16", MIB + SMALL + 1, 3, SMALL - 1)
    yield laid_out("gap-small", "F32", 100000, 100000, gaps={0: SMALL})
    yield laid_out("gap-region", "F32", 100000, 100000, gaps={0: SMALL + 1})
    yield laid_out("gap-region-cut", "F32", 100000, 100000, gaps={0: 2500000})
    yield laid_out("gap-region-between-small", "F32", 400, 400, 400, 400, gaps={1: SMALL + 1})
    yield laid_out("gap-joins-joined-tail", "F32", MIB + 400, 400, gaps={0: 60000})
    yield laid_out("trailing-small", "F32", 100000, gaps={0: SMALL})
    yield laid_out("trailing-region", "F32", 100000, gaps={0: SMALL + 1})
    yield laid_out("trailing-after-small", "F32", 400, gaps={0: 10})
    yield laid_out("first-tensor-late", "F32", 400, 100000, start=12345)
    yield laid_out("first-tensor-late-region-cut", "F32", 400, start=1500000)
    yield "st-members-unsorted", file({"b": tensor("F32", 70000, 140000), "a": tensor("F16", 140000, 140100), "c": tensor("F32", 0, 70000)},
                                      noise(2, 140100))
    yield "st-zero-size-dropped", file({"a": tensor("F32", 0, 1000), "z": tensor("I64", 500, 500, [0]), "b": tensor("F32", 1000, 2000),
                                        "y": tensor("BF16", 1000, 1000, [0]), "x": tensor("U8", 2000, 2000, [0])}, noise(3, 2000))
    yield "st-zero-size-only", file({"a": tensor("F32", 0, 0, [0]), "b": tensor("F32", 7, 7, [0])}, noise(4, 300000))
    yield "st-large-head", file("{" + '"__metadata__":{}' + " " * 100 + "}" + " " * 5000000, noise(5, 300000))
    yield "st-large-head-with-tensor", file('{"a":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}' + "\n" * 300000, noise(5, 4))
    yield "st-many-steps", file(row("BF16", 6000000)[0], noise(6, 6000000))


def one(text, count=8):
    """One tensor object written as it stands, in a file that is well-formed otherwise."""
    return file('{"a":' + text + "}", noise(7, count))


def safetensors_acceptance():
    good = '"dtype":"F32","shape":[2],"data_offsets":[0,8]'
    accepted = {
        "trailing-white-space": file("{}" + " \t\r\n", noise(1, 10)),
        "inner-white-space": file('{ "a" :\t{ "dtype" : "F32" ,\r\n"shape" : [ 2 ] , "data_offsets" : [ 0 , 8 ] } }', noise(1, 8)),
        "other-members-ignored": one("{" + good + ',"x":[1.5,-0,1e999,true,null,{"y":"z","y":0}],"":{}}'),
        "big-number-ignored": one("{" + good + ',"x":' + "9" * 400 + "}"),
        "shape-does-not-fit": one('{"dtype":"F32","shape":[3,9007199254740991],"data_offsets":[0,8]}'),
        "shape-empty": one('{"dtype":"F32","shape":[],"data_offsets":[0,4]}', 4),
        "shape-64": one('{"dtype":"F32","shape":[' + ",".join(["1"] * 64) + '],"data_offsets":[0,8]}'),
        "metadata-values-free": file('{"__metadata__":{"a":1,"a":[],"b":null},"a":{' + good + "}}", noise(1, 8)),
        "empty-name": file('{"":{' + good + "}}", noise(1, 8)),
        "names-differ-by-normalisation": file('{"\u00e9":{"dtype":"F32","shape":[2],"data_offsets":[0,4]},'
                                              '"e\u0301":{"dtype":"F16","shape":[2],"data_offsets":[4,8]}}', noise(1, 8)),
        "name-with-nul": file('{"a\\u0000b":{"dtype":"F32","shape":[2],"data_offsets":[0,4]},'
                              '"a":{"dtype":"F16","shape":[2],"data_offsets":[4,8]}}', noise(1, 8)),
        "escaped-names": file('{"\\u0061\\n\\/\\ud83d\\ude00":{' + good + "}}", noise(1, 8)),
        "escaped-member-name": one('{"\\u0064type":"BF16","shape":[4],"data_offsets":[0,8]}'),
        "escaped-dtype": one('{"dtype":"B\\u004616","shape":[4],"data_offsets":[0,8]}'),
        "nesting-16": one("{" + good + ',"x":' + "[" * 14 + "]" * 14 + "}"),
        "header-fills-file": file("{}"),
    }
    refused = {
        "size-9": [{"hex": "0100000000000000"}, {"text": "{"}],
        "length-1": [{"hex": "0100000000000000"}, {"text": "{}"}],
        "length-past-end": file("{}", length=3),
        "length-33554433": file("{}", length=33554433),
        "length-2-to-63": [{"hex": "0000000000000080"}, {"text": "{}"}],
        "white-space-first": file(' {"a":{' + good + "}}", noise(1, 8)),
        "byte-order-mark": file('\ufeff{"a":{' + good + "}}", noise(1, 8)),
        "array-on-top": file("[]"),
        "trailing-nul": file("{}\0", noise(1, 8)),
        "trailing-vertical-tab": file("{}\v", noise(1, 8)),
        "trailing-text": file("{}x", noise(1, 8)),
        "two-objects": file("{}{}", noise(1, 8)),
        "cut-short": file('{"a":{' + good + "}", noise(1, 8)),
        "invalid-utf8": [{"hex": struct.pack("<Q", 25).hex()}, {"text": '{"__metadata__":{"a":"'}, {"hex": "ff"}, {"text": '"}'}, noise(1, 8)],
        "overlong-utf8": [{"hex": struct.pack("<Q", 26).hex()}, {"text": '{"__metadata__":{"a":"'}, {"hex": "c0af"}, {"text": '"}'}, noise(1, 8)],
        "utf8-surrogate": [{"hex": struct.pack("<Q", 27).hex()}, {"text": '{"__metadata__":{"a":"'}, {"hex": "eda080"}, {"text": '"}'}, noise(1, 8)],
        "lone-surrogate-escape": file('{"__metadata__":{"a":"\\ud800"}}', noise(1, 8)),
        "control-character": file('{"__metadata__":{"a":"\n"}}', noise(1, 8)),
        "bad-escape": file('{"__metadata__":{"a":"\\x41"}}', noise(1, 8)),
        "comma-at-end": one("{" + good + ",}"),
        "leading-zero": one('{"dtype":"F32","shape":[02],"data_offsets":[0,8]}'),
        "not-a-number": one("{" + good + ',"x":NaN}'),
        "duplicate-tensor": file('{"a":{' + good + '},"a":{' + good + "}}", noise(1, 8)),
        "duplicate-tensor-escaped": file('{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]},'
                                         '"\\u0061":{"dtype":"F32","shape":[2],"data_offsets":[4,8]}}', noise(1, 8)),
        "duplicate-metadata": file('{"__metadata__":{},"__metadata__":{}}', noise(1, 8)),
        "duplicate-dtype": one("{" + good + ',"dtype":"F32"}'),
        "duplicate-other-member": one("{" + good + ',"x":1,"x":1}'),
        "metadata-not-object": file('{"__metadata__":[]}', noise(1, 8)),
        "tensor-not-object": file('{"a":[]}', noise(1, 8)),
        "no-dtype": one('{"shape":[2],"data_offsets":[0,8]}'),
        "no-shape": one('{"dtype":"F32","data_offsets":[0,8]}'),
        "no-offsets": one('{"dtype":"F32","shape":[2]}'),
        "dtype-number": one('{"dtype":1,"shape":[2],"data_offsets":[0,8]}'),
        "shape-object": one('{"dtype":"F32","shape":{},"data_offsets":[0,8]}'),
        "shape-65": one('{"dtype":"F32","shape":[' + ",".join(["1"] * 65) + '],"data_offsets":[0,8]}'),
        "shape-negative": one('{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}'),
        "shape-minus-zero": one('{"dtype":"F32","shape":[-0],"data_offsets":[0,8]}'),
        "shape-fraction": one('{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}'),
        "shape-exponent": one('{"dtype":"F32","shape":[2e0],"data_offsets":[0,8]}'),
        "shape-string": one('{"dtype":"F32","shape":["2"],"data_offsets":[0,8]}'),
        "shape-2-to-53": one('{"dtype":"F32","shape":[9007199254740992],"data_offsets":[0,8]}'),
        "shape-2-to-64-plus-2": one('{"dtype":"F32","shape":[18446744073709551618],"data_offsets":[0,8]}'),
        "offsets-three": one('{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}'),
        "offsets-one": one('{"dtype":"F32","shape":[2],"data_offsets":[8]}'),
        "offsets-backwards": one('{"dtype":"F32","shape":[2],"data_offsets":[8,0]}'),
        "offsets-past-end": one('{"dtype":"F32","shape":[2],"data_offsets":[0,9]}'),
        "offsets-past-end-empty": one('{"dtype":"F32","shape":[0],"data_offsets":[9,9]}'),
        "offsets-null": one('{"dtype":"F32","shape":[2],"data_offsets":null}'),
        "overlap-by-one": file({"a": tensor("U8", 0, 5), "b": tensor("U8", 4, 8)}, noise(1, 8)),
        "overlap-contained": file({"a": tensor("U8", 0, 8), "b": tensor("U8", 2, 3)}, noise(1, 8)),
        "overlap-same": file({"a": tensor("U8", 0, 8), "b": tensor("U8", 0, 8)}, noise(1, 8)),
        "nesting-17": one("{" + good + ',"x":' + "[" * 15 + "]" * 15 + "}"),
        "nesting-100000": one("{" + good + ',"x":' + "[" * 100000 + "]" * 100000 + "}"),
    }
    for name, parts in accepted.items():
        yield f"st-accepted-{name}", parts
    for name, parts in refused.items():
        yield f"st-opaque-{name}", parts


def cases():
    for source in (content_defined, safetensors_boundaries, safetensors_acceptance):
        for name, parts in source():
            assert recipes.size(parts) <= 12 << 20, name
            yield name, squeeze(parts)


def squeeze(parts):
    """Long runs of one character inside a text become a `repeat`, so that the vector stays small."""
    out = []
    for part in parts:
        text = part.get("text", "")
        while len(text) > 5000:
            at = next(i for i in range(len(text)) if len(text) - i > 1000 and text[i:i + 1000] == text[i] * 1000)
            stop = at
            while stop < len(text) and text[stop] == text[at]:
                stop += 1
            out += [{"text": text[:at]}] if at else []
            out.append({"repeat": [{"text": text[at]}], "times": stop - at})
            text = text[stop:]
        if "text" not in part:
            out.append(part)
        elif text:
            out.append({"text": text})
    return out
