"""Scripts/restore.py on whole stores: intact, damaged and hostile ones."""
import hashlib
import json
import os
import subprocess
import sys
import unittest

from support import EXPECTED, SCRIPT, VECTORS, StoreTest, read, tree, write

import cases_store
import frames
import objects
import recipes
import restore
from objects import canonical, sha

MAIN = "acme/weights:main"
REVISIONS = {item["manifest"]: item["files"] for item in EXPECTED["revisions"]}
REFS = {f"{item['model']}:{item['ref']}": item for item in EXPECTED["refs"]}


def digests(root):
    return {path: hashlib.sha256(data).hexdigest() for path, data in tree(root).items()}


def wanted(manifest):
    return {item["path"]: item["sha256"] for item in REVISIONS[manifest]}


def minimal(**members):
    """A store of one file `a.txt` (hello) whose manifest has other members: (objects, digest of the manifest)."""
    out = cases_store.Writer()
    out.put("waybill.json", b'{"layout":1,"requiredFeatures":[]}')
    name = out.push({"a.txt": b"hello"}, b"nonce")
    path = f"manifests/{name[:2]}/{name}"
    value = json.loads(out.objects.pop(path))
    value.update(members)
    value["contentId"] = objects.content_id(value["files"])
    data = canonical(value)
    out.put(f"manifests/{sha(data)[:2]}/{sha(data)}", data)
    return out.objects, sha(data)


class Intact(StoreTest):
    def test_the_example_holds_what_its_table_says(self):
        self.assertEqual(digests(os.path.join(VECTORS, "store")), EXPECTED["objects"])

    def test_every_ref(self):
        for address, item in REFS.items():
            out = os.path.join(self.work, address.replace("/", "-"))
            if item["state"] == "active":
                self.expect(0, address, out=out)
                self.assertEqual(digests(out), wanted(item["manifest"]))
            else:
                said = self.expect(5, address, out=out)
                self.assertIn(item["manifest"], said)
                self.assertFalse(os.path.exists(out))

    def test_every_revision_by_digest(self):
        for number, manifest in enumerate(REVISIONS):
            for address in (f"@{manifest}", f"acme/any@{manifest}"):
                out = os.path.join(self.work, f"{number}{address[0]}")
                self.expect(0, address, out=out)
                self.assertEqual(digests(out), wanted(manifest))

    def test_default_ref_is_main(self):
        self.expect(0, "acme/tiny")
        self.assertEqual(tree(self.out), {"a.txt": b"hello"})

    def test_ref_and_digest_must_agree(self):
        manifest = REFS[MAIN]["manifest"]
        self.expect(0, f"{MAIN}@{manifest}")
        other = next(name for name in REVISIONS if name != manifest)
        self.expect(6, f"{MAIN}@{other}", out=self.out + "2")

    def test_as_a_program(self):
        done = subprocess.run([sys.executable, SCRIPT, self.store, MAIN, self.out], capture_output=True, env={"LC_ALL": "C", "PATH": os.environ["PATH"]})
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(tree(self.out)), len(wanted(REFS[MAIN]["manifest"])))

    def test_nothing_but_the_files_is_left(self):
        self.expect(0, "acme/tiny")
        self.assertEqual(os.listdir(self.out), ["a.txt"])
        self.assertEqual(os.stat(os.path.join(self.out, "a.txt")).st_nlink, 1)

    def test_more_rows_than_a_segment(self):
        chunk = b"x" * 3
        frame = frames.encode(chunk, 0, "raw")
        name, pack, _ = objects.pack([(sha(chunk), 3, frame)], bytes(16))
        data = chunk * 8200
        segments = [objects.list_segment([(sha(chunk), 3, 0)] * n) for n in (8192, 9)]
        files = [objects.file("a.bin", data, rows=8200), objects.file("b.bin", chunk)]
        manifest = canonical(objects.manifest(files, [sha(s) for s in segments]))
        stored = {"waybill.json": b'{"layout":1,"requiredFeatures":[]}', f"packs/{name[:2]}/{name}": pack,
                  f"manifests/{sha(manifest)[:2]}/{sha(manifest)}": manifest}
        for segment, rows in zip(segments, (8192, 9)):
            stored[f"lists/{sha(segment)[:2]}/{sha(segment)}"] = segment
            stored[f"locators/{sha(segment)[:2]}/{sha(segment)}"] = objects.locator(sha(segment), [name], [(0, 8, len(frame))] * rows)
        self.install(stored)
        self.expect(0, f"@{sha(manifest)}")
        self.assertEqual(tree(self.out), {"a.bin": data, "b.bin": chunk})

    def test_memory_is_bounded(self):
        size, count = 4194304, 48
        frame = frames.assemble(0, size, [(1, size, b"\0")])
        zeros, whole = bytes(size), hashlib.sha256()
        for _ in range(count):
            whole.update(zeros)
        name, pack, _ = objects.pack([(sha(zeros), size, frame)], bytes(16))
        segment = objects.list_segment([(sha(zeros), size, 0)] * count)
        manifest = canonical(objects.manifest([objects.file("a.bin", b"", size=size * count, sha256=whole.hexdigest(), rows=count)], [sha(segment)]))
        self.install({"waybill.json": b'{"layout":1,"requiredFeatures":[]}', f"packs/{name[:2]}/{name}": pack,
                      f"manifests/{sha(manifest)[:2]}/{sha(manifest)}": manifest, f"lists/{sha(segment)[:2]}/{sha(segment)}": segment})
        program = f"import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_DATA, (96 << 20, 96 << 20)); " \
                  f"sys.argv = {[SCRIPT, self.store, '@' + sha(manifest), self.out]!r}; runpy.run_path({SCRIPT!r}, run_name='__main__')"
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(os.path.getsize(os.path.join(self.out, "a.bin")), size * count)


