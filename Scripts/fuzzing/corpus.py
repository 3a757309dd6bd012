#!/usr/bin/env python3
"""Inputs for the fuzz targets of Tests/Fuzz.

    corpus.py seed DIRECTORY            DIRECTORY/<target>/...: what Protocol/vectors/v1 has for each target
    corpus.py unpack FILE DIRECTORY     one file for each input of a corpus
    corpus.py pack DIRECTORY FILE       the inputs of a directory, each once, as one file
    corpus.py targets                   each target's name and the length of input that is worth trying

A corpus file is its inputs, shortest first, each after its length (4 bytes, little-endian).
"""
import base64
import collections
import hashlib
import json
import io
import os
import pickle
import re
import struct
import sys
import tarfile
import zipfile
import zlib

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "vectors"))

import recipes

VECTORS = os.path.join(HERE, "..", "..", "Protocol", "vectors", "v1")
TARGETS = {
    "address": 256, "archive": 2048, "attestation-index": 1024, "bundle": 1536, "catalog": 1024, "certificate": 1024, "collection": 512,
    "content-range": 96, "disclosure": 1024, "encoder": 512, "envelope": 512, "frame": 2048, "front-matter": 512, "gguf": 512,
    "gguf-papers": 512, "have": 512, "inflate": 1024, "json": 512, "key-set": 2048, "license-expression": 256, "license-text": 2048,
    "list": 512, "locator": 1024, "manifest": 2048, "name": 256, "pack": 1024, "path": 256, "pickle": 512, "policy": 1024,
    "policy-test": 512, "public-key": 512, "range": 96, "ref-entry": 1024, "ref-envelope": 1024, "ref-index": 1024, "safetensors": 1024,
    "statement": 1024, "store": 512, "template": 512, "trust-record": 4096,
}
LONGEST = 16 << 10
# What the targets take for a digest: SHA-256 of nothing that a mutation could keep right.
ZEROS = b"0" * 64
NO_DIGEST = re.compile(rb'"(contentId|payloadSha256)":"[0-9a-f]{64}"')
KEY_ID = re.compile(rb'"id":"([0-9a-f]{64})"')
CARDS = [
    "---\nlicense: apache-2.0\n---\n", "---\r\nlicense: mit\r\nlanguage: [en, no]\r\n---\r\ntext", "\ufeff \n---\nbase_model:\n- acme/base\n"
    "base_model_relation: quantized\ndatasets:\n  - a\n  - \"b\\u00e9\"\nlicense_name: >-\n  two\n  lines\nlicense_link: 'it''s'\n---\n",
    "---\nlicense: &a mit\nlanguage: *a\n---\n", "---\n<<: {a: b}\n---\n", "---\nlicense: !!int 3\n---\n", "---\nlicense: [~, null, ]\n---",
    "---\n? license\n: mit\n---\n", "---\n[[[[[[[[]]]]]]]]\n---\n", "---\n{license: mit, license: mit}\n---\n", "---\nlicense: |\n  a\n---\n",
    "---\n- a\n---\n", "---\n# nothing\n---\n", "---\nlanguage: [{a: b}, c]\ndatasets: {a: [b]}\n---\n", "---\nlicense: mit\n",
]
ENTRIES = [
    [("general.license", "mit")], [("general.license", ["a", "b"]), ("general.license.name", " x "), ("general.languages", ["en"])],
    [("general.base_model.count", 1), ("general.base_model.0.repo_url", "https://huggingface.co/acme/base")],
    [("general.base_model.count", 2), ("general.base_model.0.name", "a"), ("general.base_model.0.organization", "o"),
     ("general.base_model.1.repo_url", "http://hf.co/a/b/")],
    [("general.dataset.count", 1), ("general.dataset.0.repo_url", "https://www.huggingface.co/datasets/x"), ("general.license.link", "l")],
    [("general.datasets.count", 1), ("general.datasets.0.name", "d")], [("general.datasets", ["d", ""]), ("general.license", 7)],
    [("general.license", "a"), ("general.license", "b")], [("general.alignment", 64), ("general.license", "\ufffd")],
]


