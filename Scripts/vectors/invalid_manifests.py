"""Manifests that a reader rejects: (name, bytes or recipe, error, reason)."""
import json
import unicodedata

import cases_valid
import objects
from objects import canonical, file, sha

A, B, C, D = (sha(letter.encode()) for letter in "abcd")

PATHS = [
    ("empty", "", "1 to 2,048 bytes"),
    ("absolute", "/a", "an absolute path"),
    ("slash-at-end", "a/", "an empty component"),
    ("double-slash", "a//b", "an empty component"),
    ("dot", ".", "a component ."),
    ("dot-inside", "a/./b", "a component ."),
    ("parent", "..", "a component .."),
    ("parent-first", "../a", "a component .."),
    ("parent-inside", "a/../b", "a component .."),
    ("nul", "a\0b", "a control character"),
    ("line-feed", "a\nb", "a control character"),
    ("escape", "a\x1b[2J", "a control character"),
    ("unit-separator", "a\x1fb", "a control character"),
    ("delete", "a\x7fb", "a control character"),
    ("c1-first", "a\x80b", "a control character"),
    ("c1-last", "a\x9fb", "a control character"),
    ("backslash", "a\\b", "a backslash"),
    ("drive", "C:\\a", "a backslash"),
    ("waybill", ".waybill", "a reserved name"),
    ("waybill-case", "a/.WayBill/b", "a reserved name"),
    ("git", ".git/config", "a reserved name"),
    ("git-case", "a/.GIT", "a reserved name"),
    ("cache", "x/.Cache/y", "a reserved name"),
    ("con", "con", "a device name"),
    ("prn-extension", "PRN.txt", "a device name"),
    ("aux-folder", "a/Aux/b", "a device name"),
    ("nul-extensions", "nul.tar.gz", "a device name"),
    ("com1", "COM1", "a device name"),
    ("com9", "com9.bin", "a device name"),
    ("lpt1", "lpt1", "a device name"),
    ("lpt9-extension", "Lpt9.x", "a device name"),
    ("dot-at-end", "a.", "ends with a dot"),
    ("dot-at-end-of-folder", "a./b", "ends with a dot"),
    ("three-dots", "...", "ends with a dot"),
    ("space-at-end", "a ", "ends with a space"),
    ("space-at-end-of-folder", "a /b", "ends with a space"),
    ("space", " ", "ends with a space"),
    ("component-256", "p" * 256, "a component of more than 255 bytes"),
    ("component-256-in-128-characters", "\u00e9" * 128, "a component of more than 255 bytes"),
    ("components-65", "/".join(["p"] * 65), "more than 64 components"),
    ("bytes-2049", "/".join(["p" * 255] * 7 + ["p" * 254, "pp"]), "more than 2,048 bytes"),
]

COLLISIONS = [
    ("case", "A.txt", "a.txt", "differ only in case"),
    ("case-of-folders", "A/x", "a/X", "differ only in case"),
    ("case-beyond-ascii", "\u00c9", "\u00e9", "differ only in case"),
    ("kelvin-sign", "k", "\u212a", "differ only in case"),
    ("normalisation", "e\u0301", "\u00e9", "differ only in normalisation"),
    ("normalisation-hangul", "\u1100\u1161", "\uac00", "differ only in normalisation"),
    ("normalisation-order", "a\u0323\u0302", "a\u0302\u0323", "differ only in normalisation"),
    ("case-and-normalisation", "E\u0301", "\u00e9", "differ in case and normalisation"),
    ("folder", "a", "a/b", "a path is a folder of another"),
    ("folder-deep", "a/b", "a/b/c/d", "a path is a folder of another"),
    ("folder-case", "A", "a/b", "a path is a folder of another but for case"),
]


def bend(value, **members):
    """A manifest with members replaced (or left out, with ...), and a fitting content id unless one is given."""
    result = {name: item for name, item in dict(value, **members).items() if item is not ...}
    if "contentId" not in members:
        try:
            result["contentId"] = objects.content_id(result["files"])
        except (KeyError, TypeError):
            pass
    return canonical(result)


