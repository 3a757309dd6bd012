"""Scripts/restore.py against Protocol/vectors, and the vectors against the program that writes them."""
import hashlib
import io
import json
import os
import subprocess
import sys
import unittest

from support import ROOT, VECTORS, recipes, restore

# What restoring does not need: hints, and who signed what.
UNREAD = ("index", "catalog", "keyset", "attestations")
CODES = {"integrity": restore.INTEGRITY, "failure": restore.FAILURE}


def load(*path):
    with open(os.path.join(VECTORS, *path), "rb") as file:
        return file.read()


def cases(folder):
    for case in json.loads(load(folder, "index.json"))["cases"]:
        yield case, load(folder, case["file"]) if "file" in case else recipes.make(case["make"])


def parse(case, data):
    """The kind's parser, or None for what restoring does not need."""
    kind = case["kind"]
    if kind == "waybill":
        return restore.check_waybill_json(data)
    if kind == "entry":
        return restore.parse_entry(data, case["model"], case["ref"], case["n"])
    if kind == "manifest":
        return restore.parse_manifest(data, case["digest"])
    if kind == "list":
        return restore.parse_list(data, case["digest"])
    if kind == "locator":
        return restore.parse_locator(data, case["segment"], case["count"] if "count" in case else len(case["rows"]))
    return restore.read_footer(io.BytesIO(data), case["digest"])


class Vectors(unittest.TestCase):
    def test_frames(self):
        seen = {True: 0, False: 0}
        for name in sorted(os.listdir(os.path.join(VECTORS, "frames"))):
            case = json.loads(load("frames", name))
            seen[case["valid"]] += 1
            raw = bytes.fromhex(case["raw"]) if isinstance(case["raw"], str) else recipes.make(case["raw"]["make"])
            with self.subTest(case["name"]):
                try:
                    data = restore.decode_frame(bytes.fromhex(case["frame"]), case["length"])
                    good = hashlib.sha256(data).hexdigest() == case["sha256"]
                    self.assertTrue(data == raw or not good)
                except restore.Problem as problem:
                    good = False
                    self.assertEqual(problem.code, restore.INTEGRITY)
                self.assertEqual(good, case["valid"], case.get("reason"))
        self.assertGreater(seen[True], 100)
        self.assertGreater(seen[False], 100)

    def test_valid_objects(self):
        kinds = set()
        for case, data in cases("valid"):
            kinds.add(case["kind"])
            with self.subTest(case["case"]):
                self.assertEqual(hashlib.sha256(data).hexdigest(), case["sha256"])
                if case["kind"] in UNREAD:
                    continue
                value = parse(case, data)
                if case["kind"] == "entry":
                    self.assertEqual(value, case["payload"])
                if case["kind"] == "manifest":
                    self.assertEqual(value["contentId"], case["contentId"])
                if case["kind"] in ("list", "pack") and "rows" in case:
                    self.assertEqual([[row[0].hex(), *row[1:]] for row in value], case["rows"])
                if case["kind"] == "locator":
                    named = [[None if n == restore.NOWHERE else case["packs"][n], offset, stored] for n, offset, stored in case["rows"]]
                    self.assertEqual([list(place) for place in value], named)
        self.assertEqual(kinds, {"waybill", "entry", "index", "catalog", "keyset", "attestations", "manifest", "list", "locator", "pack"})

    def test_invalid_objects(self):
        count = 0
        for case, data in cases("invalid"):
            if case["kind"] in UNREAD:
                continue
            count += 1
            with self.subTest(case["case"]):
                with self.assertRaises(restore.Problem, msg=case["reason"]) as caught:
                    parse(case, data)
                self.assertEqual(caught.exception.code, CODES[case["error"]], str(caught.exception))
        self.assertGreater(count, 300)

    def test_vectors_are_what_make_vectors_writes(self):
        done = subprocess.run([sys.executable, os.path.join(ROOT, "Scripts", "make-vectors"), "--check"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main()
