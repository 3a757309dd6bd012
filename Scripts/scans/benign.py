#!/usr/bin/env python3
"""Writes ordinary files of models into a folder, with whatever libraries are there.

    benign.py DIRECTORY

Prints one line a file: `clean NAME`, or `needs-code NAME` for a file that names classes of its own. numpy is needed; joblib, h5py and torch
are used where they can be imported. What Tests/WaybillPapersTests/Scans/BenignFileTests.swift scans.
"""
import collections
import gzip
import io
import json
import os
import pickle
import sys
import tarfile
import zipfile

folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
np = None


def path(name):
    return os.path.join(folder, name)


def said(name, verdict="clean"):
    print(verdict, name)


def plain():
    value = {"weights": [1.5, 2.5], "names": ["a", "b" * 300, "é"], "shape": (3, 4), "big": 1 << 80, "none": None, "set": {1, 2},
             "frozen": frozenset([1]), "bytes": b"\x80\x04cos\nsystem\n", "ordered": collections.OrderedDict(a=1), "c": 1j, "slice": slice(1, 2),
             "range": range(3), "nested": [[[[[[]]]]]], "array": bytearray(b"xyz")}
    value["self"] = value
    for protocol in range(6):
        with open(path(f"plain-{protocol}.pkl"), "wb") as file:
            pickle.dump(value, file, protocol)
        said(f"plain-{protocol}.pkl")
    with open(path("several.pkl"), "wb") as file:
        for protocol in range(6):
            pickle.dump({"part": protocol, "vocabulary": {f"word{i}": i for i in range(2000)}}, file, protocol)
    said("several.pkl")


def numpy_files():
    array = np.arange(600, dtype=np.float32).reshape(20, 30)
    np.save(path("array.npy"), array)
    np.save(path("strings.npy"), np.array(["a", "bc"]))
    np.save(path("structured.npy"), np.zeros(3, dtype=[("a", "<f4"), ("b", "<i8", (2,))]))
    np.save(path("scalar.npy"), np.float64(3))
    np.save(path("objects.npy"), np.array([{"a": 1}, None, "text", array], dtype=object), allow_pickle=True)
    np.savez(path("arrays.npz"), a=array, b=np.arange(3))
    np.savez_compressed(path("compressed.npz"), a=array, b=np.zeros(100_000))
    with open(path("two.npy"), "wb") as file:
        np.save(file, array)
        np.save(file, np.arange(4))
    for name in ("array.npy", "strings.npy", "structured.npy", "scalar.npy", "objects.npy", "arrays.npz", "compressed.npz", "two.npy"):
        said(name)
    for protocol in range(6):
        with open(path(f"numpy-{protocol}.pkl"), "wb") as file:
            pickle.dump({"a": array, "f": np.float32(2), "t": array.dtype, "b": np.array([True]), "s": np.asfortranarray(array)}, file, protocol)
        said(f"numpy-{protocol}.pkl")


def joblib_files(joblib):
    value = {"weights": np.random.default_rng(1).normal(size=(200, 30)), "ints": np.arange(7), "f": np.asfortranarray(np.ones((3, 4))),
             "objects": np.array([1, "a", None], dtype=object), "list": [np.zeros(5, dtype=">i2"), np.bool_(True)]}
    for name, compress in (("plain.joblib", 0), ("zlib.joblib", ("zlib", 3)), ("gzip.joblib", ("gzip", 3))):
        joblib.dump(value, path(name), compress=compress)
        said(name)
    joblib.dump(np.zeros(1000), path("single.joblib"))
    said("single.joblib")


