"""Objects that a reader rejects, one rule each: (row of the index, bytes or None for a recipe).

Whatever is not the rule at hand is right: digests, checksums and names fit the bytes, so that a reader
that forgets the rule accepts the object.
"""
import base64
import json
import struct
import zlib

import cases_trust
import frames
import invalid_manifests
import objects
import recipes
from objects import canonical, sha

A, B, C, D = (sha(letter.encode()) for letter in "abcd")
MIB = 1 << 20


def waybill():
    """(name, bytes or recipe, error, reason)"""
    yield "empty", b"", "integrity", "not JSON"
    yield "cut", b'{"layout":1,"requiredFeatures":[]', "integrity", "not JSON"
    yield "array", b"[]", "integrity", "not an object"
    yield "no-layout", b'{"requiredFeatures":[]}', "integrity", "layout is missing"
    yield "layout-string", b'{"layout":"1","requiredFeatures":[]}', "integrity", "layout is not an integer"
    yield "no-features", b'{"layout":1}', "integrity", "requiredFeatures is missing"
    yield "features-object", b'{"layout":1,"requiredFeatures":{}}', "integrity", "requiredFeatures is not an array"
    yield "features-of-numbers", b'{"layout":1,"requiredFeatures":[1]}', "integrity", "a feature is not a string"
    yield "member-twice", b'{"layout":1,"layout":1,"requiredFeatures":[]}', "integrity", "a member occurs twice"
    yield "other-member-twice", b'{"layout":1,"requiredFeatures":[],"x":1,"x":2}', "integrity", "a member occurs twice"
    yield "lone-surrogate", b'{"layout":1,"requiredFeatures":[],"x":"\\ud800"}', "integrity", "half a surrogate pair"
    yield "not-a-number", b'{"layout":1,"requiredFeatures":[],"x":NaN}', "integrity", "not JSON"
    yield "invalid-utf8", b'{"layout":1,"requiredFeatures":[],"x":"\xff"}', "integrity", "not UTF-8"
    yield "layout-2", b'{"layout":2,"requiredFeatures":[]}', "failure", "an unknown layout: a newer Waybill is needed"
    yield "feature-delta", b'{"layout":1,"requiredFeatures":["delta"]}', "failure", "a feature that layout 1 does not know"
    yield "feature-unknown", b'{"layout":1,"requiredFeatures":["time-travel"]}', "failure", "an unknown feature"
    pad = [{"text": '{"layout":1,"requiredFeatures":[],"x":"'}, {"repeat": [{"text": "x"}], "times": 65536}, {"text": '"}'}]
    yield "too-large", pad, "integrity", "more than 64 KiB"


