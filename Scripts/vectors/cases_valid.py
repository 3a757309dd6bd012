"""Objects that a reader accepts: (row of the index, bytes or None for a recipe)."""
import base64
import json

import cases_trust
import deflate
import frames
import objects
import recipes
from objects import canonical, sha

A, B, C, D = (sha(letter.encode()) for letter in "abcd")
EVIDENCE = [{"file": "README.md", "place": "base_model", "sha256": sha(b"hello")}, {"file": "README.md", "place": "license", "sha256": sha(b"hello")},
            {"file": "model.gguf", "place": "general.license", "sha256": sha(b"hello")}]


def waybill():
    yield "minimal", b'{"layout":1,"requiredFeatures":[]}'
    yield "other-members", b'{"created":"2025-06-01","layout":1,"requiredFeatures":[],"ratio":0.5}'
    yield "not-canonical", b'{ "requiredFeatures" : [ ],\n  "layout" : 1 }\n'
    yield "members-differ-by-normalisation", '{"layout":1,"requiredFeatures":[],"\u00e9":1,"e\u0301":2}'.encode()
    yield "other-member-with-a-member-twice", b'{"layout":1,"requiredFeatures":[],"x":{"y":-1e400,"y":[]}}'


def entries():
    """(name, model, ref, n, bytes)"""
    def simple(name, model="acme/tiny", ref="main", n=1, signatures=(), **members):
        return name, model, ref, n, objects.entry(model, ref, n, signatures, **members)
    first = objects.entry("acme/tiny", "main", 1, manifest=A)
    yield "first", "acme/tiny", "main", 1, first
    yield simple("second", n=2, previous=sha(first), manifest=B)
    yield simple("withdrawn", n=3, previous=C, manifest=B, state="withdrawn", reason="Wrong licence.")
    yield simple("withdrawn-without-manifest", n=3, previous=C, state="withdrawn", reason="Gone.")
    yield simple("moved", n=2, previous=C, movedTo="acme/huge")
    yield simple("signed", manifest=A, signatures=[{"keyid": "k1", "sig": "c2ln"}, {"keyid": "", "sig": "c2lnMg=="}])
    yield simple("signatures-64", manifest=A, signatures=[{"keyid": "", "sig": "c2ln"}] * 64)
    yield simple("attested-and-expiring", manifest=A, attestations=D, expires="2026-06-01T00:00:00Z")
    yield simple("leap-day", manifest=A, time="0000-02-29T00:00:00Z", expires="2400-02-29T23:59:59Z")
    yield simple("reason-with-escapes", manifest=A, state="withdrawn", reason='"\\/\b\f\n\r\t\0\x1f\x7f\u00e9\u2028\U0001f600')
    yield simple("reason-2048-bytes", manifest=A, state="withdrawn", reason="\u00e9" * 1024)
    yield simple("reason-while-active", manifest=A, reason="Replaces a broken upload.")
    yield simple("largest-n", n=9999999999, previous=C, manifest=A)
    yield simple("longest-names", model="O" * 96 + "/" + "n" * 96, ref="r" * 96, manifest=A)
    yield simple("odd-names", model="0-_/9..a", ref="v1.2_rc-1", manifest=A)


def hints():
    """(kind, name, model or None, bytes)"""
    yield "index", "one", "acme/tiny", canonical({"model": "acme/tiny", "refs": [{"entry": A, "n": 3, "ref": "main"}], "waybill": 1})
    yield "index", "two", "acme/tiny", canonical({"model": "acme/tiny", "refs": [{"entry": A, "n": 3, "ref": "Main2"}, {"entry": B, "n": 1, "ref": "main"}],
                                                  "waybill": 1})
    yield "index", "empty", "acme/tiny", canonical({"model": "acme/tiny", "refs": [], "waybill": 1})
    yield "catalog", "two", None, canonical({"models": ["Acme2/x", "acme/tiny"], "waybill": 1})
    yield "catalog", "empty", None, canonical({"models": [], "waybill": 1})