def gguf(entries):
    """The head of a GGUF file without tensors."""
    def text(value):
        data = value.encode()
        return struct.pack("<Q", len(data)) + data

    def value(item):
        if isinstance(item, int):
            return struct.pack("<II", 4, item)
        if isinstance(item, str):
            return struct.pack("<I", 8) + text(item)
        return struct.pack("<IIQ", 9, 8, len(item)) + b"".join(map(text, item))
    return b"GGUF" + struct.pack("<IQQ", 3, 0, len(entries)) + b"".join(text(key) + value(item) for key, item in entries)


def load(path):
    with open(os.path.join(VECTORS, path), encoding="utf-8") as file:
        return json.load(file)


def objects():
    """(target, bytes) of valid/, invalid/ and store/."""
    for folder in ("valid", "invalid"):
        for case in load(f"{folder}/index.json")["cases"]:
            if "make" in case:
                data = recipes.make(case["make"])
            else:
                with open(os.path.join(VECTORS, folder, case["file"]), "rb") as file:
                    data = file.read()
            kind = case["kind"]
            if kind in ("manifest", "entry"):
                data = NO_DIGEST.sub(rb'"\1":"' + ZEROS + b'"', data)
            if kind == "entry":
                yield "ref-envelope", data
                match = re.search(rb'"payload":"([^"]*)"', data)
                try:
                    yield "ref-entry", base64.b64decode(match[1] if match else b"")
                except ValueError:
                    pass
            elif kind == "keyset":
                match = re.search(rb'"payload":"([^"]*)"', data)
                payload = base64.b64decode(match[1] if match else b"")
                # The id that the target takes for any key's; a set of more keys than one is not accepted there.
                known = KEY_ID.search(payload)
                yield "key-set", payload.replace(known[1], ZEROS) if known else payload
            elif kind == "attestations":
                yield "attestation-index", data
            elif kind == "pack":
                yield "pack", data
                yield "pack", data[-16 - struct.unpack("<I", data[-16:-12])[0]:-16] if len(data) >= 16 else b""
            elif kind == "locator":
                yield "locator", data[:-4]
            elif kind == "waybill":
                yield "store", data
            else:
                yield {"index": "ref-index"}.get(kind, kind), data
            if kind not in ("list", "locator", "pack"):
                yield "json", data
    yield from scenes()
    for folder, _, names in os.walk(os.path.join(VECTORS, "store")):
        for name in names:
            yield "name", os.path.relpath(os.path.join(folder, name), os.path.join(VECTORS, "store")).encode()


RECORDED = [f"{name}.json" for name in ("signed", "second-set", "all-curves", "set-unsigned", "set-1-of-2", "revoker-adds-a-revocation")]


def scenes():
    """Of trust/: key sets as records that remember them, and statements."""
    for name in sorted(os.listdir(os.path.join(VECTORS, "trust"))):
        if not name.endswith(".json"):
            continue
        for path, text in load(f"trust/{name}")["objects"].items():
            value = json.loads(text)
            if path.startswith("trust/") and name in RECORDED:
                payload = json.loads(base64.b64decode(value["payload"]))
                record = {"fingerprint": "a" * 64, "keySet": base64.b64encode(text.encode()).decode(), "n": payload["n"], "org": payload["org"],
                          "pinning": "given", "refs": [{"entry": "b" * 64, "model": "acme/tiny", "n": 3, "ref": "main"}],
                          "since": "2026-01-01T00:00:00Z", "waybill": 1}
                for refs in (record["refs"], []):
                    yield "trust-record", json.dumps(dict(record, refs=refs), separators=(",", ":")).encode()
            elif "payloadType" in value and path.startswith("attestations/"):
                yield "statement", base64.b64decode(value["payload"])
    for text in ('{"note":1.5,"_type":"https://in-toto.io/Statement/v1","predicateType":"x","predicate":[1e9],"subject":[{"name":"a/b","digest":{}}]}',
                 '{"_type":"https://in-toto.io/Statement/v1","predicateType":"x","predicate":{},"subject":[]}', "{}", "[]", "", '{"_type":1}',
                 '{"_type":"https://in-toto.io/Statement/v0.1"}', '{"predicate":{},"predicate":{}}', '{"subject":[{"digest":{"sha256":"x"}}]}'):
        yield "statement", text.encode()