def entries():
    """(name, bytes or recipe, reason, context)"""
    place = {"model": "acme/tiny", "ref": "main", "n": 2}
    base = objects.payload("acme/tiny", "main", 2, previous=A, manifest=B)

    def bent(name, reason, context=place, /, **members):
        value = dict(base, **members)
        return name, objects.envelope(canonical({k: v for k, v in value.items() if v is not ...})), reason, context

    def wrapped(name, reason, /, **members):
        return name, objects.envelope(canonical(base), **members), reason, place
    good = objects.envelope(canonical(base))
    encoded = json.loads(good)["payload"]
    yield "empty", b"", "not JSON", place
    yield "cut", good[:-1], "not JSON", place
    yield "array", b"[]", "not an object", place
    yield "null", b"null", "not an object", place
    yield "trailing-line-feed", good + b"\n", "not canonical", place
    yield "white-space", good.replace(b'","', b'", "', 1), "not canonical", place
    yield "members-unsorted", json.dumps(dict(reversed(list(json.loads(good).items()))), separators=(",", ":")).encode(), "not canonical", place
    yield "escape-not-shortest", good.replace(b"payloadType", b"payload\\u0054ype"), "not canonical", place
    yield "duplicate-member", good.replace(b',"signatures":[]', b',"signatures":[],"signatures":[]'), "a member occurs twice", place
    yield "byte-order-mark", b"\xef\xbb\xbf" + good, "not canonical", place
    yield wrapped("unknown-member", "an unknown member", extra=1)
    for member in ("payload", "payloadSha256", "payloadType", "signatures"):
        yield wrapped(f"no-{member}", f"{member} is missing", **{member: ...})
    yield wrapped("payload-type", "another payload type", payloadType="application/json")
    yield wrapped("payload-number", "payload is not a string", payload=7)
    yield wrapped("payload-sha256-wrong", "the payload's digest does not match", payloadSha256=C)
    yield wrapped("payload-sha256-upper-case", "digests are lower-case", payloadSha256=sha(canonical(base)).upper())
    yield wrapped("payload-not-base64", "not base64", payload=encoded[:-4] + "!!!!")
    yield wrapped("payload-base64-white-space", "base64 is not canonical", payload=encoded[:8] + "\n" + encoded[8:])
    padded = next(p for p in (canonical(dict(base, manifest=B, time="2025-06-01T12:00:00Z", reason="x" * i)) for i in range(3))
                  if base64.b64encode(p).endswith(b"="))
    text = base64.b64encode(padded).decode()
    yield "payload-base64-without-padding", objects.envelope(padded, payload=text.rstrip("=")), "base64 lacks its padding", place
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    at = len(text.rstrip("=")) - 1
    loose = text[:at] + alphabet[alphabet.index(text[at]) + 1] + text[at + 1:]
    assert base64.b64decode(loose) == padded
    yield "payload-base64-spare-bits", objects.envelope(padded, payload=loose), "base64 has spare bits that are not zero", place
    special = next(p for p in (canonical(dict(base, reason="\u00ff\u00bf" + "~" * i)) for i in range(9)) if set(base64.b64encode(p)) & set(b"+/"))
    yield "payload-base64-url", objects.envelope(special, payload=base64.urlsafe_b64encode(special).decode()), "base64 has another alphabet", place
    yield wrapped("signatures-object", "signatures is not an array", signatures={})
    yield wrapped("signature-member", "a signature has keyid and sig", signatures=[{"keyid": "a", "sig": "b", "x": 1}])
    yield wrapped("signature-without-sig", "a signature has keyid and sig", signatures=[{"keyid": "a"}])
    yield wrapped("signature-number", "sig is not a string", signatures=[{"keyid": "a", "sig": 1}])
    yield wrapped("signature-not-base64", "sig is not base64", signatures=[{"keyid": "a", "sig": "!!!!"}])
    yield wrapped("signature-base64-spare-bits", "base64 has spare bits that are not zero", signatures=[{"keyid": "a", "sig": "c2lnMh=="}])
    yield wrapped("signature-base64-without-padding", "base64 lacks its padding", signatures=[{"keyid": "a", "sig": "c2lnMg"}])
    yield wrapped("signatures-65", "more than 64 signatures", signatures=[{"keyid": "", "sig": "c2ln"}] * 65)
    whole = objects.envelope(canonical(base), signatures=[{"keyid": "k", "sig": "SIG"}])
    head, tail = whole.decode().split("SIG")
    yield "too-large", [{"text": head}, {"repeat": [{"text": "A"}], "times": 65536}, {"text": tail}], "more than 64 KiB", place
    yield "payload-array", objects.envelope(b"[]"), "the payload is not an object", place
    yield "payload-not-json", objects.envelope(b"hello"), "the payload is not JSON", place
    yield "payload-not-canonical", objects.envelope(canonical(base) + b" "), "the payload is not canonical", place
    yield "payload-invalid-utf8", objects.envelope(canonical(dict(base, reason="X")).replace(b'"X"', b'"\xff"')), "the payload is not UTF-8", place
    yield "payload-lone-surrogate", objects.envelope(canonical(dict(base, reason="X")).replace(b'"X"', b'"\\ud800"')), "half a surrogate pair", place
    yield "payload-duplicate", objects.envelope(canonical(base).replace(b'"n":2', b'"n":2,"n":2')), "a member occurs twice", place
    yield "payload-fraction", objects.envelope(canonical(base).replace(b'"n":2', b'"n":2.0')), "n is not canonical", place
    yield "payload-exponent", objects.envelope(canonical(base).replace(b'"n":2', b'"n":2e0')), "n is not canonical", place
    yield bent("unknown-payload-member", "an unknown member", extra=None)
    for member in base:
        yield bent(f"no-{member}", f"{member} is missing", **{member: ...})
    yield bent("other-model", "belongs to another model", model="acme/huge")
    yield bent("other-case", "belongs to a model of another case", model="Acme/tiny")
    yield bent("other-ref", "belongs to another ref", ref="v1")
    yield bent("other-n", "belongs to another number", n=3)
    yield bent("n-string", "n is not an integer", n="2")
    yield bent("n-true", "n is not an integer", {"model": "acme/tiny", "ref": "main", "n": 1}, n=True, previous=None)
    yield bent("n-zero", "n begins at 1", {"model": "acme/tiny", "ref": "main", "n": 0}, n=0, previous=None)
    yield bent("previous-missing", "n above 1 names the previous entry", previous=None)
    yield bent("previous-at-1", "entry 1 has no previous", {"model": "acme/tiny", "ref": "main", "n": 1}, n=1)
    for member in ("previous", "manifest", "attestations"):
        yield bent(f"{member}-short", f"{member} is not a digest", **{member: A[:-1]})
        yield bent(f"{member}-upper-case", f"{member} is not a digest", **{member: A.upper()})
    yield bent("manifest-number", "manifest is not a digest", manifest=1)
    yield bent("manifest-not-hex", "manifest is not a digest", manifest="g" * 64)
    yield bent("moved-to-nowhere", "movedTo is not org/name", manifest=None, movedTo="acme")
    yield bent("moved-to-path", "movedTo is not org/name", manifest=None, movedTo="acme/../x")
    yield bent("moved-to-ref", "movedTo is not org/name", manifest=None, movedTo="acme/tiny:main")
    yield bent("state-unknown", "an unknown state", state="deleted")
    yield bent("state-null", "an unknown state", state=None)
    yield bent("active-names-nothing", "an active entry names a manifest or movedTo", manifest=None)
    yield bent("active-names-both", "an active entry names either a manifest or movedTo", movedTo="acme/huge")
    yield bent("withdrawn-reason-empty", "a withdrawn entry has a reason", state="withdrawn", reason="")
    yield bent("withdrawn-without-reason", "a withdrawn entry has a reason", state="withdrawn")
    yield bent("reason-number", "reason is not a string", reason=1)
    yield bent("reason-2049-bytes", "reason is too long", reason="x" * 2049)
    yield bent("reason-2050-bytes-in-1025-characters", "reason is too long", reason="\u00e9" * 1025)
    for name, value in (("null", None), ("number", 1), ("words", "yesterday"), ("offset", "2025-06-01T12:00:00+00:00"), ("fraction", "2025-06-01T12:00:00.5Z"),
                        ("lower-case", "2025-06-01t12:00:00z"), ("space", "2025-06-01 12:00:00Z"), ("line-feed", "2025-06-01T12:00:00Z\n"),
                        ("other-digits", "\u0662025-06-01T12:00:00Z"), ("month-13", "2025-13-01T12:00:00Z"), ("month-0", "2025-00-01T12:00:00Z"),
                        ("day-0", "2025-06-00T12:00:00Z"), ("day-31", "2025-06-31T12:00:00Z"), ("no-leap-year", "2100-02-29T12:00:00Z"),
                        ("hour-24", "2025-06-01T24:00:00Z"), ("minute-60", "2025-06-01T12:60:00Z"), ("leap-second", "2016-12-31T23:59:60Z")):
        yield bent(f"time-{name}", "time is malformed", time=value)
    yield bent("expires-date", "expires is malformed", expires="2025-06-01")
    yield bent("expires-no-such-day", "expires is malformed", expires="2025-02-29T00:00:00Z")


