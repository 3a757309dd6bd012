"""A complete small store: two models, three refs, one of them withdrawn."""
import json
import struct

import cases_gguf
import frames
import objects
import plan
import recipes
from objects import sha

TRANSFORMS = {1: 1, 2: 2, 3: 3, 4: 4, 6: 2, 7: 5, 8: 6}


def weights(seed, count, high=b"\x3c\x3d\xbc\xbd\x3b\xbb\x3e\xbe"):
    """16-bit floats around zero: random mantissas, few exponents."""
    noise = recipes.splitmix64(seed, 2 * count)
    return b"".join(bytes([noise[2 * i], high[noise[2 * i + 1] & 7]]) for i in range(count))


def safetensors(seed):
    tensors = [("embed.weight", "BF16", [128, 32], weights(seed, 4096)), ("head.weight", "BF16", [40, 16384], b"\x80\x3f" * 655360),
               ("norm.bias", "F32", [257], b"".join(b"\x11" + weights(7, 257)[2 * i:2 * i + 2] + b"\x3f" for i in range(257))),
               ("norm.half", "F16", [33], weights(8, 33)), ("steps", "I64", [3], struct.pack("<3q", -1, 0, 1)),
               ("none", "F32", [0], b""), ("mask", "BOOL", [5], b"\1\0\1\1\0")]
    header, at = {"__metadata__": {"format": "pt"}}, 0
    for name, dtype, shape, data in tensors:
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [at, at + len(data)]}
        at += len(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + b"".join(data for _, _, _, data in tensors)


def gguf():
    infos, total = cases_gguf.run([2, 12, 0, 20], [20, 3, 1, 2])
    head = cases_gguf.head(infos, [cases_gguf.entry("general.architecture", 8, cases_gguf.text("tiny"))])
    return head + bytes(-len(head) % 32) + recipes.splitmix64(20, total)


def readme(text):
    return f"---\nlicense: apache-2.0\n---\n# Weights\n{text}\n".encode()


class Writer:
    def __init__(self):
        self.objects, self.where = {}, {}

    def put(self, path, data):
        assert self.objects.setdefault(path, data) == data, path

    def push(self, files, nonce, again=0):
        """Write the revision; `again` chunks that are stored already are stored once more. Gives the manifest's digest."""
        rows, records, fresh = [], [], {}
        for path, data in sorted(files.items(), key=lambda item: item[0].encode()):
            form, pieces = plan.plan(data)
            at = 0
            for length, kind in pieces:
                chunk = data[at:at + length]
                name = sha(chunk)
                rows.append((name, length, kind))
                transform = TRANSFORMS.get(kind, kind if kind - 64 in frames.FIELDS else 0)
                if length < frames.element_size(transform):
                    transform = 0
                if name not in self.where or again > 0:
                    again -= name in self.where
                    fresh[name] = (name, length, frames.encode(chunk, transform, None))
                at += length
            records.append(objects.file(path, data, form, len(pieces)))
        name, data, stored = objects.pack(list(fresh.values()), sha(nonce)[:16].encode())
        self.put(f"packs/{name[:2]}/{name}", data)
        for chunk, _, length, offset in stored:
            self.where.setdefault(chunk, (name, offset, length))
        segment = objects.list_segment(rows)
        self.put(f"lists/{sha(segment)[:2]}/{sha(segment)}", segment)
        packs = sorted({self.where[chunk][0] for chunk, _, _ in rows})
        places = [(packs.index(self.where[chunk][0]),) + self.where[chunk][1:] for chunk, _, _ in rows]
        self.put(f"locators/{sha(segment)[:2]}/{sha(segment)}", objects.locator(sha(segment), packs, places))
        papers = {"claims": objects.no_claims(), "evidence": []}
        if "README.md" in files:
            papers["evidence"] = [{"file": "README.md", "place": "license", "sha256": sha(files["README.md"])}]
            papers["claims"]["licenses"] = {"assertion": "claimed", "values": [{"evidence": [0], "value": "apache-2.0"}]}
        data = objects.canonical(objects.manifest(records, [sha(segment)], papers))
        self.put(f"manifests/{sha(data)[:2]}/{sha(data)}", data)
        return sha(data)

    def ref(self, model, ref, *entries):
        """Entries in order: (manifest, other members)."""
        previous, newest = None, None
        for n, (manifest, members) in enumerate(entries, 1):
            data = objects.entry(model, ref, n, manifest=manifest, previous=previous, time=f"2025-06-0{n}T12:00:00Z", **members)
            self.put(f"refs/{model}/{ref}/{n:010d}", data)
            previous, newest = sha(data), n
        self.put(f"refs/{model}/{ref}/latest", b"%010d\n" % newest)
        return {"entry": previous, "n": newest, "ref": ref}

    def index(self, model, *refs):
        self.put(f"refs/{model}/index.json", objects.canonical({"model": model, "refs": sorted(refs, key=lambda r: r["ref"]), "waybill": 1}))


def store():
    """({path: bytes}, what restoring must give)"""
    out = Writer()
    out.put("waybill.json", b'{"layout":1,"requiredFeatures":[]}')
    hello = {"a.txt": b"hello"}
    first = {"README.md": readme("First."), "config.json": b'{"hidden_size":32}\n', "empty.txt": b"", "model.safetensors": safetensors(1),
             "quantised/tiny.gguf": gguf(), "quantised/note \u00fc.txt": b"A path in UTF-8.\n"}
    second = dict(first, **{"README.md": readme("Second."), "model.safetensors": safetensors(2)})
    del second["config.json"]
    tiny = out.push(hello, b"tiny")
    one, two = out.push(first, b"one"), out.push(second, b"two", again=1)
    main = out.ref("acme/tiny", "main", (tiny, {}))
    out.index("acme/tiny", main)
    out.index("acme/weights", out.ref("acme/weights", "main", (one, {}), (two, {})),
              out.ref("acme/weights", "v0", (one, {}), (one, {"state": "withdrawn", "reason": "Superseded by main."})))
    out.put("catalog.json", objects.canonical({"models": ["acme/tiny", "acme/weights"], "waybill": 1}))

    def listed(files):
        return [{"path": path, "size": len(data), "sha256": sha(data)} for path, data in sorted(files.items(), key=lambda item: item[0].encode())]
    revisions = [{"manifest": name, "contentId": objects.content_id(listed(files)), "files": listed(files)}
                 for name, files in ((tiny, hello), (one, first), (two, second))]
    refs = [{"model": "acme/tiny", "ref": "main", "n": 1, "state": "active", "manifest": tiny},
            {"model": "acme/weights", "ref": "main", "n": 2, "state": "active", "manifest": two},
            {"model": "acme/weights", "ref": "v0", "n": 2, "state": "withdrawn", "manifest": one}]
    return out.objects, {"refs": refs, "revisions": revisions, "objects": {path: sha(data) for path, data in sorted(out.objects.items())}}
