"""Encoders of the store's objects, written from Protocol/STORE.md, MANIFEST.md and REFS.md."""
import base64
import hashlib
import json
import struct
import zlib

CLAIMS = ("licenses", "licenseNames", "licenseLinks", "baseModels", "datasets", "languages")
NOWHERE = 0xFFFFFFFF


def sha(data):
    return hashlib.sha256(data).hexdigest()


def canonical(value):
    """RFC 8785 for values whose member names are ASCII."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


def list_segment(rows):
    """rows: (chunk digest in hex, raw length, element type)"""
    body = b"".join(struct.pack("<32sIB3x", bytes.fromhex(name), length, kind) for name, length, kind in rows)
    return b"WBLIST1\n" + struct.pack("<II", len(rows), 0) + body


def seal(data):
    """Append the CRC-32."""
    return data + struct.pack("<I", zlib.crc32(data))


def locator(segment, packs, rows, alternates=()):
    """packs: names in hex; rows: (pack number, offset, stored length); alternates: 80 bytes each"""
    head = b"WBLOCT1\n" + bytes.fromhex(segment) + struct.pack("<IIII", len(rows), len(packs), len(alternates), 0)
    return seal(head + b"".join(map(bytes.fromhex, packs)) + b"".join(struct.pack("<III", *row) for row in rows) + b"".join(alternates))


def alternate(row, pack, offset, stored, kind=1, base="00" * 32):
    return struct.pack("<IIIIB3x32s28x", row, pack, offset, stored, kind, bytes.fromhex(base))


def footer(rows, offset, nonce, count=None):
    """rows: (chunk digest in hex, raw length, stored length, offset)"""
    body = b"".join(struct.pack("<32sIIIB3x32x", bytes.fromhex(name), raw, stored, at, 0) for name, raw, stored, at in rows)
    return b"WBFOOT1\n" + nonce + struct.pack("<QI20x", offset, len(rows) if count is None else count) + body


def trailer(length):
    return struct.pack("<II", length, 0) + b"WBPKEND\n"


def pack(frames, nonce):
    """frames: (chunk digest in hex, raw length, frame). Gives (name, bytes, rows)."""
    rows, at = [], 8
    for name, raw, frame in frames:
        rows.append((name, raw, len(frame), at))
        at += len(frame)
    foot = footer(rows, at, nonce)
    return sha(foot), b"WBPACK1\n" + b"".join(frame for _, _, frame in frames) + foot + trailer(len(foot)), rows


def payload(model, ref, n, **members):
    value = {"model": model, "ref": ref, "n": n, "previous": None, "manifest": None, "movedTo": None, "attestations": None, "state": "active",
             "reason": None, "time": "2025-06-01T12:00:00Z", "expires": None}
    value.update(members)
    return value


def envelope(data, signatures=(), **members):
    """The envelope around a payload's bytes."""
    value = {"payload": base64.b64encode(data).decode(), "payloadSha256": sha(data), "payloadType": "application/vnd.waybill.ref+json",
             "signatures": list(signatures) if isinstance(signatures, tuple) else signatures}
    value.update(members)
    return canonical({name: item for name, item in value.items() if item is not ...})


def entry(model, ref, n, signatures=(), **members):
    return envelope(canonical(payload(model, ref, n, **members)), signatures)


def content_id(files):
    return sha(canonical([[file["path"], file["sha256"], file["size"]] for file in files]))


def no_claims():
    return {name: {"assertion": "noAssertion", "values": []} for name in CLAIMS}


def file(path, data=b"hello", /, form="opaque", rows=None, **members):
    value = {"path": path, "size": len(data), "sha256": sha(data), "format": form, "rows": int(len(data) > 0) if rows is None else rows}
    value.update(members)
    return value


def manifest(files, lists=None, papers=None, base_models=(), **members):
    """A manifest as a value; rows are numbered and lists named unless given."""
    at, done = 0, []
    for item in files:
        done.append(dict({"firstRow": at}, **item))
        at += item["rows"]
    if lists is None:
        lists = [sha(f"segment {i}".encode()) for i in range(-(-at // 8192))]
    value = {"waybill": 1, "plan": "t1", "papersPlan": "p1", "contentId": content_id(done), "files": done, "lists": lists,
             "papers": papers or {"claims": no_claims(), "evidence": []}, "baseModels": list(base_models)}
    value.update(members)
    return {name: item for name, item in value.items() if item is not ...}