def hints():
    """(kind, name, bytes, reason, context)"""
    row = {"entry": A, "n": 1, "ref": "main"}
    place = {"model": "acme/tiny"}
    for name, value, reason in (("other-model", {"model": "acme/huge", "refs": [row], "waybill": 1}, "belongs to another model"),
                                ("refs-object", {"model": "acme/tiny", "refs": {}, "waybill": 1}, "refs is not an array"),
                                ("n-zero", {"model": "acme/tiny", "refs": [dict(row, n=0)], "waybill": 1}, "n begins at 1"),
                                ("entry-not-digest", {"model": "acme/tiny", "refs": [dict(row, entry="x")], "waybill": 1}, "entry is not a digest"),
                                ("ref-name", {"model": "acme/tiny", "refs": [dict(row, ref="../x")], "waybill": 1}, "not a ref's name"),
                                ("ref-reserved", {"model": "acme/tiny", "refs": [dict(row, ref="Latest")], "waybill": 1}, "a reserved name in another case"),
                                ("ref-json", {"model": "acme/tiny", "refs": [dict(row, ref="Index.JSON")], "waybill": 1}, "a reserved name in another case"),
                                ("ref-twice", {"model": "acme/tiny", "refs": [dict(row, ref="Main"), row], "waybill": 1}, "refs differ only in case"),
                                ("unknown-member", {"model": "acme/tiny", "refs": [row], "waybill": 1, "x": 1}, "an unknown member"),
                                ("unsorted", {"model": "acme/tiny", "refs": [row, dict(row, ref="Main2")], "waybill": 1}, "refs out of order")):
        yield "index", name, canonical(value), reason, place
    yield "index", "not-json", b"<html>404</html>", "not JSON", place
    for name, value, reason in (("models-string", {"models": "acme/tiny", "waybill": 1}, "models is not an array"),
                                ("model-name", {"models": ["acme/../x"], "waybill": 1}, "not a model's name"),
                                ("model-twice", {"models": ["Acme/tiny", "acme/tiny"], "waybill": 1}, "models differ only in case"),
                                ("unknown-member", {"models": ["acme/tiny"], "waybill": 1, "x": 1}, "an unknown member"),
                                ("unsorted", {"models": ["acme/tiny", "Acme2/x"], "waybill": 1}, "models out of order")):
        yield "catalog", name, canonical(value), reason, {}
    yield "catalog", "not-json", b"", "not JSON", {}
    yield "catalog", "white-space", b'{"models": [],"waybill":1}', "not canonical", {}