def frames():
    for name in sorted(os.listdir(os.path.join(VECTORS, "frames"))):
        data = bytes.fromhex(load(f"frames/{name}")["frame"])
        yield "frame", data
        if "zlib" in name:
            yield "inflate", data[20:]
        for element in (0, 1, 3, 4, 64 + 12) if len(data) > 100 else ():
            yield "encoder", bytes([element, len(data) % 7]) + data[:512]


def layouts():
    for name in sorted(os.listdir(os.path.join(VECTORS, "chunks"))):
        if not name.endswith(".json") or name.startswith("cdc-"):
            continue
        data = recipes.make(load(f"chunks/{name}")["make"])
        target = name.split("-")[0].replace("st", "safetensors")
        # The zeros behind stand for most of the tensors.
        head = data[:1024].rstrip(b"\0") if len(data) > 1024 else data
        zeros = len(data) - len(head)
        yield target, bytes([-(-zeros // 8) if zeros <= 191 * 8 else min(255, 191 - (-zeros >> 16))]) + head
    for entries in ENTRIES:
        for target in ("gguf", "gguf-papers"):
            yield target, bytes([len(entries)]) + gguf(entries)


def texts():
    for case in load("ranges/request.json"):
        yield "range", struct.pack("<Q", case["size"]) + (case["header"] or "").encode()
    for case in load("ranges/content-range.json"):
        yield "content-range", case["header"].encode()
    for name in sorted(os.listdir(os.path.join(VECTORS, "addresses"))):
        if name.endswith(".json"):
            for case in load(f"addresses/{name}"):
                yield "address", case["text"].encode()
    for card in CARDS:
        yield "front-matter", card.encode()
    for case in load("valid/index.json")["cases"] + load("invalid/index.json")["cases"]:
        if case["kind"] == "manifest" and "file" in case:
            folder = "invalid" if "error" in case else "valid"
            with open(os.path.join(VECTORS, folder, case["file"]), "rb") as file:
                found = re.findall(rb'"path":"((?:[^"\\]|\\.)*)"', file.read())
            yield "path", b"\n".join(found)
    for text in ("acme/tiny", "main", "v1.2", "0000000042\n", "2024-02-29T23:59:59Z", "0" * 64, "latest", "x.json"):
        yield "name", text.encode()
    yield "name", b"0123456789abcdef" * 2
    yield "collection", b'{"holder":"mirror","startedAt":1750000000000000,"waybill":1}'
    yield "collection", b'{"holder":"process","startedAt":0}'
    yield "collection", b'{"intents":["' + b"0123456789abcdef" * 2 + b'"],"waybill":1}'
    yield "collection", b"WBCOND1\n" + struct.pack("<Q4I", 1, 1, 0, 1, 2) + b"".join(bytes([n]) * 32 for n in (9, 1, 2, 3))
    yield "have", bytes(32) + struct.pack("<I", 1)
    yield "have", bytes([9, 0xFF, 1])


def pickles():
    """Harmless and harmful ones, whole and broken. None of them is ever loaded."""
    value = {"a": [1, 2.5, None, True, "text", b"bytes", (1, 2, 3), {4}, 1 << 70], "b": slice(1, 2), "c": complex(1, 2), "d": bytearray(b"x")}
    for protocol in range(6):
        yield pickle.dumps(value, protocol)
        yield pickle.dumps(collections.OrderedDict(a=1), protocol) * 2
    yield from (b"cos\nsystem\n(S'id'\ntR.", b"(S'id'\nios\nsystem\n.", b"(cos\nsystem\nS'id'\no.", b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x02id\x85R.",
                b"\x80\x04\x8c\x02os\x94\x30\x68\x00\x8c\x06system\x93.", b"\x80\x02\x82\x01.", b"\x80\x02ccollections\nOrderedDict\n)\x81}b.",
                b"\x80\x02ctorch\nFloatStorage\n}b.", b"V\\u006fs\nS'a\\x62'\nF1.5\nL7L\nI01\nP7\nl.", b"\x80\x02(X\x07\x00\x00\x00storagectorch\nFloatStorage\n"
                b"X\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x09tQ.", b"\x80\x04\x95\x03\x00\x00\x00\x00\x00\x00\x00N2\x30.", b"\x80\x05\x97\x98.")


def archives():
    harmful = b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x02id\x85R."
    for data in (b"hello", pickle.dumps([1, 2], 2), harmful):
        for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            file = io.BytesIO()
            with zipfile.ZipFile(file, "w", method) as archive:
                archive.writestr(zipfile.ZipInfo("m/data.pkl"), data, method)
                archive.writestr(zipfile.ZipInfo("m/data/0"), b"\0" * 8)
            yield file.getvalue()
            yield b"before" + file.getvalue() + b"behind"
        for kind in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
            file = io.BytesIO()
            with tarfile.open(fileobj=file, mode="w", format=kind) as archive:
                for name in ("a", "../b", "y" * 60 + "/" + "x" * 90):
                    info = tarfile.TarInfo(name)
                    info.size = len(data)
                    archive.addfile(info, io.BytesIO(data))
            yield file.getvalue().rstrip(b"\0") + bytes(1024)
        yield zlib.compress(data)
        yield zlib.compressobj(9, zlib.DEFLATED, 31).compress(data) + data
        header = b"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n"
        yield b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + data


TEMPLATES = [
    "{% for m in messages %}{{ '<|' ~ m.role + m['content']|trim }}{% endfor %}", "{{ x.__class__ }}", "{{ x['\\x5f' ~ '_a'] }}", "{{ x|attr('a') }}",
    "{% include 'x' %}", "{% if 'word' in m.content %}a{% elif b is not none %}c{% else %}d{% endif %}", "{% set ns = namespace(a=1) %}{% set ns.a = 2 %}",
    "{% macro m(a, b=[1, {'c': d}]) %}{{ caller(*a) }}{% endmacro %}", "{% raw %}{{{% endraw %}{# c #}", "{{ a[1:-1]|map(attribute='b')|list }}", "{{", "{% if %}",
    "{% call m() %}{% endcall %}{% filter upper %}{% endfilter %}{% with a = 1 %}{% endwith %}", "{{ -a ** 2 // b % c if not d else e is divisibleby 3 }}", "\u202e",
    "{%- generation -%}{% endgeneration %}{% for a in b if c recursive %}{% break %}{% endfor %}", "{{ 'a' 'b' * 3 }}{{ ['a', 'b']|join }}", "https://x.example",
]


def scans():
    for target, inputs in (("pickle", pickles()), ("archive", archives()), ("template", (text.encode() for text in TEMPLATES))):
        for data in inputs:
            yield target, data


# Certificates and keys that nobody holds.
AUTHORITY = base64.b64decode(
    "MIIBfDCCASKgAwIBAgIUD+QNYnpBEsTcIOe7MUaMURWLjRgwCgYIKoZIzj0EAwIwDDEKMAgGA1UEAwwBYTAgFw0yNjExMjQxNjU5NTNaGA8yMTI2MTAzMTE2"
    "NTk1M1owDDEKMAgGA1UEAwwBYTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABMc/UluC13zGSdgSKJP6LFXoPfkaVSgDMswYaQJUWC3BjfcdF5qGm0W/qgc7"
    "fb4zFCCSPWIZcMbD0eajn4JyVOOjYDBeMB0GA1UdDgQWBBQFIcj1+56GSBZL+1CZ+sGhQ95W/zAfBgNVHSMEGDAWgBQFIcj1+56GSBZL+1CZ+sGhQ95W/zAP"
    "BgNVHRMBAf8EBTADAQH/MAsGA1UdDwQEAwICBDAKBggqhkjOPQQDAgNIADBFAiAbvfJK+YxT/UpNW40Q3a6ufSmS/bZub/wSoId1pHgcuAIhAJqHeVg9V+0d"
    "5DpHkeugqyiacdGho4x4Qeq2DH3fIWBi")
LEAF = base64.b64decode(
    "MIIBazCCARGgAwIBAgIUB6vMyCSfIS4B9IVBGhjxFHLFysAwCgYIKoZIzj0EAwIwDDEKMAgGA1UEAwwBYTAgFw0yNjExMjQxNjU5NTNaGA8yMTI2MTAzMTE2"
    "NTk1M1owDDEKMAgGA1UEAwwBYjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABHsi2WU3F6lw9Ea3Ds++2r+7i7dMEMmh/PK80ONQdlfPeMmgeWEZpOQ9hl4R"
    "jb5IUL6wViLujKqJqM+7OwaGHNqjTzBNMAsGA1UdDwQEAwIHgDAdBgNVHQ4EFgQUIB4000n/I7LGs3W/VuRz3W1O7A8wHwYDVR0jBBgwFoAUBSHI9fuehkgW"
    "S/tQmfrBoUPeVv8wCgYIKoZIzj0EAwIDSAAwRQIhAOiK2pbLWzZ5T2sty6fO2nAwYbWz6KvmgtRqkWmWKRHAAiBEZ3hRquYRjgOjYABx4V/YSz6aJFixt4WS"
    "edbL3KXQWQ==")
KEYS = [base64.b64decode(text) for text in (
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAErsAcLGJdyiduTy6uFZ5wZiYNkPL9WkULzBkeIxBNR84SkK09UhDsLbM5irl6ucOWHJfae+BWvR"
    "+w/wi9eWFODg==",
    "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEZwGz5bj8OXwcKrovtanKuQkex7GKk3DjFv4om2mGcrFIQJdqUc8s1b62LNQsOVMBYLRC89yxuJbwL8"
    "k8ufYbccvbOMTy/LQ5xfUuSx6KotQleARBunh3hdPU7OVHIzVe",
    "MIGbMBAGByqGSM49AgEGBSuBBAAjA4GGAAQBaVHhezkKVPcSRILiFvL+Um1tF4qAD7D4bol0T6sr9OBB7qI2I4LMkbrDXAWD0T7pnGo/K/DeuZ"
    "G2uvQqr3mc7EsBZ9mGOcAqnPoavolU3EYbLfu4IJj7FozIEYuejsHSoBigSIRlBmxPP82oqlVoiHqc+m06SUnifYudcKhVivBgBNE=")]


def pem(kind, data):
    text = base64.b64encode(data).decode()
    return f"-----BEGIN {kind}-----\n{chr(10).join(text[at:at + 64] for at in range(0, len(text), 64))}\n-----END {kind}-----\n".encode()


def keys():
    for der in KEYS:
        yield "public-key", der
        yield "public-key", pem("PUBLIC KEY", der)
        yield "public-key", der + b"\0"
        yield "public-key", der[:-1]
        yield "public-key", pem("EC PRIVATE KEY", der)
    for kind in ("CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"):
        yield "certificate", pem(kind, LEAF) + pem(kind, AUTHORITY)
    for data in (LEAF, AUTHORITY, LEAF[:-1], LEAF + b"\0", pem("CERTIFICATE", AUTHORITY), pem("CERTIFICATE", LEAF) + b"x", b"", b"0", pem("CERTIFICATE", b"x")):
        yield "certificate", data


def signatures():
    """As the reference tool writes them and as it does not; none of the signatures is one."""
    def encode(value):
        return json.dumps(value, separators=(",", ":")).encode()

    def text(data):
        return base64.b64encode(data).decode()

    def statement(names=("a", "b/c"), kind="https://in-toto.io/Statement/v1", **serialization):
        resources = [{"name": name, "digest": ZEROS.decode(), "algorithm": "sha256"} for name in names]
        root = hashlib.sha256(bytes(32 * len(names))).hexdigest()
        return encode({"_type": kind, "subject": [{"name": "m", "digest": {"sha256": root}}], "predicateType": "https://model_signing/signature/v1.0",
                       "predicate": {"serialization": {"method": "files", "hash_type": "sha256", "allow_symlinks": False, **serialization},
                                     "resources": resources}})

    def envelope(payload, signatures=({"sig": "AAAA", "keyid": ""},)):
        return {"payload": text(payload), "payloadType": "application/vnd.in-toto+json", "signatures": list(signatures)}

    statements = [statement(), statement(ignore_paths=[".git", "x"]), statement(("..",)), statement(("a", "a")), statement(method="shards"),
                  statement(ignore_paths=["a"]), statement(kind="x"), statement((".",))]
    chain = {"x509CertificateChain": {"certificates": [{"rawBytes": text(LEAF)}]}}
    materials = [{"publicKey": {"hint": "0" * 64}, "tlogEntries": []}, {"publicKey": {"rawBytes": text(KEYS[0])}}, chain, {}, {"publicKey": {}, **chain},
                 {"certificate": {"rawBytes": text(LEAF)}, "tlogEntries": [{"logIndex": "1"}]}, {"certificate": {"rawBytes": text(LEAF)}}]
    for payload in statements:
        yield "bundle", payload
    for payload, material in [(statements[0], material) for material in materials] + [(payload, materials[0]) for payload in statements]:
        yield "bundle", encode({"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json", "verificationMaterial": material,
                                "dsseEnvelope": envelope(payload)})
    for rows in ([], [{"sig": "AA=="}], [{"sig": "-_8", "keyid": None}], [{"keyid": "k"}], [{"sig": "AAAA"}] * 65, [{"sig": "AAAA", "x": [1.5]}] * 2):
        yield "envelope", encode(envelope(b"{}", rows))
    yield from (("envelope", data) for data in (b"{}", b"[]", encode({**envelope(b""), "payload": "A"}), encode({**envelope(b""), "payload": "-_-_"}),
                                                b'{"payload":"","payload":"","payloadType":"","signatures":[]}'))


DISCLOSURES = [
    "disclosure: 1\n", "disclosure: 1\nlicense: {expression: MIT}\n", "disclosure: 2\n", "", "---\n", "disclosure: 1\ndisclosure: 1\n", "[]", "disclosure: &a 1\n",
    "disclosure: 1\nmodel:\n  name: Tiny\n  languages: [en, de]\n", "disclosure: 1\ncomponents:\n  - {name: finalParameters, status: released, license: Apache-2.0}\n",
    "disclosure: 1\nbaseModels:\n  - {id: acme/base, relation: finetune, license: MIT}\n", "disclosure: 1\ndata:\n  completeness: complete\n  sources:\n    - {name: a, access: open}\n",
    "disclosure: 1\ntraining: {computeFlop: 1e24, energyMWh: 3}\n", "disclosure: 1\neuSummary: {providerName: \"A \\u0001\"}\n", "disclosure: 1\nnothing: 1\n", "disclosure: !!int 1\n",
    "disclosure: 1\nlicense:\n  expression: noAssertion\n", "disclosure: 1\nmodel: [a]\n", "disclosure: 1\n<<: {a: 1}\n", "disclosure: 1\nmodel: {name: 'x\n", "\ufeffdisclosure: 1\r\n",
]
POLICIES = [
    "waybillPolicy: 1\nname: a\nrules: []\n", "waybillPolicy: 1\nname: a\nrules:\n  - {id: x, effect: allow, reason: r}\n", "waybillPolicy: 2\nname: a\n", "", "waybillPolicy: 1\n",
    "waybillPolicy: 1\nname: a\ndefault: allow\nrules:\n  - {id: x, effect: deny, when: {label: [closed, openWeights]}, unknown: skip, reason: r, remedy: m}\n",
    "waybillPolicy: 1\nname: a\nrules:\n  - id: x\n    effect: warn\n    when: {all: [{license: 'MIT'}, {not: {files: '*.py'}}, {any: [{scans.worst: unsafe}, {mof.class: 1}]}]}\n    reason: r\n",
    "waybillPolicy: 1\nname: a\nrules:\n  - {id: x, effect: deny, when: {scans.rules: pickle.*}, reason: r}\nexceptions:\n  - {rules: [x], models: [acme/*], owner: o, reason: r, expires: 2999-01-01T00:00:00Z}\n",
    "waybillPolicy: 1\nname: a\nrules:\n  - {id: x, effect: dney, reason: r}\n", "waybillPolicy: 1\nname: a\nrules:\n  - {id: x, effect: deny}\n  - {id: x, effect: deny, reason: r}\n",
    "waybillPolicy: 1\nname: a\nancestors:\n  - {name: acme/base, license: Apache-2.0}\nrules:\n  - {id: x, effect: allow, when: {license.text: recognized}, reason: r}\n",
    "waybillPolicy: 1\nname: a\nrules:\n  - {id: x, effect: deny, when: {lable: closed}, reason: r}\n", "waybillPolicy: &a 1\nname: *a\n",
]
POLICY_TESTS = [
    "waybillPolicyTest: 1\npolicy: research\ncases:\n  - {name: a, facts: {label: closed}, expect: deny}\n", "waybillPolicyTest: 1\npolicy: p.yaml\ncases: []\n", "", "waybillPolicyTest: 2\n",
    "waybillPolicyTest: 1\npolicy: p.yaml\ncases:\n  - {name: a, directory: ../m, expect: allow, rule: default}\n", "waybillPolicyTest: 1\ncases:\n  - {name: a, expect: deny}\n",
    "waybillPolicyTest: 1\npolicy: p\ncases:\n  - {name: a, model: acme/tiny, facts: {terms.commercialUse: prohibited, files: [a.py, b]}, expect: deny, rule: no}\n",
    "waybillPolicyTest: 1\npolicy: p\ncases:\n  - {name: a, facts: {nothing: 1}, expect: deny}\n", "waybillPolicyTest: 1\npolicy: p\ncases:\n  - {name: a, facts: {label: closed}, directory: d, expect: deny}\n",
    "waybillPolicyTest: 1\npolicy: p\ncases:\n  - {name: a, facts: {label: closed}, expect: maybe}\n", "waybillPolicyTest: 1\npolicy: p\ncases: {a: b}\n",
]
EXPRESSIONS = [
    "MIT", "mit AND apache-2.0", "(MIT OR GPL-2.0+) AND BSD-3-Clause", "GPL-2.0-only WITH Classpath-exception-2.0", "LicenseRef-x", "DocumentRef-a:LicenseRef-b", "MIT OR", "((MIT)", "+", "MIT +",
    "MIT WITH", "a" * 100, "(" * 33 + "MIT" + ")" * 33, "MIT,Apache-2.0", "MIT/Apache-2.0", "NONE", "\u00e9", "MIT and (mit or 0BSD)", "Apache-2.0 OR (MIT AND (ISC OR Zlib))", "",
]
ISC = ("Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted, provided that the above copyright notice and this permission "
       "notice appear in all copies.\n\nTHE SOFTWARE IS PROVIDED \"AS IS\" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF MERCHANTABILITY "
       "AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, "
       "WHETHER IN AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THIS SOFTWARE.\n")
ZERO = ISC.replace(", provided that the above copyright notice and this permission notice appear in all copies", "")


def documents():
    """What people write: disclosures, policies, licences."""
    texts = [ISC, ZERO, "ISC License\n\nCopyright (c) 2020 A\n\n" + ISC, "# License\n\n> " + ISC.replace("\n\n", "\n>\n> "), ISC.replace("with or without", "without"), ISC.replace("copies.", "copies and sold."),
             ISC + "\nNo military use.\n", ISC + ZERO, ISC[:400], "", "[ISC](https://opensource.org/license/isc)\n\n" + ISC, ISC.upper().replace(" ", "\n"), "Copyright A\nAll rights reserved.\n", "---\nlicense: isc\n---\n" + ISC]
    for target, inputs in (("disclosure", DISCLOSURES), ("policy", POLICIES), ("policy-test", POLICY_TESTS), ("license-expression", EXPRESSIONS), ("license-text", texts)):
        for text in inputs:
            yield target, text.encode()


def save(directory, data):
    os.makedirs(directory, exist_ok=True)
    with open(os.path.join(directory, hashlib.sha1(data).hexdigest()), "wb") as file:
        file.write(data)


def seed(directory):
    for source in (objects, frames, layouts, texts, scans, documents, keys, signatures):
        for target, data in source():
            if len(data) <= LONGEST:
                save(os.path.join(directory, target), data)


def unpack(path, directory):
    with open(path, "rb") as file:
        data = file.read()
    while data:
        count = struct.unpack("<I", data[:4])[0]
        save(directory, data[4:4 + count])
        data = data[4 + count:]


def pack(directory, path):
    inputs = set()
    for name in os.listdir(directory):
        with open(os.path.join(directory, name), "rb") as file:
            inputs.add(file.read())
    with open(path, "wb") as file:
        for data in sorted(inputs, key=lambda item: (len(item), item)):
            file.write(struct.pack("<I", len(data)) + data)


def main(arguments):
    commands = {"seed": (seed, 1), "unpack": (unpack, 2), "pack": (pack, 2)}
    if arguments == ["targets"]:
        for name, length in TARGETS.items():
            print(name, length)
    elif arguments and arguments[0] in commands and len(arguments) == 1 + commands[arguments[0]][1]:
        commands[arguments[0]][0](*arguments[1:])
    else:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
