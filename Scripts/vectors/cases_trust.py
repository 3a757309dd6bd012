"""Key sets and indexes of attestations that a reader accepts or rejects, and scenes of who signed what."""
import base64
import json

import trust
from objects import canonical, sha

A, B, C, D = (sha(letter.encode()) for letter in "abcd")
ADA, BEN, CYD, DAN, EVE, FAY, GUS = (trust.key(name) for name in ("ada", "ben", "cyd", "dan", "eve", "fay", "gus"))
P384, P521 = trust.key("p384", "P-384"), trust.key("p521", "P-521")
KEYS = (ADA, BEN, CYD, DAN, EVE, FAY, GUS, P384, P521)
CONTEXT = {"org": "acme", "n": 1}
REVISION = "urn:waybill:revision:1"


def first(**members):
    value = trust.key_set("acme", 1, [ADA], [trust.role("root", ADA)])
    return dict(value, **members)


def full():
    roles = [trust.role("root", ADA, BEN, P384, threshold=2), trust.role("publisher", CYD, P521, threshold=2, models=["tiny*", "?.v1"]),
             trust.role("publisher", DAN), trust.role("evaluator", EVE), trust.role("reviewer", FAY), trust.role("revoker", BEN, GUS)]
    value = trust.key_set("acme", 7, KEYS, roles, expires="2027-01-01T00:00:00Z", previous=first())
    value["keys"][0]["name"] = "\u00c5se \u65e5\u672c \U0001f511"
    value["revokedKeys"] = [{"id": C, "reason": "Not among the keys.", "time": trust.TIME}]
    value["revokedManifests"] = [trust.revoked_manifest(m) for m in sorted((A, B))]
    return value


def valid():
    """(kind, name, context, bytes)"""
    def key_set(name, value, signers=()):
        return "keyset", name, {"org": value["org"], "n": value["n"]}, trust.seal(value, signers)
    yield key_set("first", first(), [ADA])
    yield key_set("unsigned", first())
    yield key_set("all-roles-and-curves", full(), [ADA, P384])
    yield key_set("largest-n", first(n=999999, previous=A))
    yield key_set("longest-org-and-name", first(org="O" * 96, keys=[trust.row(ADA, "n" * 128)]))
    yield key_set("name-of-128-wide-characters", first(keys=[trust.row(ADA, "\U0001f511" * 128)]))
    yield key_set("reason-2048-bytes", first(revokedManifests=[trust.revoked_manifest(A, "\u00e9" * 1024)]))
    yield key_set("key-without-a-role", first(keys=sorted((trust.row(k) for k in (ADA, BEN)), key=lambda r: r["id"])))
    yield key_set("revoked-root-key-beside-enough", trust.key_set("acme", 1, [ADA, BEN], [trust.role("root", ADA, BEN)],
                                                                 revokedKeys=[trust.revoked_key(BEN)]))
    row = (C, REVISION, 812)
    yield "attestations", "empty", {}, canonical(trust.index(A))
    yield "attestations", "one", {}, canonical(trust.index(A, [row], first()))
    yield "attestations", "two-of-a-type", {}, canonical(trust.index(A, [row, (D, REVISION, 1)]))
    yield "attestations", "at-the-limits", {}, canonical(trust.index(
        A, [(sha(str(i).encode()), "x" * 256 if i == 0 else "x", 4 << 20) for i in range(1024)], keySet={"fingerprint": B, "n": 999999}))


def bent(base, context=None):
    """A function that yields a key set with members changed, `...` for left out."""
    def change(name, reason, error="integrity", /, **members):
        value = {k: v for k, v in dict(base, **members).items() if v is not ...}
        return "keyset", name, trust.seal(value), error, reason, context or {"org": base["org"], "n": base["n"]}
    return change