def lists():
    """(name, bytes or recipe, reason)"""
    good = objects.list_segment([(A, 5, 0), (B, 4194304, 1)])
    yield "empty", b"", "no header"
    yield "header-alone", good[:16], "no row"
    yield "no-row", objects.list_segment([]), "1 to 8,192 rows"
    yield "magic", b"WBLIST2\n" + good[8:], "unknown magic"
    yield "header-reserved", good[:12] + b"\1" + good[13:], "reserved bytes are not zero"
    yield "cut", good[:-1], "not 16 + 40 x rows bytes"
    yield "trailing-byte", good + b"\0", "not 16 + 40 x rows bytes"
    yield "rows-less", good[:8] + struct.pack("<I", 1) + good[12:], "not 16 + 40 x rows bytes"
    yield "rows-more", good[:8] + struct.pack("<I", 3) + good[12:], "not 16 + 40 x rows bytes"
    yield "rows-overflow", good[:8] + struct.pack("<I", 2 + 0x20000000) + good[12:], "40 x rows only modulo 2^32"
    yield "raw-length-0", objects.list_segment([(A, 0, 0)]), "a chunk has at least one byte"
    yield "raw-length-4194305", objects.list_segment([(A, 4194305, 0)]), "a chunk has at most 4 MiB"
    for i in range(3):
        yield f"row-reserved-{i}", good[:16 + 37 + i] + b"\1" + good[16 + 38 + i:], "reserved bytes are not zero"
    row = {"repeat": [{"hex": objects.list_segment([(A, 1, 0)])[16:].hex()}], "times": 8193}
    yield "8193-rows", [{"text": "WBLIST1\n"}, {"hex": struct.pack("<II", 8193, 0).hex()}, row], "at most 8,192 rows"


