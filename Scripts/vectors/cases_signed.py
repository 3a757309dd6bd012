"""Scenes: a store, a pinned fingerprint, and what a reader says of acme/tiny:main (Protocol/TRUST.md)."""
import json

import objects
import trust
from cases_trust import ADA, BEN, CYD, DAN, EVE, FAY, GUS, KEYS, P384, P521, REVISION
from objects import canonical, sha

A, B = sha(b"a"), sha(b"b")
NOW = "2026-06-01T00:00:00Z"
PLACE = ("acme/tiny", "main")


class Scene:
    """A store with key sets and the entries of one ref."""

    def __init__(self, *sets):
        self.objects = {}
        self.sets = []
        for value, signers in sets:
            self.sets.append(value)
            self.objects[f"trust/{value['org']}/{value['n']}.json"] = trust.seal(value, signers)
        self.last = None
        self.n = 0

    def entry(self, signers, place=PLACE, keyid=None, at=None, **members):
        """The next entry, after the last one; `at`: read from the place of another one."""
        model, ref = place
        self.n += 1
        members = dict({"manifest": A, "previous": self.last and sha(self.last)}, **members)
        self.last = trust.entry(model, ref, self.n, signers, keyid, **members)
        self.objects[f"refs/acme/tiny/main/{at or self.n:010d}"] = self.last
        return self

    def index(self, *statements, manifest=A, key_set=None):
        """The digest of a new index of these objects."""
        rows = []
        for data in statements:
            self.objects[f"attestations/{sha(data)[:2]}/{sha(data)}"] = data
            rows.append((sha(data), REVISION, len(data)))
        data = canonical(trust.index(manifest, rows, key_set))
        self.objects[f"attestations/{sha(data)[:2]}/{sha(data)}"] = data
        return sha(data)

    def case(self, name, error=None, word=None, signers=(), now=NOW, pinned=None, n=None, reason=""):
        row = {"case": name, "now": now, "pinned": sha(canonical(self.sets[0] if pinned is None else pinned)), "n": n or self.n}
        row.update({"error": error, "word": word, "reason": reason} if error else {"signers": sorted(signer.id for signer in signers)})
        return row, self.objects


def one(**members):
    """Set 1: Ada and Ben are root (both needed), Cyd publishes, Eve evaluates, Gus revokes."""
    roles = [trust.role("root", ADA, BEN, threshold=2), trust.role("publisher", CYD), trust.role("evaluator", EVE), trust.role("revoker", GUS)]
    return trust.key_set("acme", 1, [ADA, BEN, CYD, EVE, GUS], roles, **members)


ROOT = [ADA, BEN]


def honest():
    yield Scene((one(), ROOT)).entry([CYD]).case("signed", signers=[CYD])
    yield Scene((one(), ROOT)).entry([CYD], keyid="").case("signed-without-keyid", signers=[CYD])
    yield Scene((one(), ROOT)).entry([CYD], keyid=EVE.id).case("signed-with-the-keyid-of-another", signers=[CYD])
    yield Scene((one(), ROOT)).entry([DAN, CYD]).case("signed-by-a-stranger-too", signers=[CYD])
    curves = trust.key_set("acme", 1, KEYS, [trust.role("root", P384, P521, threshold=2), trust.role("publisher", P521, P384, CYD, threshold=3)])
    yield Scene((curves, [P384, P521])).entry([P521, P384, CYD]).case("all-curves", signers=[P521, P384, CYD])
    globs = one()
    globs["roles"][1] = trust.role("publisher", CYD, models=["huge", "t?n*"])
    yield Scene((globs, ROOT)).entry([CYD]).case("glob-matches", signers=[CYD])
    two = trust.after(one(), revokedKeys=[trust.revoked_key(DAN)], expires="2027-01-01T00:00:00Z")
    yield Scene((one(), ROOT), (two, ROOT)).entry([CYD]).case("second-set", signers=[CYD])
    yield Scene((one(), ROOT), (two, ROOT)).entry([CYD]).case("second-set-pinned", signers=[CYD], pinned=two)
    third = trust.after(two, revokedManifests=[trust.revoked_manifest(B)])
    yield Scene((one(), ROOT), (two, ROOT), (third, [GUS])).entry([CYD]).case("revoker-adds-a-revocation", signers=[CYD])
    rotated = trust.key_set("acme", 2, [ADA, FAY, CYD], [trust.role("root", ADA, FAY, threshold=2), trust.role("publisher", CYD)], previous=one())
    yield Scene((one(), ROOT), (rotated, [ADA, BEN, FAY])).entry([CYD]).case("root-key-rotated", signers=[CYD])
    leaked = trust.after(rotated, revokedKeys=[trust.revoked_key(FAY)], keys=sorted(map(trust.row, (ADA, BEN, CYD)), key=lambda r: r["id"]),
                         roles=[trust.role("root", ADA, BEN, threshold=2), trust.role("publisher", CYD)])
    yield (Scene((one(), ROOT), (rotated, [ADA, BEN, FAY]), (leaked, [ADA, FAY, BEN])).entry([CYD])
           .case("a-revoked-root-key-still-hands-over", signers=[CYD]))
    expired = one(expires="2026-02-01T00:00:00Z")
    yield (Scene((expired, ROOT), (trust.after(expired, expires=None), ROOT)).entry([CYD])
           .case("an-expired-set-leads-to-its-successor", signers=[CYD]))
    scene = Scene((one(), ROOT)).entry([CYD])
    made = trust.statement("acme/tiny", A, "urn:waybill:findings:1", {}, [EVE])
    yield scene.entry([EVE], attestations=scene.index(made, key_set=one())).case("evaluator-attaches", signers=[EVE])
    scene = Scene((one(), ROOT)).entry([CYD], expires="2026-06-01T00:00:01Z")
    yield scene.case("a-second-before-it-expires", signers=[CYD])