def invalid_key_sets():
    change = bent(first())
    good = trust.seal(first(), [ADA])
    yield "keyset", "empty", b"", "integrity", "not JSON", CONTEXT
    yield "keyset", "trailing-line-feed", good + b"\n", "integrity", "not canonical", CONTEXT
    yield "keyset", "payload-not-canonical", trust.seal(canonical(first()) + b" "), "integrity", "the payload is not canonical", CONTEXT
    yield "keyset", "payload-sha256-wrong", trust.seal(first(), payloadSha256=C), "integrity", "the payload's digest does not match", CONTEXT
    yield "keyset", "type-of-an-entry", trust.seal(first(), payloadType=trust.ENTRY), "integrity", "an envelope of a ref entry", CONTEXT
    many = [{"keyid": "", "sig": "c2ln"}] * 65
    yield "keyset", "65-signatures", trust.seal(first(), signatures=many), "integrity", "more than 64 signatures", CONTEXT
    signed = json.loads(good)["signatures"]
    yield "keyset", "signature-member", trust.seal(first(), signatures=[dict(signed[0], x=1)]), "integrity", "an unknown member", CONTEXT
    head, tail = trust.seal(first(), signatures=[{"keyid": "k", "sig": "SIG"}]).decode().split("SIG")
    yield ("keyset", "too-large", [{"text": head}, {"repeat": [{"text": "A"}], "times": 256 << 10}, {"text": tail}], "integrity",
           "more than 256 KiB", CONTEXT)
    for member in first():
        yield change(f"no-{member}", f"{member} is missing", **{member: ...})
    yield change("unknown-member", "an unknown member", x=1)
    yield change("version-2", "a set that needs a newer Waybill", "failure", waybill=2)
    yield change("other-org", "belongs to another organisation", org="acmf")
    yield change("other-case", "belongs to an organisation of another case", org="Acme")
    yield change("org-ends-with-a-dot", "not the name of an organisation", org="acme.")
    yield change("other-n", "belongs to another number", n=2, previous=A)
    yield change("n-zero", "n is at least 1", n=0)
    yield change("n-string", "n is not an integer", n="1")
    yield change("previous-at-1", "set 1 has no previous", previous=A)
    yield "keyset", "previous-missing", trust.seal(first(n=2)), "integrity", "n above 1 names the previous set", {"org": "acme", "n": 2}
    yield "keyset", "n-a-million", trust.seal(first(n=1000000, previous=A)), "integrity", "at most 999,999", {"org": "acme", "n": 1000000}
    yield change("previous-upper-case", "fingerprints are lower-case", previous=A.upper())
    yield change("time-date", "not a time", time="2026-01-01")
    yield change("expires-no-such-day", "not a time", expires="2026-02-29T00:00:00Z")
    row, other = trust.row(ADA), trust.row(BEN)
    pair = sorted((row, other), key=lambda item: item["id"])
    yield change("keys-unsorted", "keys stand by id", keys=pair[::-1])
    yield change("key-twice", "a key stands twice", keys=[row, row])
    yield change("key-id-of-another", "the id is not the key's", keys=[dict(row, publicKey=other["publicKey"])])
    yield change("key-id-of-the-der", "the id is that of the PEM text", keys=[dict(row, id=sha(ADA.public))], roles=[
        dict(trust.role("root", ADA), keys=[sha(ADA.public)])])
    yield change("key-name-empty", "a name has 1 to 128 characters", keys=[dict(row, name="")])
    yield change("key-name-129", "a name has 1 to 128 characters", keys=[dict(row, name="n" * 129)])
    yield change("key-name-control-character", "a name has no control characters", keys=[dict(row, name="a\x1b[31m")])
    yield change("key-name-turns-direction", "a name has no format characters", keys=[dict(row, name="a\u202eb")])
    yield change("key-member", "an unknown member", keys=[dict(row, x=1)])
    yield change("key-not-base64", "publicKey is not base64", keys=[dict(row, publicKey="!!!!")])
    root = trust.role("root", ADA)
    yield change("no-root", "there is one root role", roles=[trust.role("publisher", ADA)])
    yield change("two-roots", "there is one root role", roles=[root, root])
    yield change("role-unknown", "an unknown role", roles=[root, trust.role("owner", ADA)])
    yield change("role-case", "case counts", roles=[dict(root, role="Root")])
    yield change("role-member", "an unknown member", roles=[dict(root, x=1)])
    yield change("role-without-models", "models is missing", roles=[{k: v for k, v in root.items() if k != "models"}])
    yield change("role-key-unknown", "its key is not among the keys", roles=[trust.role("root", BEN)])
    yield change("role-key-twice", "a key stands twice in a role", roles=[trust.role("root", ADA, ADA, threshold=2)])
    yield change("role-keys-unsorted", "keys of a role are sorted", keys=pair, roles=[dict(trust.role("root", ADA, BEN),
                                                                                           keys=[item["id"] for item in pair[::-1]])])
    yield change("threshold-0", "a threshold is at least 1", roles=[trust.role("root", ADA, threshold=0)])
    yield change("threshold-above-keys", "more than the keys", roles=[trust.role("root", ADA, threshold=2)])
    yield change("role-no-keys", "more than the keys", roles=[root, trust.role("publisher")])
    yield change("models-empty", "at least one glob", roles=[root, trust.role("publisher", ADA, models=[])])
    yield change("models-slash", "a glob is of the name alone", roles=[root, trust.role("publisher", ADA, models=["acme/*"])])
    yield change("models-glob-empty", "a glob is not empty", roles=[root, trust.role("publisher", ADA, models=[""])])
    yield change("root-for-some-models", "root is for all models", roles=[trust.role("root", ADA, models=["tiny"])])
    yield change("revoker-for-some-models", "revoker is for all models", roles=[root, trust.role("revoker", ADA, models=["*", "*"])])
    yield change("roles-65", "more than 64 roles", roles=[root] + [trust.role("publisher", ADA)] * 64)
    yield change("root-revoked", "root could not be reached", revokedKeys=[trust.revoked_key(ADA)])
    yield change("revoked-key-twice", "a key is revoked twice", revokedKeys=[trust.revoked_key(BEN), trust.revoked_key(BEN, "Again.")])
    yield change("revoked-manifests-unsorted", "revocations stand in order", revokedManifests=[trust.revoked_manifest(m) for m in sorted((A, B))[::-1]])
    yield change("revoked-key-as-manifest", "a key has an id", revokedKeys=[trust.revoked_manifest(A)])
    yield change("revoked-without-reason", "a revocation has a reason", revokedManifests=[trust.revoked_manifest(A, "")])
    yield change("revoked-reason-2049-bytes", "a reason is at most 2,048 bytes", revokedManifests=[trust.revoked_manifest(A, "x" * 2049)])
    yield change("revoked-time", "not a time", revokedManifests=[trust.revoked_manifest(A, time="now")])