def locators():
    """(name, bytes, reason, rows of the segment)"""
    good = objects.locator(A, [B, C], [(0, 8, 25), (1, 8, 30)])
    body = good[:-4]

    def patch(at, data):
        return objects.seal(body[:at] + data + body[at + len(data):])
    yield "empty", b"", "no header", 2
    yield "cut", good[:-1], "CRC-32", 2
    yield "crc", good[:-1] + bytes([good[-1] ^ 1]), "CRC-32", 2
    yield "crc-of-flipped-bit", good[:100] + bytes([good[100] ^ 1]) + good[101:], "CRC-32", 2
    yield "crc-big-endian", body + struct.pack(">I", zlib.crc32(body)), "CRC-32", 2
    yield "magic", patch(0, b"WBLOCT2\n"), "unknown magic", 2
    yield "other-segment", patch(8, bytes.fromhex(D)), "belongs to another segment", 2
    yield "rows-less", objects.locator(A, [B, C], [(0, 8, 25)]), "fewer rows than the segment", 2
    yield "rows-more", objects.locator(A, [B, C], [(0, 8, 25)] * 3), "more rows than the segment", 2
    yield "rows-field", patch(40, struct.pack("<I", 3)), "rows that its size contradicts", 3
    yield "packs-field", patch(44, struct.pack("<I", 3)), "packs that its size contradicts", 2
    yield "alternates-field", patch(48, struct.pack("<I", 1)), "alternates that its size contradicts", 2
    yield "packs-65537", patch(44, struct.pack("<I", 65537)), "at most 65,536 packs", 2
    yield "alternates-65537", patch(48, struct.pack("<I", 65537)), "at most 65,536 alternates", 2
    yield "packs-overflow", patch(44, struct.pack("<I", 2 + (1 << 27))), "32 x packs only modulo 2^32", 2
    yield "reserved", patch(52, b"\1"), "reserved bytes are not zero", 2
    yield "trailing-byte", objects.seal(body + b"\0"), "bytes that no count explains", 2
    yield "row-missing", objects.seal(body[:-12]), "fewer bytes than its counts", 2
    yield "pack-twice", objects.locator(A, [B, B], [(0, 8, 25), (1, 8, 30)]), "a pack is named twice", 2
    yield "pack-number", objects.locator(A, [B, C], [(0, 8, 25), (2, 8, 30)]), "a pack number without a pack", 2
    yield "pack-number-without-packs", objects.locator(A, [], [(0, 8, 25)]), "a pack number without a pack", 1
    yield "not-held-with-offset", objects.locator(A, [B], [(objects.NOWHERE, 8, 0)]), "not held, but has an offset", 1
    yield "not-held-with-length", objects.locator(A, [B], [(objects.NOWHERE, 0, 25)]), "not held, but has a length", 1
    yield "past-64-mib", objects.locator(A, [B], [(0, 67108864 - 24, 25)]), "offset + length above 64 MiB", 1
    yield "offset-overflow", objects.locator(A, [B], [(0, 0xFFFFFFFF, 25)]), "offset + length only modulo 2^32", 1
    yield "stored-length-0", objects.locator(A, [B], [(0, 8, 0)]), "a frame has at least one byte", 1
    alternate = objects.alternate(0, 0, 8, 25, base=D)
    for name, at, reason in (("reserved", 17, "reserved bytes are not zero"), ("tail", 79, "reserved bytes are not zero")):
        bent = alternate[:at] + b"\1" + alternate[at + 1:]
        yield f"alternate-{name}", objects.locator(A, [B], [(0, 8, 25)], [bent]), reason, 1
    yield "alternate-row", objects.locator(A, [B], [(0, 8, 25)], [objects.alternate(1, 0, 8, 25, base=D)]), "an alternate of no row", 1
    yield "alternate-pack", objects.locator(A, [B], [(0, 8, 25)], [objects.alternate(0, 1, 8, 25, base=D)]), "an alternate in no pack", 1
    yield "alternate-not-held", objects.locator(A, [B], [(0, 8, 25)], [objects.alternate(0, objects.NOWHERE, 0, 0, base=D)]), "an alternate in no pack", 1
    yield "alternate-stored-length-0", objects.locator(A, [B], [(0, 8, 25)], [objects.alternate(0, 0, 8, 0, base=D)]), "a frame has at least one byte", 1
    past = objects.alternate(0, 0, 67108864 - 24, 25, base=D)
    yield "alternate-past-64-mib", objects.locator(A, [B], [(0, 8, 25)], [past]), "offset + length above 64 MiB", 1