def unsigned_and_others():
    policy = "policy"
    yield Scene((one(), ROOT)).entry([]).case("unsigned", policy, "unsigned")
    scene = Scene((one(), ROOT)).entry([CYD])
    other = objects.payload("acme/tiny", "main", 1, manifest=B)
    scene.objects["refs/acme/tiny/main/0000000001"] = objects.envelope(canonical(other), json.loads(scene.last)["signatures"])
    yield scene.case("signature-of-other-bytes", policy, "wrongly signed")
    yield Scene((one(), ROOT)).entry([DAN], keyid=CYD.id).case("a-strangers-key-under-a-known-keyid", policy, "wrongly signed")
    yield Scene((one(), ROOT)).entry([EVE]).case("evaluator-publishes", policy, "signed in another role")
    yield Scene((one(), ROOT)).entry(ROOT).case("root-publishes", policy, "signed in another role")
    yield Scene((one(), ROOT)).entry([GUS]).case("revoker-publishes", policy, "signed in another role")
    globs = one()
    globs["roles"][1] = trust.role("publisher", CYD, models=["Tiny", "tin", "tiny?"])
    yield Scene((globs, ROOT)).entry([CYD]).case("glob-does-not-match", policy, "signed in another role")
    both = one()
    both["keys"] = sorted(map(trust.row, (ADA, BEN, CYD, DAN, EVE, GUS)), key=lambda r: r["id"])
    both["roles"][1] = trust.role("publisher", CYD, DAN, threshold=2)
    yield Scene((both, ROOT)).entry([CYD]).case("one-of-two", policy, "threshold missed")
    yield Scene((both, ROOT)).entry([CYD, CYD]).case("one-key-twice", policy, "threshold missed")
    yield Scene((both, ROOT)).entry([CYD, EVE]).case("one-of-two-and-another-role", policy, "threshold missed")
    yield Scene((both, ROOT)).entry([CYD, DAN]).case("two-of-two", signers=[CYD, DAN])
    gone = trust.after(one(), revokedKeys=[trust.revoked_key(CYD)])
    yield Scene((one(), ROOT), (gone, ROOT)).entry([CYD]).case("revoked-key", policy, "revoked key", reason="it signed before it was revoked")
    bad = trust.after(one(), revokedManifests=[trust.revoked_manifest(A)])
    yield Scene((one(), ROOT), (bad, [GUS])).entry([CYD]).case("revoked-manifest", policy, "revoked manifest")
    yield Scene((one(expires=NOW), ROOT)).entry([CYD]).case("expired-set", policy, "expired key set")
    yield Scene((one(), ROOT)).entry([CYD], expires=NOW).case("expired-entry", policy, "expired entry")
    yield Scene((one(), ROOT)).entry([GUS], state="withdrawn", reason="Bad.").case("withdrawn-by-a-revoker", policy, "withdrawn")
    yield Scene((one(), ROOT)).entry([EVE], state="withdrawn", reason="Bad.").case("withdrawn-by-an-evaluator", policy, "signed in another role")


def moved_places():
    integrity = "integrity"
    yield Scene((one(), ROOT)).entry([CYD], place=("acme/tiny", "v1")).case("entry-of-another-ref", integrity, "replay")
    yield Scene((one(), ROOT)).entry([CYD], place=("acme/huge", "main")).case("entry-of-another-model", integrity, "replay")
    scene = Scene((one(), ROOT)).entry([CYD])
    scene.objects["refs/acme/tiny/main/0000000002"] = scene.last
    yield scene.case("entry-of-another-number", integrity, "replay", n=2)
    scene = Scene((one(), ROOT))
    yield scene.entry([CYD], attestations=scene.index(manifest=B)).case("index-of-another-manifest", integrity, "replay")
    scene = Scene((one(), ROOT))
    yield scene.entry([CYD], attestations=B).case("index-withheld", integrity, "withheld")
    scene = Scene((one(), ROOT))
    hidden = trust.after(one(), revokedKeys=[trust.revoked_key(DAN)])
    yield scene.entry([CYD], attestations=scene.index(key_set=hidden)).case("key-set-withheld", integrity, "withheld")
    scene = Scene((one(), ROOT))
    yield scene.entry([CYD], attestations=scene.index(key_set=one(expires=NOW))).case("index-of-another-key-set", integrity, "fork")