def invalid_indexes():
    row = (C, REVISION, 812)
    good = trust.index(A, [row, (D, REVISION, 1)], first())

    def change(name, reason, error="integrity", /, **members):
        value = {k: v for k, v in dict(good, **members).items() if v is not ...}
        return "attestations", name, canonical(value), error, reason, {}
    yield "attestations", "empty", b"", "integrity", "not JSON", {}
    yield "attestations", "trailing-line-feed", canonical(good) + b"\n", "integrity", "not canonical", {}
    for member in good:
        yield change(f"no-{member}", f"{member} is missing", **{member: ...})
    yield change("unknown-member", "an unknown member", x=1)
    yield change("version-2", "an index that needs a newer Waybill", "failure", waybill=2)
    rows = good["attestations"]
    yield change("unsorted", "attestations stand by digest", attestations=rows[::-1])
    yield change("twice", "an attestation stands twice", attestations=[rows[0], rows[0]])
    yield change("twice-with-another-type", "an attestation stands twice", attestations=[rows[0], dict(rows[0], predicateType="x")])
    yield change("size-0", "a size is at least 1", attestations=[dict(rows[0], size=0)])
    yield change("size-above-4-mib", "a size is at most 4 MiB", attestations=[dict(rows[0], size=(4 << 20) + 1)])
    yield change("type-empty", "a predicateType is not empty", attestations=[dict(rows[0], predicateType="")])
    yield change("type-257", "a predicateType is at most 256 bytes", attestations=[dict(rows[0], predicateType="x" * 257)])
    yield change("type-space", "a predicateType has no spaces", attestations=[dict(rows[0], predicateType="a b")])
    yield change("type-beyond-ascii", "a predicateType is ASCII", attestations=[dict(rows[0], predicateType="urn:\u00e9")])
    yield change("row-member", "an unknown member", attestations=[dict(rows[0], x=1)])
    yield change("1025", "more than 1,024 attestations", attestations=sorted(
        (dict(rows[0], digest=sha(str(i).encode()), predicateType="x") for i in range(1025)), key=lambda item: item["digest"]))
    yield change("manifest-null", "manifest is a digest", manifest=None)
    yield change("key-set-0", "n is at least 1", keySet={"fingerprint": B, "n": 0})
    yield change("key-set-member", "an unknown member", keySet={"fingerprint": B, "n": 1, "x": 1})
    yield change("key-set-without-fingerprint", "fingerprint is missing", keySet={"n": 1})


def invalid():
    """(kind, name, bytes or recipe, error, reason, context)"""
    yield from invalid_key_sets()
    yield from invalid_indexes()