def packs():
    """(name, pack name, bytes or recipe, reason)"""
    raws = [b"hello", b"weights weigh"]
    stored = [frames.encode(raw, 0, "raw") for raw in raws]
    area, nonce = b"".join(stored), sha(b"nonce")[:16].encode()
    rows = [(sha(raws[0]), 5, len(stored[0]), 8), (sha(raws[1]), 13, len(stored[1]), 8 + len(stored[0]))]
    end = 8 + len(area)

    def built(name, reason, foot=None, header=b"WBPACK1\n", body=area, after=None):
        foot = objects.footer(rows, end, nonce) if foot is None else foot
        return name, sha(foot), header + body + foot + (objects.trailer(len(foot)) if after is None else after), reason

    def row(name, reason, *changed, offset=end):
        return built(name, reason, objects.footer(changed, offset, nonce))
    foot = objects.footer(rows, end, nonce)

    def patched(name, reason, at, data):
        return built(name, reason, foot[:at] + data + foot[at + len(data):])
    yield "empty", sha(b""), b"", "no header"
    yield "header-alone", sha(b""), b"WBPACK1\n", "no footer"
    yield "trailer-alone", sha(b""), b"WBPACK1\n" + objects.trailer(0), "no footer"
    yield built("magic", "unknown magic", header=b"WBPACK2\n")
    yield built("trailer-magic", "unknown magic of the trailer", after=struct.pack("<II", len(foot), 0) + b"WBPKENE\n")
    yield built("trailer-reserved", "reserved bytes are not zero", after=struct.pack("<II", len(foot), 1) + b"WBPKEND\n")
    yield built("trailer-length-less", "footer length is wrong", after=objects.trailer(len(foot) - 80))
    yield built("trailer-length-more", "footer length is wrong", after=objects.trailer(len(foot) + 1))
    yield built("trailer-length-huge", "footer length is beyond the pack", after=objects.trailer(0xFFFFFFFF))
    yield built("trailing-byte", "a byte after the trailer", after=objects.trailer(len(foot)) + b"\0")
    yield built("cut", "the trailer is cut", after=objects.trailer(len(foot))[:-1])
    name, _, data, _ = built("other-name", "")
    yield name, A, data, "the footer's SHA-256 is not the pack's name"
    yield patched("footer-magic", "unknown magic of the footer", 0, b"WBFOOT2\n")
    yield patched("footer-offset-less", "footer offset is wrong", 24, struct.pack("<Q", end - 1))
    yield patched("footer-offset-more", "footer offset is wrong", 24, struct.pack("<Q", end + (1 << 32)))
    yield patched("rows-less", "rows that its length contradicts", 32, struct.pack("<I", 1))
    yield patched("rows-more", "rows that its length contradicts", 32, struct.pack("<I", 3))
    yield patched("rows-262145", "at most 262,144 rows", 32, struct.pack("<I", 262145))
    yield patched("footer-reserved-first", "reserved bytes are not zero", 36, b"\1")
    yield patched("footer-reserved-last", "reserved bytes are not zero", 55, b"\1")
    yield built("no-row", "1 to 262,144 rows", objects.footer([], 8, nonce), body=b"")
    yield built("footer-half-row", "not 56 + 80 x rows bytes", foot + b"\0")
    yield row("raw-length-0", "a chunk has at least one byte", (rows[0][0], 0) + rows[0][2:], rows[1])
    yield row("raw-length-4194305", "a chunk has at most 4 MiB", (rows[0][0], 4194305) + rows[0][2:], rows[1])
    yield row("stored-length-0", "a frame has at least one byte", rows[0][:2] + (0, 8), (rows[1][0], 13, len(area), 8))
    big = frames.assemble(0, 5, [(0, 5, b"hello")]) + bytes(600)
    yield "stored-length-above-raw-plus-512", sha(objects.footer([(sha(b"hello"), 5, len(big), 8)], 8 + len(big), nonce)), \
        b"WBPACK1\n" + big + objects.footer([(sha(b"hello"), 5, len(big), 8)], 8 + len(big), nonce) + objects.trailer(136), \
        "stored length above raw length + 512"
    yield row("first-offset", "the first frame is at 8", rows[0][:3] + (9,), rows[1])
    yield row("gap", "a gap between frames", rows[0][:2] + (len(stored[0]) - 1, 8), rows[1])
    yield row("overlap", "frames overlap", rows[0][:2] + (len(stored[0]) + 1, 8), rows[1])
    yield row("unsorted", "rows are not by ascending offset", rows[1], rows[0])
    yield row("same-row-twice", "frames overlap", rows[0], rows[1], rows[1])
    yield row("bytes-before-footer", "bytes that no row covers", rows[0])
    yield row("into-footer", "a frame reaches into the footer", rows[0], rows[1][:2] + (len(stored[1]) + 10, rows[1][3]))
    yield patched("kind-1", "delta forms are reserved", 56 + 44, b"\1")
    yield patched("kind-1-with-base", "delta forms are reserved", 56 + 44, b"\1\0\0\0" + bytes.fromhex(B))
    yield patched("kind-2", "an unknown kind", 56 + 44, b"\2")
    for i in range(3):
        yield patched(f"row-reserved-{i}", "reserved bytes are not zero", 56 + 45 + i, b"\1")
    yield patched("base-of-full-form", "a full form has no base", 56 + 79, b"\1")
    count = 17
    frame = frames.assemble(0, 4 * MIB, [(0, 4 * MIB, b"")])[:16] + struct.pack("<I", 4 * MIB)
    size = len(frame) + 4 * MIB
    many = objects.footer([(A, 4 * MIB, size, 8 + i * size) for i in range(count)], 8 + count * size, nonce)
    yield "larger-than-64-mib", sha(many), [{"text": "WBPACK1\n"}, {"repeat": [{"hex": frame.hex()}, {"zeros": 4 * MIB}], "times": count},
                                            {"hex": (many + objects.trailer(len(many))).hex()}], "more than 64 MiB"