def structure():
    base = objects.manifest([file("a.txt"), file("b.txt", b"world!")])
    good = canonical(base)
    yield "empty", b"", "not JSON"
    yield "cut", good[:-1], "not JSON"
    yield "array", b"[]", "not an object"
    yield "trailing-line-feed", good + b"\n", "not canonical"
    yield "white-space", good.replace(b'"files":[', b'"files": ['), "not canonical"
    yield "members-unsorted", json.dumps(dict(sorted(base.items(), reverse=True)), separators=(",", ":")).encode(), "not canonical"
    yield "escape-not-shortest", good.replace(b"a.txt", b"\\u0061.txt"), "not canonical"
    yield "escaped-slash", canonical(objects.manifest([file("a/b")])).replace(b"a/b", b"a\\/b"), "not canonical"
    yield "escaped-beyond-ascii", json.dumps(objects.manifest([file("\u00e9")]), sort_keys=True, separators=(",", ":")).encode(), "not canonical"
    yield "byte-order-mark", b"\xef\xbb\xbf" + good, "not canonical"
    yield "invalid-utf8", canonical(objects.manifest([file("XY")])).replace(b"XY", b"\xc3\x28"), "not UTF-8"
    yield "overlong-utf8", canonical(objects.manifest([file("XY")])).replace(b"XY", b"\xc1\xa1"), "not UTF-8"
    yield "surrogate-utf8", canonical(objects.manifest([file("XYZ")])).replace(b"XYZ", b"\xed\xa0\x80"), "not UTF-8"
    yield "lone-surrogate", canonical(objects.manifest([file("XY")])).replace(b"XY", b"\\ud800"), "half a surrogate pair"
    yield "duplicate-member", good.replace(b',"plan":"t1"', b',"plan":"t1","plan":"t1"'), "a member occurs twice"
    yield "duplicate-file-member", good.replace(b'"rows":1,', b'"rows":1,"rows":1,', 1), "a member occurs twice"
    yield "fraction", good.replace(b'"size":5', b'"size":5.0'), "a number is not canonical"
    yield "exponent", good.replace(b'"size":5', b'"size":5e0'), "a number is not canonical"
    yield "negative", good.replace(b'"firstRow":0', b'"firstRow":-1'), "a number below 0"
    yield "minus-zero", good.replace(b'"firstRow":0', b'"firstRow":-0'), "a number is not canonical"
    yield "leading-zero", good.replace(b'"firstRow":0', b'"firstRow":00'), "not JSON"
    yield "number-2-to-53", canonical(objects.manifest([file("a", size=1 << 53, rows=1 << 31)], lists=[])), "a number above 2^53 - 1"
    yield "number-2-to-64-plus-5", good.replace(b'"size":5', b'"size":18446744073709551621'), "a number above 2^53 - 1"
    yield "unknown-member", bend(base, extra=1), "an unknown member"
    for member in base:
        yield f"no-{member}", bend(base, **{member: ...}), f"{member} is missing"
    yield "waybill-true", bend(base, waybill=True), "waybill is not an integer"
    yield "plan-number", bend(base, plan=["t1"]), "plan is not a string"
    yield "content-id-wrong", bend(base, contentId=A), "contentId is not that of the files"
    yield "content-id-upper-case", bend(base, contentId=base["contentId"].upper()), "digests are lower-case"
    yield "lists-object", bend(base, lists={}), "lists is not an array"
    yield "lists-none", bend(base, lists=[]), "one list is due"
    yield "lists-two", bend(base, lists=[A, B]), "one list is due"
    yield "list-short", bend(base, lists=[A[:-2]]), "not a digest"
    yield "lists-for-no-rows", canonical(objects.manifest([file("a", b"")], lists=[A])), "no list is due"
    yield "lists-one-for-8193", canonical(objects.manifest([file("a", size=8193, rows=8193)], lists=[A])), "two lists are due"
    yield "lists-two-for-8192", canonical(objects.manifest([file("a", size=8192, rows=8192)], lists=[A, B])), "one list is due"
    deep = good.replace(b'"evidence":[]', b'"evidence":' + b"[" * 20 + b"]" * 20)
    yield "nesting", deep, "nested deeper than 16"
    yield "nesting-100000", [{"repeat": [{"text": "["}], "times": 100000}, {"repeat": [{"text": "]"}], "times": 100000}], "nested deeper than 16"


