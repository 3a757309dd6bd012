"""OpenSSF Model Signing against its reference tool, in both directions: what one signs, the other verifies, and refuses once it was changed."""
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WAYBILL = os.environ.get("WAYBILL", os.path.join(ROOT, ".build", "release", "waybill"))
# model_signing imports OpenSSL without saying so.
MISSING = [package for module, package in (("model_signing", "model-signing"), ("OpenSSL", "pyOpenSSL")) if importlib.util.find_spec(module) is None]
REFERENCE = [sys.executable, "-m", "model_signing"]

TREES = {
    "flat": {"config.json": b"{}", "weights.bin": bytes(range(256)) * 64},
    # By code point sub.txt stands before sub/w.bin, by components behind it.
    "nested": {"a/b/c/d/e.bin": b"deep", "sub.txt": b"1", "sub/w.bin": b"2", "sub-x/y": b"3"},
    "unicode": {"modèle-日本語.bin": b"1", "😀/e\u0301.txt": b"2", "a b'\"&.txt": b"3"},
    "empty files": {"a": b"", "b/c": b"", "d": b"x"},
    "one file": {"model.gguf": b"GGUF"},
}
CURVES = ("P-256", "P-384", "P-521")


def run(*arguments, cwd=None):
    return subprocess.run(arguments, cwd=cwd, capture_output=True, text=True, timeout=120, check=False)


def knows(command, option):
    return os.path.exists(WAYBILL) and option in run(WAYBILL, command, "--help").stdout