def torch_files(torch):
    torch.manual_seed(1)
    model = torch.nn.Sequential(torch.nn.Linear(40, 30), torch.nn.BatchNorm1d(30), torch.nn.Linear(30, 2))
    state = model.state_dict()
    torch.save(state, path("state.pt"))
    torch.save(state, path("pytorch_model.bin"))
    torch.save(state, path("state-legacy.pth"), _use_new_zipfile_serialization=False)
    optimizer = torch.optim.Adam(model.parameters())
    model(torch.randn(4, 40)).sum().backward()
    optimizer.step()
    checkpoint = {"model": state, "optimizer": optimizer.state_dict(), "epoch": 3, "rng": torch.get_rng_state(), "dtype": torch.float16,
                  "device": torch.device("cpu"), "size": torch.Size([1, 2]), "half": torch.ones(3).half(), "bf16": torch.ones(3).bfloat16(),
                  "bool": torch.ones(3).bool(), "parameter": torch.nn.Parameter(torch.ones(2)), "view": torch.arange(10)[2:5],
                  "sparse": torch.eye(3).to_sparse(), "complex": torch.ones(2, dtype=torch.complex64)}
    torch.save(checkpoint, path("checkpoint.ckpt"))
    torch.save(checkpoint, path("checkpoint-legacy.ckpt"), _use_new_zipfile_serialization=False)
    torch.save(torch.arange(5), path("tensor.pt"))
    for name in ("state.pt", "pytorch_model.bin", "state-legacy.pth", "checkpoint.ckpt", "checkpoint-legacy.ckpt", "tensor.pt"):
        said(name)
    torch.save(model, path("model.pt"))
    torch.save(model, path("model-legacy.pt"), _use_new_zipfile_serialization=False)
    said("model.pt", "needs-code")
    said("model-legacy.pt", "needs-code")


def archives():
    with zipfile.ZipFile(path("plain.zip"), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("folder/", "")
        archive.writestr("folder/readme.txt", "hello\n" * 100)
        archive.writestr("config.json", json.dumps({"model_type": "llama"}))
    # A writer that cannot seek puts sizes behind the data.
    class Pipe(io.RawIOBase):
        def __init__(self, file):
            self.file = file

        def writable(self):
            return True

        def write(self, data):
            return self.file.write(data)
    with open(path("streamed.zip"), "wb") as file, zipfile.ZipFile(Pipe(file), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", "hello\n" * 100)
        archive.writestr("b.txt", "world\n" * 100)
    for mode, name in (("w", "plain.tar"), ("w:gz", "plain.tar.gz")):
        for kind, suffix in ((tarfile.USTAR_FORMAT, "u"), (tarfile.GNU_FORMAT, "g"), (tarfile.PAX_FORMAT, "p")):
            with tarfile.open(path(suffix + name), mode, format=kind) as archive:
                for member in ("a.txt", "long/" + "x" * 90 + "/b.txt"):
                    info = tarfile.TarInfo(member)
                    info.size = 600
                    archive.addfile(info, io.BytesIO(b"y" * 600))
            said(suffix + name)
    with gzip.open(path("text.txt.gz"), "wb") as file:
        file.write(b"hello " * 10_000)
    for name in ("plain.zip", "streamed.zip", "text.txt.gz"):
        said(name)


def texts():
    with open(path("vocab.txt"), "w", encoding="utf-8") as file:
        file.write("\n".join(["[PAD]", "cos", "system", "radios", "system", "eval", "cbuiltins", "open", "c", "i", "(", ")", ".", "the"]))
    with open(path("README.md"), "w", encoding="utf-8") as file:
        file.write("config\nvalues\n" + "Text with words, (brackets) and numbers 0x80.\n" * 50)
    with open(path("merges.txt"), "w", encoding="utf-8") as file:
        file.write("#version: 0.2\n" + "\n".join(f"{a} {b}" for a in "abc" for b in "xyz"))
    for name in ("vocab.txt", "README.md", "merges.txt"):
        said(name)


plain()
archives()
texts()
try:
    import numpy as np
except ImportError:
    print("absent numpy")
else:
    numpy_files()
    for library, write in (("joblib", joblib_files), ("torch", torch_files)):
        try:
            module = __import__(library)
        except Exception as error:  # a broken installation is no installation
            print("absent", library, type(error).__name__)
        else:
            write(module)