def files():
    def one(**members):
        return canonical(objects.manifest([{k: v for k, v in file("a.txt", **members).items() if v is not ...}]))
    base = objects.manifest([file("a.txt"), file("b.txt", b"world!")])

    def rows(*numbers):
        return bend(base, files=[dict(item, firstRow=n) for item, n in zip(base["files"], numbers)])
    yield "files-none", canonical(objects.manifest([])), "at least one file"
    yield "files-object", bend(base, files={}, contentId=A), "files is not an array"
    yield "file-string", bend(base, files=["a.txt"], contentId=A), "a file is not an object"
    yield "file-unknown-member", one(mode=420), "an unknown member"
    for member in ("firstRow", "format", "path", "rows", "sha256", "size"):
        value = json.loads(canonical(objects.manifest([file("a.txt")])))
        del value["files"][0][member]
        yield f"file-no-{member}", canonical(value), f"{member} is missing"
    yield "file-format", one(format="pickle"), "an unknown format"
    yield "file-path-number", one(path=7), "path is not a string"
    yield "file-size-string", one(size="5"), "size is not an integer"
    yield "file-size-true", one(size=True), "size is not an integer"
    yield "file-sha256-short", one(sha256=A[:-1]), "not a digest"
    yield "file-sha256-upper-case", one(sha256=sha(b"hello").upper()), "digests are lower-case"
    yield "first-row-not-0", canonical(objects.manifest([file("a.txt", firstRow=1)])), "the first file begins at row 0"
    yield "rows-gap", rows(0, 2), "a gap in the rows"
    yield "rows-overlap", rows(0, 0), "rows overlap"
    yield "rows-for-empty-file", canonical(objects.manifest([file("a.txt", b"", rows=1)])), "an empty file has 0 rows"
    yield "no-rows-for-bytes", canonical(objects.manifest([file("a.txt", b"hello", rows=0)])), "rows cannot add up to the size"
    yield "rows-above-size", canonical(objects.manifest([file("a.txt", b"hello", rows=6)])), "rows cannot add up to the size"
    yield "rows-below-size", canonical(objects.manifest([file("a.txt", size=4194305, rows=1)])), "rows cannot add up to the size"
    yield "files-unsorted", canonical(objects.manifest([file("b"), file("a")])), "files out of order"
    yield "files-by-utf-16", canonical(objects.manifest([file("\U00010000"), file("\uff5e")])), "files out of order"
    yield "path-twice", canonical(objects.manifest([file("a"), file("a")])), "files out of order"
    for name, path, reason in PATHS:
        yield f"path-{name}", canonical(objects.manifest([file(path)])), reason
    for name, first, second, reason in COLLISIONS:
        assert name.startswith("folder") or "case" in name or "kelvin" in name or \
            unicodedata.normalize("NFC", first) == unicodedata.normalize("NFC", second)
        pair = sorted((first, second), key=str.encode)
        yield f"paths-{name}", canonical(objects.manifest([file(path) for path in pair])), reason
    between = [file(path) for path in ("a", "a-b", "a.b", "a/b")]
    yield "paths-folder-not-next", canonical(objects.manifest(between)), "a path is a folder of another, with others between"