def full_papers():
    files = [objects.file("README.md"), objects.file("model.gguf", form="gguf")]
    claims = objects.no_claims()

    def claimed(*values):
        return {"assertion": "claimed", "values": [{"evidence": evidence, "value": value} for value, evidence in values]}
    claims["licenses"] = claimed(("Apache-2.0", [1]), ("apache-2.0", [1, 2]))
    claims["licenseNames"] = claimed(("\u00e9" * 1024, [1]))
    claims["baseModels"] = claimed(("acme/base", [0]))
    claims["languages"] = claimed(*[(f"l{i:04d}", [2]) for i in range(12)])
    return objects.manifest(files, papers={"claims": claims, "evidence": EVIDENCE}, base_models=[{"name": "acme/base", "relation": "quantized"}])


def disclosed():
    """Claims from a disclosure.yaml beside those of a card."""
    files = [objects.file("README.md"), objects.file("disclosure.yaml")]
    evidence = [{"file": "README.md", "place": "license", "sha256": files[0]["sha256"]}]
    evidence += [{"file": "disclosure.yaml", "place": place, "sha256": files[1]["sha256"]} for place in ("baseModels", "license.expression")]
    claims = objects.no_claims()
    claims["licenses"] = {"assertion": "claimed", "values": [
        {"evidence": [2], "value": "Apache-2.0"}, {"evidence": [0], "value": "apache-2.0"}]}
    claims["baseModels"] = {"assertion": "claimed", "values": [{"evidence": [1], "value": "acme/base"}]}
    return objects.manifest(files, papers={"claims": claims, "evidence": evidence}, papersPlan="p2",
                            base_models=[{"name": "acme/base", "relation": "finetune"}])


def manifests():
    yield "minimal", objects.manifest([objects.file("a.txt")])
    yield "only-an-empty-file", objects.manifest([objects.file("empty", b"")])
    yield "empty-files-between", objects.manifest([objects.file("a", b""), objects.file("b"), objects.file("c", b""), objects.file("d"), objects.file("e", b"")])
    yield "papers", full_papers()
    loose = full_papers()
    loose["papers"]["claims"]["languages"] = {"assertion": "claimed", "values": [{"evidence": [2], "value": ""}]}
    loose["papers"]["evidence"][0]["place"] = ""
    loose["papers"]["evidence"][2]["place"] = "p" * 2048
    loose["papers"]["claims"]["licenses"]["values"].pop(0)
    loose["baseModels"] = [{"name": "n" * 2048, "relation": "merge"}, {"name": "a", "relation": "merge"}, {"name": "a", "relation": "merge"}]
    yield "papers-at-the-limits", loose
    for relation in ("adapter", "finetune", "merge", "noAssertion"):
        yield f"relation-{relation}", objects.manifest([objects.file("a.txt")], base_models=[{"name": "acme/base", "relation": relation}])
    base = {"name": "acme/base", "relation": "distilled"}
    yield "papers-plan-p2", objects.manifest([objects.file("a.txt")], papersPlan="p2")
    yield "papers-plan-p2-relation-distilled", objects.manifest([objects.file("a.txt")], base_models=[base], papersPlan="p2")
    yield "papers-plan-p2-disclosure", disclosed()
    yield "formats", objects.manifest([objects.file("a", form="gguf"), objects.file("b", form="opaque"), objects.file("c", form="safetensors")])
    yield "full-segment", objects.manifest([objects.file("a", size=8192 * 1048576, rows=8192)])
    yield "two-segments", objects.manifest([objects.file("a", size=8192, rows=8192), objects.file("b")])
    yield "five-segments", objects.manifest([objects.file("a", size=40000 * 4194304, rows=40000)])
    paths = ["CON_.txt", "a/.gitignore", "a/.github/x", "a/.waybillx", "a/..b", "a/...c", "a/b c", "a/b.c.d", "auxiliary", "com0", "com10.txt", "console.log",
             "lpt", "nul_", "x.con", "\u00e4/\u65e5\u672c\u8a9e/\U0001f600", "stra\u00dfe", "strasse", "-x", "~", "a:b", "\u00a0", "'\"<>|?*"]
    yield "paths", objects.manifest([objects.file(path) for path in sorted(paths, key=str.encode)])
    yield "path-longest", objects.manifest([objects.file("/".join(["p" * 255] * 8))])
    yield "path-deepest", objects.manifest([objects.file("/".join(["p"] * 64))])
    order = ["a", "a!b", "a-/x", "b/x", "b0", "\uff5e", "\U00010000"]
    yield "path-order-is-by-utf-8", objects.manifest([objects.file(path) for path in order])
    yield "folder-names-that-only-begin-alike", objects.manifest([objects.file(path) for path in ("a", "a.b/c", "ab/c")])


