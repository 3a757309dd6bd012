"""Encoders of key sets, signed entries and attestations, written from Protocol/TRUST.md."""
import base64

import ecdsa
import objects
from objects import canonical, sha

KEY_SET = "application/vnd.waybill.trust+json"
ENTRY = "application/vnd.waybill.ref+json"
STATEMENT = "application/vnd.in-toto+json"
TIME = "2026-01-01T00:00:00Z"


def signatures(payload, kind, signers, keyid=None):
    """DSSE signatures over a payload, one for each signer."""
    message = f"DSSEv1 {len(kind)} {kind} {len(payload)} ".encode() + payload
    return [{"keyid": signer.id if keyid is None else keyid, "sig": base64.b64encode(signer.sign(message)).decode()} for signer in signers]


def key(name, curve="P-256"):
    return ecdsa.key(name, curve)


def row(signer, name=None):
    return {"id": signer.id, "name": name or signer.name, "publicKey": base64.b64encode(signer.public).decode()}


def role(kind, *signers, threshold=1, models=("*",)):
    return {"keys": sorted(signer.id for signer in signers), "models": list(models), "role": kind, "threshold": threshold}


def revoked_key(signer, reason="It leaked.", time=TIME):
    return {"id": signer.id, "reason": reason, "time": time}


def revoked_manifest(manifest, reason="Wrong weights.", time=TIME):
    return {"manifest": manifest, "reason": reason, "time": time}


def key_set(org, n, keys, roles, previous=None, **members):
    """The payload of a key set, as a value; `previous` is the payload before."""
    value = {"waybill": 1, "org": org, "n": n, "previous": None if previous is None else sha(canonical(previous)),
             "keys": sorted((row(signer) for signer in keys), key=lambda item: item["id"]), "roles": list(roles), "revokedKeys": [],
             "revokedManifests": [], "time": TIME, "expires": None}
    value.update(members)
    return value


def after(known, /, **members):
    """The set that follows, with changes."""
    value = dict(known, n=known["n"] + 1, previous=sha(canonical(known)))
    value.update(members)
    return value


def seal(value, signers=(), **members):
    """The envelope of a key set's payload."""
    payload = value if isinstance(value, bytes) else canonical(value)
    return objects.envelope(payload, **dict({"payloadType": KEY_SET, "signatures": signatures(payload, KEY_SET, signers)}, **members))


def entry(model, ref, n, signers=(), keyid=None, **members):
    payload = canonical(objects.payload(model, ref, n, **members))
    return objects.envelope(payload, signatures(payload, ENTRY, signers, keyid))


def index(manifest, rows=(), key_set=None, **members):
    """rows: (digest, predicateType, size); key_set: the payload of the set in force."""
    value = {"attestations": [{"digest": name, "predicateType": kind, "size": size} for name, kind, size in sorted(rows)],
             "keySet": None if key_set is None else {"fingerprint": sha(canonical(key_set)), "n": key_set["n"]}, "manifest": manifest, "waybill": 1}
    value.update(members)
    return value


def statement(model, manifest, kind, predicate, signers=()):
    payload = canonical({"_type": "https://in-toto.io/Statement/v1", "predicate": predicate, "predicateType": kind,
                         "subject": [{"digest": {"sha256": manifest}, "name": model}]})
    return canonical({"payload": base64.b64encode(payload).decode(), "payloadType": STATEMENT, "signatures": signatures(payload, STATEMENT, signers)})