@unittest.skipIf(MISSING, f"needs {', '.join(MISSING)}")
@unittest.skipUnless(os.path.exists(WAYBILL), f"needs {WAYBILL}")
@unittest.skipUnless(shutil.which("openssl"), "needs the program openssl")
class ModelSigning(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not knows("sign", "--certificates") or not knows("verify", "--signature"):
            raise unittest.SkipTest("this waybill neither signs nor verifies directories")
        cls.keys = tempfile.mkdtemp()
        cls.addClassCleanup(shutil.rmtree, cls.keys)
        for curve in CURVES:
            cls.make_key(curve, curve)
            cls.certify(curve, "authority" if curve == "P-256" else None)

    @classmethod
    def openssl(cls, *arguments):
        subprocess.run(["openssl", *arguments], cwd=cls.keys, capture_output=True, check=True)

    @classmethod
    def make_key(cls, name, curve):
        cls.openssl("genpkey", "-algorithm", "EC", "-pkeyopt", f"ec_paramgen_curve:{curve}", "-out", name)
        cls.openssl("pkey", "-in", name, "-pubout", "-out", f"{name}.pub")

    @classmethod
    def certify(cls, name, new_authority=None):
        """name.crt for a key, by an authority that is made once."""
        if new_authority:
            cls.make_key(new_authority, "P-384")
            cls.openssl("req", "-x509", "-new", "-key", new_authority, "-subj", "/CN=Authority", "-days", "30", "-out", f"{new_authority}.crt",
                        "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign")
        with open(os.path.join(cls.keys, "extensions"), "w", encoding="ascii") as file:
            file.write("[e]\nkeyUsage=critical,digitalSignature\n")
        cls.openssl("req", "-new", "-key", name, "-subj", "/O=Acme/CN=Signer", "-out", f"{name}.csr")
        cls.openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "authority.crt", "-CAkey", "authority", "-CAcreateserial", "-days", "9",
                    "-extfile", "extensions", "-extensions", "e", "-out", f"{name}.crt")

    def setUp(self):
        self.work = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.work)
        self.signature = os.path.join(self.work, "model.sig")

    def key(self, name):
        return os.path.join(self.keys, name)

    def tree(self, files):
        root = os.path.join(self.work, "model")
        shutil.rmtree(root, ignore_errors=True)
        for name, data in files.items():
            path = os.path.join(root, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(data)
        return root

    # Each: (arguments of the signer, arguments of the verifier) by mode, for each side.
    def ours_sign(self, root, curve, certificate):
        chain = ("--certificates", self.key(f"{curve}.crt")) if certificate else ()
        return run(WAYBILL, "sign", root, "--key", self.key(curve), *chain, "--output", self.signature)

    def ours_verify(self, root, curve, certificate, *more):
        trust = ("--ca", self.key("authority.crt")) if certificate else ("--public-key", self.key(f"{curve}.pub"))
        return run(WAYBILL, "verify", root, "--signature", self.signature, *trust, *more)

    def theirs_sign(self, root, curve, certificate, *more):
        chain = ("--signing_certificate", self.key(f"{curve}.crt"), "--certificate_chain", self.key("authority.crt")) if certificate else ()
        return run(*REFERENCE, "sign", "certificate" if certificate else "key", root, "--private_key", self.key(curve), *chain,
                   "--signature", self.signature, *more)

    def theirs_verify(self, root, curve, certificate, *more):
        trust = ("--certificate_chain", self.key("authority.crt")) if certificate else ("--public_key", self.key(f"{curve}.pub"))
        return run(*REFERENCE, "verify", "certificate" if certificate else "key", root, "--signature", self.signature, *trust, *more)

    def accepted(self, result):
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def directions(self):
        """(name, sign, verify, exit code of a refusal): theirs is 1 for everything."""
        return (("ours, verified by the reference", self.ours_sign, self.theirs_verify, 1),
                ("the reference's, verified by us", self.theirs_sign, self.ours_verify, 4))

    def test_every_tree_in_both_directions(self):
        for name, files in TREES.items():
            root = self.tree(files)
            for direction, sign, verify, _ in self.directions():
                with self.subTest(tree=name, direction=direction):
                    self.accepted(sign(root, "P-256", False))
                    self.accepted(verify(root, "P-256", False))
                    os.remove(self.signature)

    def test_every_curve_in_both_modes(self):
        root = self.tree(TREES["nested"])
        for curve in CURVES:
            for certificate in (False, True):
                for direction, sign, verify, _ in self.directions():
                    with self.subTest(curve=curve, certificate=certificate, direction=direction):
                        self.accepted(sign(root, curve, certificate))
                        self.accepted(verify(root, curve, certificate))
                        os.remove(self.signature)

    def test_what_is_not_what_was_signed_is_refused(self):
        def change(root):
            with open(os.path.join(root, "sub", "w.bin"), "wb") as file:
                file.write(b"3")

        def add(root):
            with open(os.path.join(root, "sub", "more"), "wb") as file:
                file.write(b"")

        def remove(root):
            os.remove(os.path.join(root, "sub.txt"))

        for direction, sign, verify, code in self.directions():
            for difference, named in ((change, "sub/w.bin"), (add, "sub/more"), (remove, "sub.txt")):
                with self.subTest(direction=direction, difference=difference.__name__):
                    root = self.tree(TREES["nested"])
                    self.accepted(sign(root, "P-256", False))
                    self.accepted(verify(root, "P-256", False))
                    difference(root)
                    refused = verify(root, "P-256", False)
                    self.assertEqual(refused.returncode, code, refused.stdout + refused.stderr)
                    self.assertIn(named, refused.stdout + refused.stderr)
                    os.remove(self.signature)

    def test_another_key_or_authority_is_refused(self):
        root = self.tree(TREES["flat"])
        self.make_key("stranger", "P-256")
        self.openssl("req", "-x509", "-new", "-key", "stranger", "-subj", "/CN=Authority", "-days", "30", "-out", "stranger.crt")
        for direction, sign, verify, code in self.directions():
            with self.subTest(direction=direction):
                self.accepted(sign(root, "P-256", False))
                # Exit 5 of ours: whoever signed it is not trusted.
                self.assertEqual(verify(root, "stranger", False).returncode, 5 if code == 4 else 1)
                os.remove(self.signature)
        self.accepted(self.theirs_sign(root, "P-256", True))
        result = run(WAYBILL, "verify", root, "--signature", self.signature, "--ca", self.key("stranger.crt"))
        self.assertEqual(result.returncode, 5, result.stdout + result.stderr)

    def test_signature_in_the_directory(self):
        root = self.tree(TREES["flat"])
        self.signature = os.path.join(root, "model.sig")
        self.accepted(self.theirs_sign(root, "P-256", False))
        self.accepted(self.ours_verify(root, "P-256", False))

    def test_our_own_folders_disturb_nobody(self):
        root = self.tree({**TREES["flat"], ".waybill/state": b"x", ".git/config": b"y", ".cache/z": b"z"})
        self.accepted(self.ours_sign(root, "P-256", False))
        self.accepted(self.theirs_verify(root, "P-256", False))
        self.accepted(self.ours_verify(root, "P-256", False))

    def test_files_of_git_are_signed_by_us(self):
        """The reference leaves them out by itself: it must be told not to."""
        root = self.tree({**TREES["flat"], ".gitattributes": b"*.bin filter=lfs\n"})
        self.accepted(self.ours_sign(root, "P-256", False))
        self.accepted(self.theirs_verify(root, "P-256", False, "--no-ignore-git-paths"))
        self.accepted(self.theirs_sign(root, "P-256", False))
        self.accepted(self.ours_verify(root, "P-256", False))

    def test_what_the_signer_left_out_is_for_the_reader_to_accept(self):
        root = self.tree({**TREES["flat"], "notes.txt": b"x"})
        self.accepted(self.theirs_sign(root, "P-256", False, "--ignore-paths", os.path.join(root, "notes.txt")))
        refused = self.ours_verify(root, "P-256", False)
        self.assertEqual(refused.returncode, 4, refused.stderr)
        self.assertIn("notes.txt", refused.stderr)
        self.accepted(self.ours_verify(root, "P-256", False, "--ignore", "notes.txt"))


if __name__ == "__main__":
    unittest.main()