def attachments():
    policy = "policy"

    def base():
        scene = Scene((one(), ROOT))
        return scene.entry([CYD], attestations=scene.index(trust.statement("acme/tiny", A, REVISION, {}, [CYD])))
    more = trust.statement("acme/tiny", A, "urn:waybill:findings:1", {}, [EVE])
    scene = base()
    yield scene.entry([EVE], attestations=scene.index(more)).case("attachment-drops-an-attestation", policy, "signed in another role")
    yield base().entry([EVE]).case("attachment-drops-the-index", policy, "signed in another role")
    scene = base()
    yield scene.entry([EVE], manifest=B, attestations=scene.index(manifest=B)).case("attachment-changes-the-manifest", policy, "signed in another role")
    scene = Scene((one(), ROOT)).entry([])
    yield scene.entry([EVE], attestations=scene.index(more)).case("attachment-to-an-unsigned-entry", policy, "unsigned")
    yield Scene((one(), ROOT)).entry([EVE]).case("attachment-as-the-first-entry", policy, "signed in another role")
    scene = Scene((one(), ROOT)).entry([CYD])
    scene.entry([EVE], previous=B, attestations=scene.index(more))
    yield scene.case("attachment-to-another-entry", "integrity", "fork")


def chains():
    broken = "integrity"
    two = trust.after(one())
    yield Scene((one(), ROOT), (two, [ADA])).entry([CYD]).case("set-1-of-2", broken, "threshold missed")
    yield Scene((one(), ROOT), (two, [ADA, ADA])).entry([CYD]).case("set-one-key-twice", broken, "threshold missed")
    yield Scene((one(), ROOT), (two, [])).entry([CYD]).case("set-unsigned", broken, "unsigned")
    yield Scene((one(), ROOT), (two, [CYD, EVE])).entry([CYD]).case("set-signed-by-other-roles", broken, "signed in another role")
    yield Scene((one(), ROOT), (two, [DAN, FAY])).entry([CYD]).case("set-signed-by-strangers", broken, "wrongly signed")
    yield Scene((one(), [ADA])).entry([CYD]).case("first-set-1-of-2", broken, "threshold missed")
    theirs = trust.key_set("acme", 1, [DAN], [trust.role("root", DAN), trust.role("publisher", DAN)])
    yield Scene((theirs, [DAN])).entry([DAN]).case("set-swapped", broken, "swapped key set", pinned=one())
    taken = trust.after(theirs, previous=sha(canonical(one())))
    yield Scene((one(), ROOT), (taken, [DAN])).entry([DAN]).case("second-set-of-a-stranger", broken, "broken key set")
    yield Scene((one(), ROOT), (trust.after(one(), previous=B), ROOT)).entry([CYD]).case("set-follows-another", broken, "fork")
    gone = trust.after(one(), revokedKeys=[trust.revoked_key(DAN)])
    yield (Scene((one(), ROOT), (gone, ROOT), (trust.after(gone, revokedKeys=[]), ROOT)).entry([CYD])
           .case("revocation-removed", broken, "a revocation"))
    yield (Scene((one(), ROOT), (gone, ROOT), (trust.after(gone, revokedKeys=[trust.revoked_key(DAN, "Nothing happened.")]), ROOT)).entry([CYD])
           .case("revocation-changed", broken, "a revocation"))
    wide = trust.after(gone, expires="2030-01-01T00:00:00Z")
    yield Scene((one(), ROOT), (gone, ROOT), (wide, [GUS])).entry([CYD]).case("revoker-changes-the-expiry", broken, "signed in another role")
    grant = trust.after(one())
    grant["roles"] = one()["roles"] + [trust.role("publisher", GUS)]
    yield Scene((one(), ROOT), (grant, [GUS])).entry([GUS]).case("revoker-makes-itself-publisher", broken, "signed in another role")
    single = trust.key_set("acme", 1, [ADA, BEN], [trust.role("root", ADA, BEN), trust.role("publisher", ADA)])
    leak = trust.after(single, revokedKeys=[trust.revoked_key(BEN)])
    yield Scene((single, [ADA]), (leak, [ADA]), (trust.after(leak), [BEN])).entry([ADA]).case("revoked-root-key", broken, "revoked key")
    own = trust.after(single, keys=[trust.row(FAY)], roles=[trust.role("root", FAY), trust.role("publisher", FAY)])
    yield Scene((single, [ADA]), (own, [ADA])).entry([FAY]).case("new-root-did-not-sign", broken, "threshold missed")
    yield Scene((single, [ADA]), (own, [FAY])).entry([FAY]).case("old-root-did-not-sign", broken, "threshold missed")
    silent = trust.after(one(), revokedKeys=[trust.revoked_key(GUS)])
    yield Scene((one(), ROOT), (silent, [GUS])).entry([CYD]).case("revoker-revokes-itself-alone", broken, "revoked key")


def cases():
    """(row of the index, {path: bytes})"""
    for source in (honest, unsigned_and_others, moved_places, attachments, chains):
        yield from source()