def papers():
    base = cases_valid.full_papers()

    def bent(change):
        value = json.loads(canonical(base))
        change(value["papers"], value["papers"]["claims"], value["papers"]["evidence"], value["baseModels"])
        return canonical(value)

    def rule(name, reason, change):
        return name, bent(change), reason

    def value(text, *evidence):
        return {"evidence": list(evidence), "value": text}

    def languages(*values):
        return {"assertion": "claimed", "values": list(values)}
    yield rule("papers-unknown-member", "an unknown member", lambda p, c, e, b: p.update(findings=[]))
    yield rule("papers-no-claims", "claims is missing", lambda p, c, e, b: p.pop("claims"))
    yield rule("papers-no-evidence", "evidence is missing", lambda p, c, e, b: p.pop("evidence"))
    yield rule("claims-unknown", "an unknown claim", lambda p, c, e, b: c.update(tasks=c["datasets"]))
    for name in objects.CLAIMS:
        yield rule(f"claims-no-{name}", f"{name} is missing", lambda p, c, e, b, name=name: c.pop(name))
    yield rule("claim-unknown-member", "an unknown member", lambda p, c, e, b: c["datasets"].update(note="x"))
    yield rule("claim-without-values", "values is missing", lambda p, c, e, b: c["datasets"].pop("values"))
    yield rule("claim-assertion", "an unknown assertion", lambda p, c, e, b: c["datasets"].update(assertion="no"))
    yield rule("claimed-nothing", "claimed without values", lambda p, c, e, b: c["datasets"].update(assertion="claimed"))
    yield rule("no-assertion-with-values", "noAssertion with values", lambda p, c, e, b: c["licenses"].update(assertion="noAssertion"))
    yield rule("value-unknown-member", "an unknown member", lambda p, c, e, b: c["licenses"]["values"][0].update(x=1))
    yield rule("value-number", "a value is not a string", lambda p, c, e, b: c.update(languages=languages(value(1, 0))))
    yield rule("value-string-alone", "a value is not an object", lambda p, c, e, b: c.update(languages=languages("en")))
    yield rule("value-without-evidence", "a value without evidence", lambda p, c, e, b: c.update(languages=languages(value("en"))))
    yield rule("value-evidence-index", "evidence that is not there", lambda p, c, e, b: c.update(languages=languages(value("en", 3))))
    yield rule("value-evidence-string", "an index is not an integer", lambda p, c, e, b: c.update(languages=languages(value("en", "0"))))
    yield rule("value-evidence-descending", "indices do not ascend", lambda p, c, e, b: c.update(languages=languages(value("en", 1, 0))))
    yield rule("value-evidence-twice", "an index occurs twice", lambda p, c, e, b: c.update(languages=languages(value("en", 1, 1))))
    yield rule("values-unsorted", "values out of order", lambda p, c, e, b: c.update(languages=languages(value("fr", 0), value("en", 0))))
    yield rule("values-twice", "a value occurs twice", lambda p, c, e, b: c.update(languages=languages(value("en", 0), value("en", 1))))
    yield rule("values-by-utf-16", "values out of order", lambda p, c, e, b: c.update(languages=languages(value("\U00010000", 0), value("\uff5e", 0))))
    yield rule("value-2049-bytes", "a value of more than 2,048 bytes", lambda p, c, e, b: c.update(languages=languages(value("x" * 2049, 0))))
    yield rule("values-1025", "more than 1,024 values", lambda p, c, e, b: c.update(languages=languages(*[value(f"{i:04d}", 0) for i in range(1025)])))
    yield rule("evidence-unknown-member", "an unknown member", lambda p, c, e, b: e[0].update(line=1))
    yield rule("evidence-no-place", "place is missing", lambda p, c, e, b: e[0].pop("place"))
    yield rule("evidence-place-2049-bytes", "a place of more than 2,048 bytes", lambda p, c, e, b: e[2].update(place="x" * 2049))
    yield rule("evidence-of-no-file", "a file that the manifest does not have", lambda p, c, e, b: e[0].update(file="NOTES.md"))
    yield rule("evidence-sha256", "not the file's SHA-256", lambda p, c, e, b: e[0].update(sha256=A))
    yield rule("evidence-unsorted", "evidence out of order", lambda p, c, e, b: e.reverse())
    yield rule("evidence-twice", "evidence occurs twice", lambda p, c, e, b: e.__setitem__(1, dict(e[0])))
    yield rule("base-model-relation", "an unknown relation", lambda p, c, e, b: b[0].update(relation="stolen"))
    yield rule("base-model-distilled-in-p1", "a relation that plan p1 does not know", lambda p, c, e, b: b[0].update(relation="distilled"))
    yield rule("base-model-unknown-member", "an unknown member", lambda p, c, e, b: b[0].update(revision="x"))
    yield rule("base-model-no-name", "name is missing", lambda p, c, e, b: b[0].pop("name"))
    yield rule("base-model-name-number", "name is not a string", lambda p, c, e, b: b[0].update(name=7))
    yield rule("base-model-name-empty", "a name has 1 to 2,048 bytes", lambda p, c, e, b: b[0].update(name=""))
    yield rule("base-model-name-2049-bytes", "a name has 1 to 2,048 bytes", lambda p, c, e, b: b[0].update(name="x" * 2049))
    yield rule("base-models-1025", "more than 1,024 base models", lambda p, c, e, b: b.extend(b[:1] * 1024))
    yield "base-models-object", bend(base, baseModels={}), "baseModels is not an array"
    yield "papers-array", bend(base, papers=[]), "papers is not an object"


def cases():
    for source in (structure, files, papers):
        for name, data, reason in source():
            yield name, data, "integrity", reason
    base = objects.manifest([file("a.txt")])
    yield "plan-t2", bend(base, plan="t2"), "failure", "an unknown chunk plan: a newer Waybill is needed"
    yield "papers-plan-p3", bend(base, papersPlan="p3"), "failure", "an unknown papers plan: a newer Waybill is needed"
    yield "waybill-2", bend(base, waybill=2), "failure", "an unknown manifest version: a newer Waybill is needed"
