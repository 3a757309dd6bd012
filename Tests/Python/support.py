"""What the Python tests share: the modules under test, a fresh copy of the example store, and restoring in this process."""
import contextlib
import io
import json
import os
import shutil
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VECTORS = os.path.join(ROOT, "Protocol", "vectors", "v1")
SCRIPT = os.path.join(ROOT, "Scripts", "restore.py")
sys.path[:0] = [os.path.join(ROOT, "Scripts"), os.path.join(ROOT, "Scripts", "vectors")]

import recipes  # noqa: E402, F401
import restore  # noqa: E402

with open(os.path.join(VECTORS, "store.json"), encoding="utf-8") as expected_file:
    EXPECTED = json.load(expected_file)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)


def tree(root):
    """{path: bytes} of all files below a directory."""
    found = {}
    for folder, _, names in os.walk(root):
        found.update({os.path.relpath(os.path.join(folder, name), root): read(os.path.join(folder, name)) for name in names})
    return found


class Output(io.StringIO):
    def reconfigure(self, **_):
        pass


class StoreTest(unittest.TestCase):
    """A test with its own copy of the example store, in `self.store`, and a place to restore to, `self.out`."""

    def setUp(self):
        self.work = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.work)
        self.store, self.out = os.path.join(self.work, "store"), os.path.join(self.work, "out")
        shutil.copytree(os.path.join(VECTORS, "store"), self.store)

    def restore(self, address, store=None, out=None):
        """(exit code, what it said)"""
        said = Output()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            code = restore.main([store or self.store, address, out or self.out])
        return code, said.getvalue()

    def expect(self, code, address, **others):
        found, said = self.restore(address, **others)
        self.assertEqual(found, code, said)
        return said

    def path(self, kind, *names):
        """The only object of a kind, or the one whose name begins so."""
        folder = os.path.join(self.store, kind)
        found = [os.path.join(f, n) for f, _, all_names in os.walk(folder) for n in all_names if not names or n.startswith(names[0])]
        self.assertEqual(len(found), 1)
        return found[0]

    def flip(self, path, at, bit=0):
        data = bytearray(read(path))
        data[at] ^= 1 << bit
        write(path, bytes(data))

    def install(self, objects):
        """Replace the store by these objects."""
        shutil.rmtree(self.store)
        for path, data in objects.items():
            write(os.path.join(self.store, path), data)