class Arguments(StoreTest):
    def test_usage(self):
        for address in ("acme", "acme/tiny:", "acme/tiny:a:b", "acme/../tiny", "acme/tiny:latest", "acme/tiny:Latest", "acme/tiny:x.json", "acme/tiny:x.JSON", "acme/tiny.", "@abc", "",
                        "acme/tiny@" + "A" * 64, "/acme/tiny", "acme/tiny:" + "r" * 97):
            self.expect(2, address)
        for arguments in ([], ["a"], ["a", "b", "c", "d"]):
            done = subprocess.run([sys.executable, SCRIPT] + arguments, capture_output=True)
            self.assertEqual(done.returncode, 2)

    def test_help(self):
        done = subprocess.run([sys.executable, SCRIPT, "--help"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0)
        self.assertIn("Your data never depends on Waybill", done.stdout)

    def test_not_found(self):
        self.expect(3, "acme/nothing")
        self.expect(3, "acme/tiny:v9")
        self.expect(3, "@" + "0" * 64)
        self.expect(3, MAIN, store=self.work)
        self.expect(3, MAIN, store=os.path.join(self.work, "missing"))
        self.assertFalse(os.path.exists(self.out))

    def test_a_newer_store(self):
        for text in (b'{"layout":2,"requiredFeatures":[]}', b'{"layout":1,"requiredFeatures":["delta"]}'):
            write(os.path.join(self.store, "waybill.json"), text)
            self.expect(1, MAIN)


class Destination(StoreTest):
    def test_existing_files_are_kept(self):
        write(os.path.join(self.out, "a.txt"), b"mine")
        self.expect(1, "acme/tiny")
        self.assertEqual(tree(self.out), {"a.txt": b"mine"})

    def test_one_file_in_the_way_and_nothing_is_written(self):
        write(os.path.join(self.out, "quantised", "tiny.gguf"), b"mine")
        self.expect(1, MAIN)
        self.assertEqual(tree(self.out), {"quantised/tiny.gguf": b"mine"})

    def test_a_second_run_changes_nothing(self):
        self.expect(0, MAIN)
        before = digests(self.out)
        self.expect(1, MAIN)
        self.assertEqual(digests(self.out), before)

    def test_other_files_do_not_matter(self):
        write(os.path.join(self.out, "other"), b"mine")
        self.expect(0, "acme/tiny")
        self.assertEqual(tree(self.out), {"a.txt": b"hello", "other": b"mine"})

    def test_links_are_not_followed(self):
        elsewhere = os.path.join(self.work, "elsewhere")
        os.makedirs(elsewhere)
        os.makedirs(self.out)
        os.symlink(elsewhere, os.path.join(self.out, "quantised"))
        self.expect(1, MAIN)
        os.unlink(os.path.join(self.out, "quantised"))
        os.symlink(os.path.join(elsewhere, "nothing"), os.path.join(self.out, "README.md"))
        self.expect(1, MAIN)
        self.assertEqual(os.listdir(elsewhere), [])

    def test_a_file_as_destination(self):
        write(self.out, b"mine")
        self.expect(1, "acme/tiny")
        self.assertEqual(read(self.out), b"mine")

    def test_no_space(self):
        program = f"import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (100000, 100000)); " \
                  f"sys.argv = {[SCRIPT, self.store, MAIN, self.out]!r}; runpy.run_path({SCRIPT!r}, run_name='__main__')"
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
        self.assertEqual(done.returncode, 8, done.stderr)
        self.assertNotIn("model.safetensors", tree(self.out))
        self.assertFalse([name for name in os.listdir(self.out) if name.startswith(".")])


class Damaged(StoreTest):
    def outcome(self, address, *codes):
        """Restoring ends with one of the codes, and whatever is there is right."""
        out = os.path.join(self.work, "damaged")
        code, said = self.restore(address, out=out)
        self.assertIn(code, codes, said)
        right, found = wanted(REFS[address]["manifest"]), digests(out)
        for path, digest in found.items():
            self.assertEqual(digest, right.get(path), said)
        self.assertEqual(found == right, code == 0, said)
        subprocess.run(["rm", "-rf", out], check=True)
        return code

    def object_paths(self):
        """{kind: path} of what acme/tiny:main needs."""
        return {kind: os.path.join(self.store, path) for kind, path in self.names().items()}

    def names(self):
        manifest = REFS["acme/tiny:main"]["manifest"]
        segment = json.loads(read(os.path.join(self.store, "manifests", manifest[:2], manifest)))["lists"][0]
        chunk = bytes.fromhex(sha(b"hello"))
        pack = next(p for p in EXPECTED["objects"] if p.startswith("packs/") and chunk in read(os.path.join(self.store, p)))
        return {"waybill": "waybill.json", "entry": "refs/acme/tiny/main/0000000001", "latest": "refs/acme/tiny/main/latest",
                "index": "refs/acme/tiny/index.json", "catalog": "catalog.json", "manifest": f"manifests/{manifest[:2]}/{manifest}",
                "list": f"lists/{segment[:2]}/{segment}", "locator": f"locators/{segment[:2]}/{segment}", "pack": pack}

    def test_one_bit_anywhere(self):
        """Every byte of every object of the smallest model, one bit flipped: damage is found, or does not matter."""
        allowed = {"waybill": (0, 1, 4), "entry": (4,), "latest": (0,), "index": (0,), "catalog": (0,), "manifest": (4,), "list": (4,), "locator": (0,)}
        for kind, path in self.object_paths().items():
            good, codes = read(path), set()
            frame = range(8, 8 + 25)
            for at in range(len(good)):
                self.flip(path, at, bit=at % 8)
                expected = ((4,) if at in frame else (0,)) if kind == "pack" else allowed[kind]
                codes.add(self.outcome("acme/tiny:main", *expected))
                write(path, good)
            self.assertIn(4 if kind in ("entry", "manifest", "list", "pack", "waybill") else 0, codes)
            self.assertEqual(self.outcome("acme/tiny:main", 0), 0)

    def test_missing_objects(self):
        for kind, path in self.object_paths().items():
            good = read(path)
            os.unlink(path)
            needed = kind in ("waybill", "entry", "manifest", "list", "pack")
            self.outcome("acme/tiny:main", 0 if not needed else 3 if kind in ("waybill", "entry") else 4)
            write(path, good)

    def test_cut_objects(self):
        for kind, path in self.object_paths().items():
            good = read(path)
            for length in {0, 1, len(good) // 2, len(good) - 1}:
                write(path, good[:length])
                needed = kind in ("waybill", "entry", "manifest", "list")
                self.outcome("acme/tiny:main", *((4,) if needed else (0, 4) if kind == "pack" else (0,)))
            write(path, good)

    def test_one_bit_in_a_larger_model(self):
        """In every pack, each 97th byte: only the files that need it are missing."""
        packs = [path for path in EXPECTED["objects"] if path.startswith("packs/")]
        codes = set()
        for path in (os.path.join(self.store, name) for name in packs):
            good = read(path)
            for at in range(0, len(good), 97):
                self.flip(path, at, bit=at % 8)
                codes.add(self.outcome(MAIN, 0, 4))
                write(path, good)
        self.assertEqual(codes, {0, 4})

    def test_intact_files_are_restored_all_the_same(self):
        manifest = REFS[MAIN]["manifest"]
        data = next(item for item in REVISIONS[manifest] if item["path"] == "quantised/tiny.gguf")
        self.expect(0, MAIN)
        chunk = hashlib.sha256(read(os.path.join(self.out, data["path"]))[-36:]).digest()
        hit = False
        for name in (p for p in EXPECTED["objects"] if p.startswith("packs/")):
            path = os.path.join(self.store, name)
            with open(path, "rb") as file:
                for digest, _, stored, offset in restore.read_footer(file, os.path.basename(path)):
                    if digest == chunk:
                        self.flip(path, offset + stored - 1)
                        hit = True
        self.assertTrue(hit)
        said = self.expect(4, MAIN, out=self.out + "2")
        right = wanted(manifest)
        del right["quantised/tiny.gguf"]
        self.assertEqual(digests(self.out + "2"), right)
        self.assertIn("quantised/tiny.gguf", said)

    def test_a_chunk_that_stands_in_two_packs(self):
        places = {}
        for name in (p for p in EXPECTED["objects"] if p.startswith("packs/")):
            with open(os.path.join(self.store, name), "rb") as file:
                for digest, _, stored, offset in restore.read_footer(file, os.path.basename(name)):
                    places.setdefault(digest, []).append((name, offset))
        twice = [found for found in places.values() if len(found) == 2]
        self.assertEqual(len(twice), 1)
        (first, at), (second, other) = twice[0]
        self.flip(os.path.join(self.store, first), at + 20)
        self.outcome(MAIN, 0)
        self.flip(os.path.join(self.store, second), other + 20)
        self.outcome(MAIN, 4)

    def test_without_any_locator(self):
        subprocess.run(["rm", "-r", os.path.join(self.store, "locators")], check=True)
        for address, item in REFS.items():
            if item["state"] == "active":
                self.outcome(address, 0)

    def test_neither_locator_nor_footer(self):
        paths = self.object_paths()
        os.unlink(paths["locator"])
        self.flip(paths["pack"], -30)
        self.outcome("acme/tiny:main", 4)

    def test_lying_locators(self):
        paths = self.object_paths()
        name, pack = os.path.basename(paths["locator"]), os.path.basename(paths["pack"])
        lies = [([pack], (0, 0, 25)), ([pack], (0, 9, 25)), ([pack], (0, 8, 24)), ([pack], (0, 67108000, 25)), ([pack], (0, 8, 0)),
                ([pack], (0, 8, 60000000)), (["0" * 64], (0, 8, 25)), ([], (restore.NOWHERE, 0, 0)), ([pack], (0, 8, 20))]
        for packs, row in lies:
            write(paths["locator"], objects.locator(name, packs, [row]))
            self.outcome("acme/tiny:main", 0)

    def test_foreign_files_among_the_packs(self):
        os.unlink(self.object_paths()["locator"])
        write(os.path.join(self.store, "packs", "00", "notes.txt"), b"hello")
        write(os.path.join(self.store, "packs", "00", "0" * 64), b"not a pack")
        self.outcome("acme/tiny:main", 0)


class Hostile(StoreTest):
    def test_signed_digest_over_other_chunks(self):
        """The manifest names a genuine SHA-256 over chunks that are not that file."""
        for members in ({"sha256": sha(b"jello")}, {"size": 4, "sha256": sha(b"hell")}, {"size": 6, "sha256": sha(b"hello!")}):
            stored, name = minimal(files=[dict(objects.file("a.txt"), firstRow=0, **members)])
            self.install(stored)
            self.expect(4, f"@{name}")
            self.assertFalse(os.path.exists(self.out))

    def test_unsafe_paths(self):
        for path in ("../a.txt", "/tmp/waybill-hostile", "a/../../b", "a\\b", ".git/config", ".waybill/x", "con", "a\0b", "a\nb", "a.", ""):
            stored, name = minimal(files=[dict(objects.file(path), firstRow=0)])
            self.install(stored)
            self.expect(4, f"@{name}")
            self.assertEqual(sorted(os.listdir(self.work)), ["store"])

    def test_colliding_paths(self):
        for pair in (("A", "a"), ("a", "a/b"), ("e\u0301", "\u00e9")):
            files = [dict(objects.file(path, b""), firstRow=0) for path in sorted(pair, key=str.encode)]
            stored, name = minimal(files=files, lists=[])
            self.install(stored)
            self.expect(4, f"@{name}")
            self.assertFalse(os.path.exists(self.out))

    def test_segment_of_another_length(self):
        stored, _ = minimal()
        two = objects.list_segment([(sha(b"hello"), 5, 0)] * 2)
        stored[f"lists/{sha(two)[:2]}/{sha(two)}"] = two
        manifest = canonical(objects.manifest([objects.file("a.txt")], [sha(two)]))
        stored[f"manifests/{sha(manifest)[:2]}/{sha(manifest)}"] = manifest
        self.install(stored)
        self.expect(4, f"@{sha(manifest)}")
        self.assertFalse(os.path.exists(self.out))

    def test_messages_do_not_reach_the_terminal_raw(self):
        data = objects.entry("acme/tiny", "evil", 1, state="withdrawn", reason="\x1b[2Jgone")
        write(os.path.join(self.store, "refs/acme/tiny/evil/0000000001"), data)
        said = self.expect(5, "acme/tiny:evil")
        self.assertNotIn("\x1b", said)
        self.assertIn("gone", said)


class Log(StoreTest):
    def entries(self, *data, hint=None):
        for n, item in enumerate(data, 1):
            write(os.path.join(self.store, f"refs/acme/tiny/log/{n:010d}"), item)
        if hint is not None:
            write(os.path.join(self.store, "refs/acme/tiny/log/latest"), hint)

    def chain(self, count, **last):
        tiny, done, previous = REFS["acme/tiny:main"]["manifest"], [], None
        for n in range(1, count + 1):
            members = dict({"manifest": tiny}, **(last if n == count else {"manifest": "0" * 64}))
            done.append(objects.entry("acme/tiny", "log", n, previous=previous, **members))
            previous = sha(done[-1])
        return done

    def test_hints(self):
        """Whatever the hint says, the newest entry counts; older ones name a manifest that is not there."""
        hints = [None, b"", b"garbage", b"0000000001\n", b"0000000003\n", b"0000000004\n", b"0000000009\n", b"0000000000\n", b"0000000002", b"x" * 100000,
                 b"9999999999\n", b"0000000001\r\n"]
        for number, hint in enumerate(hints):
            self.entries(*self.chain(4), hint=hint)
            self.expect(0, "acme/tiny:log", out=f"{self.out}{number}")

    def test_a_damaged_newest_entry_is_not_passed_over(self):
        tiny = REFS["acme/tiny:main"]["manifest"]
        first = objects.entry("acme/tiny", "log", 1, manifest=tiny)
        for second in (b"", b"burnt", objects.entry("acme/tiny", "log", 3, manifest=tiny, previous=sha(first)),
                       objects.entry("acme/tiny", "main", 2, manifest=tiny, previous=sha(first))):
            self.entries(first, second, hint=b"0000000001\n")
            self.expect(4, "acme/tiny:log")

    def test_what_follows_a_burnt_entry(self):
        tiny = REFS["acme/tiny:main"]["manifest"]
        self.entries(objects.entry("acme/tiny", "log", 1, manifest=tiny), b"burnt",
                     objects.entry("acme/tiny", "log", 3, manifest=tiny, previous=sha(b"burnt")))
        self.expect(0, "acme/tiny:log")

    def test_previous_must_fit(self):
        tiny = REFS["acme/tiny:main"]["manifest"]
        first = objects.entry("acme/tiny", "log", 1, manifest=tiny)
        self.entries(first, objects.entry("acme/tiny", "log", 2, manifest=tiny, previous=sha(b"fork")))
        self.expect(4, "acme/tiny:log")

    def test_an_entry_of_another_ref(self):
        write(os.path.join(self.store, "refs/acme/tiny/log/0000000001"), read(os.path.join(self.store, "refs/acme/tiny/main/0000000001")))
        self.expect(4, "acme/tiny:log")

    def test_moved(self):
        self.entries(*self.chain(2, manifest=None, movedTo="acme/huge"))
        self.assertIn("acme/huge", self.expect(3, "acme/tiny:log"))

    def test_withdrawn(self):
        self.entries(*self.chain(2, manifest=None, state="withdrawn", reason="Gone for good."))
        self.assertIn("Gone for good.", self.expect(5, "acme/tiny:log"))


if __name__ == "__main__":
    unittest.main()