def lists():
    """(name, rows, bytes, recipe or None)"""
    rows = [(A, 1, 0), (B, 4194304, 1), (A, 1, 0), (C, 65536, 66), (D, 5, 255)]
    yield "one-row", rows[:1], objects.list_segment(rows[:1]), None
    yield "five-rows", rows, objects.list_segment(rows), None
    row = objects.list_segment([(A, 1048576, 1)])[16:]
    yield "8192-rows", None, None, [{"text": "WBLIST1\n"}, {"hex": "0020000000000000"}, {"repeat": [{"hex": row.hex()}], "times": 8192}]


def locators():
    """(name, segment, packs, rows, bytes)"""
    def simple(name, packs, rows, alternates=()):
        return name, A, packs, rows, objects.locator(A, packs, rows, alternates)
    nowhere = (objects.NOWHERE, 0, 0)
    yield simple("one-row", [B], [(0, 8, 25)])
    yield simple("two-packs", [C, B], [(1, 8, 25), (0, 33, 1000000), (1, 33, 21), (1, 8, 25)])
    yield simple("chunk-not-held", [B], [(0, 8, 25), nowhere])
    yield simple("no-pack", [], [nowhere, nowhere])
    yield simple("unused-pack", [B, C], [(0, 8, 25)])
    yield simple("up-to-64-mib", [B], [(0, 67108864 - 25, 25)])
    yield simple("alternate", [B], [(0, 8, 25), (0, 33, 30)], [objects.alternate(1, 0, 63, 22, base=C)])
    yield simple("alternates-of-any-kind", [B], [(0, 8, 25)], [objects.alternate(0, 0, 33, 22, kind=kind) for kind in (0, 255)])


def packs():
    """(name, pack name, rows, bytes)"""
    def simple(name, *chunks):
        pack, data, rows = objects.pack([(sha(raw), len(raw), frame) for raw, frame in chunks], sha(name.encode())[:16].encode())
        return name, pack, rows, data

    def flat(raw, codec="raw"):
        return raw, frames.encode(raw, 0, codec)
    yield simple("one-frame", flat(b"hello"))
    half = b"\x80\x3f" * 100
    yield simple("three-frames", flat(b"hello"), (half, frames.encode(half, 1, None)), flat(b"a" * 3000, "dynamic"))
    yield simple("a-chunk-twice", flat(b"hello"), flat(b"hello", "dynamic"))
    yield simple("frame-longer-than-raw", (b"x", frames.assemble(0, 1, [(2, 1, deflate.compress(b"x", "dynamic"))])))
    zeros = bytes(4194304)
    yield simple("constant-4-mib", (zeros, frames.assemble(0, 4194304, [(1, 4194304, b"\0")])))


def cases():
    def row(kind, name, data, extension, **members):
        return dict({"case": f"{kind}-{name}", "kind": kind, "file": f"{kind}-{name}.{extension}", "sha256": sha(data)}, **members), data
    for name, data in waybill():
        yield row("waybill", name, data, "json")
    for name, model, ref, n, data in entries():
        yield row("entry", name, data, "json", model=model, ref=ref, n=n, payload=json.loads(base64.b64decode(json.loads(data)["payload"])))
    for kind, name, model, data in hints():
        yield row(kind, name, data, "json", **({"model": model} if model else {}))
    for kind, name, context, data in cases_trust.valid():
        facts = {"fingerprint": json.loads(data)["payloadSha256"]} if kind == "keyset" else {"digest": sha(data)}
        yield row(kind, name, data, "json", **context, **facts)
    for name, value in manifests():
        data = canonical(value)
        yield row("manifest", name, data, "json", digest=sha(data), contentId=value["contentId"])
    for name, rows, data, parts in lists():
        if parts:
            data = recipes.make(parts)
            yield {"case": f"list-{name}", "kind": "list", "make": parts, "sha256": sha(data), "digest": sha(data), "count": 8192}, None
        else:
            yield row("list", name, data, "bin", digest=sha(data), rows=[list(r) for r in rows])
    for name, segment, packed, rows, data in locators():
        yield row("locator", name, data, "bin", segment=segment, packs=packed, rows=[list(r) for r in rows])
    for name, pack, rows, data in packs():
        yield row("pack", name, data, "bin", digest=pack, rows=[list(r) for r in rows])