def cases():
    def row(kind, name, data, error, reason, **members):
        extension = "json" if kind not in ("list", "locator", "pack") else "bin"
        source = {"make": data} if isinstance(data, list) else {"file": f"{kind}-{name}.{extension}"}
        return dict({"case": f"{kind}-{name}", "kind": kind}, **source, error=error, reason=reason, **members), None if isinstance(data, list) else data

    def digest(data):
        return sha(recipes.make(data) if isinstance(data, list) else data)
    for name, data, error, reason in waybill():
        yield row("waybill", name, data, error, reason)
    for name, data, reason, context in entries():
        yield row("entry", name, data, "integrity", reason, **context)
    for kind, name, data, reason, context in hints():
        yield row(kind, name, data, "integrity", reason, **context)
    for kind, name, data, error, reason, context in cases_trust.invalid():
        yield row(kind, name, data, error, reason, **context)
    for name, data, error, reason in invalid_manifests.cases():
        yield row("manifest", name, data, error, reason, digest=digest(data))
    yield row("manifest", "other-digest", canonical(objects.manifest([objects.file("a.txt")])), "integrity", "its SHA-256 is not its name", digest=A)
    for name, data, reason in lists():
        yield row("list", name, data, "integrity", reason, digest=digest(data))
    yield row("list", "other-digest", objects.list_segment([(A, 5, 0)]), "integrity", "its SHA-256 is not its name", digest=B)
    for name, data, reason, count in locators():
        yield row("locator", name, data, "integrity", reason, segment=A, count=count)
    for name, pack, data, reason in packs():
        yield row("pack", name, data, "integrity", reason, digest=pack)
