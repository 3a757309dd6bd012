"""`waybill papers export`, held against the validators of the standards: five models that disclose differently, in every format."""
import html.parser
import importlib.util
import json
import os
import shutil
import struct
import subprocess
import tempfile
import unittest

NEEDED = {"jsonschema": "jsonschema", "yaml": "PyYAML", "rdflib": "rdflib", "pyshacl": "pyshacl",
          "cyclonedx": "cyclonedx-python-lib[json-validation]", "spdx_python_model": "spdx-python-model"}
MISSING = [package for module, package in NEEDED.items() if importlib.util.find_spec(module) is None]
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WAYBILL = os.environ.get("WAYBILL", os.path.join(ROOT, ".build", "release", "waybill"))
SPDX = os.path.join(ROOT, "..", "shared", "conformance", "spdx")

MODEL = """
model:
  name: Tiny
  version: 1.0
  suppliedBy: Example Labs
  releaseTime: 2026-01-31
  downloadLocation: https://example.com/tiny
"""
HOSTILE = "</script><script>alert(1)</script> & \\\"'\\\\ \\0\\e[31m\\x7F\\u202E\\u2028 ]]> *b* [a](b) # \\U0001F642"
DATA = """
license: {expression: MIT}
data:
  completeness: complete
  sources:
    - {name: Books, category: publicDataset, access: open, location: "https://example.com/books", license: CC0-1.0,
       datasetTypes: [text], suppliedBy: Archive, releaseTime: 2024-02-29, builtTime: 2024-02-01,
       size: {value: 2.5e9, unit: bytes}}
    - {name: News, category: licensed, access: obtainable, obtainedFrom: News Ltd., license: LicenseRef-news-1.0}
    - {name: Letters, category: userData, access: unshareable, sensitivePersonalInformation: yes}
    - {name: Pages, category: crawled, access: public, crawler: {names: [ExampleBot]}}
training:
  energy: {training: 1.5e3, unit: kilowattHour}
  metrics: [{name: accuracy, value: "0.7"}]
euSummary:
  text: {band: 1BTo10T}
"""
LLAMA = "LicenseRef-scancode-llama-3.1-license-2024"


def gguf(texts):
    """A GGUF file of metadata alone."""
    data = b"GGUF" + struct.pack("<IQQ", 3, 0, len(texts) + 1)
    for key, value in texts.items():
        data += struct.pack("<Q", len(key)) + key.encode() + struct.pack("<I", 8) + struct.pack("<Q", len(value)) + value.encode()
    key = b"general.base_model.count"
    return data + struct.pack("<Q", len(key)) + key + struct.pack("<II", 4, 1) + bytes(64)


MODELS = {
    "bare": {"model.bin": b"123"},
    "card": {"model.bin": b"123", "README.md": b"---\nlicense: apache-2.0\ndatasets: [squad]\n---\n# Tiny\n",
             "disclosure.yaml": ("disclosure: 1" + MODEL).encode()},
    "full": {"model.bin": b"123", "disclosure.yaml": ("disclosure: 1" + MODEL + DATA).encode()},
    "derivative": {"model.bin": b"123", "README.md": b"---\nlicense: llama3.1\n---\n# Tiny\n", "disclosure.yaml": (
        "disclosure: 1" + MODEL + f"license: {{expression: {LLAMA}}}\nbaseModels:\n"
        f"  - {{id: meta-llama/Llama-3.1-8B, relation: finetune, license: {LLAMA}}}\n").encode()},
    "quantisation": {
        "tiny.gguf": gguf({"general.license": "apache-2.0", "general.base_model.0.name": "Tiny"}),
        "disclosure.yaml": ("disclosure: 1" + MODEL).encode()},
    "hostile": {"model.bin": b"123", "disclosure.yaml": (
        "disclosure: 1" + MODEL.replace("Tiny", f'"{HOSTILE}"').replace("Example Labs", f'"{HOSTILE}"')
        + f'data: {{sources: [{{name: "{HOSTILE}", location: "https://[::1]/{HOSTILE}"}}]}}\n').encode()},
}


def export(folder, form):
    return subprocess.run([WAYBILL, "papers", "export", folder, "--format", form], capture_output=True, timeout=60, check=False)


def has_command():
    if not os.access(WAYBILL, os.X_OK):
        return False
    found = subprocess.run([WAYBILL, "papers", "export", "--help"], capture_output=True, timeout=60, check=False)
    return found.returncode == 0 and b"--format" in found.stdout


class Tags(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.open = set(), []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag


@unittest.skipIf(MISSING, "pip install " + " ".join(MISSING))
class ExportTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not has_command():
            raise unittest.SkipTest(f"{WAYBILL} has no `papers export`")
        cls.work = tempfile.mkdtemp()
        cls.addClassCleanup(shutil.rmtree, cls.work)
        for model, files in MODELS.items():
            os.mkdir(os.path.join(cls.work, model))
            for name, data in files.items():
                with open(os.path.join(cls.work, model, name), "wb") as file:
                    file.write(data)

    def export(self, model, form):
        done = export(os.path.join(self.work, model), form)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return done.stdout

    def each(self, form, models=tuple(MODELS)):
        for model in models:
            with self.subTest(model):
                yield model, self.export(model, form)

    def test_spdx_names_what_is_missing(self):
        done = export(os.path.join(self.work, "bare"), "spdx")
        self.assertNotEqual(done.returncode, 0)
        for key in ("model.suppliedBy", "model.releaseTime", "model.downloadLocation"):
            self.assertIn(key, done.stderr.decode())

    @unittest.skipUnless(os.path.isdir(SPDX), "needs shared/conformance/spdx beside the repository")
    def test_spdx_is_valid(self):
        import jsonschema
        import pyshacl
        import rdflib
        from spdx_python_model import v3_0_1
        with open(os.path.join(SPDX, "schema.json"), encoding="utf-8") as file:
            schema = jsonschema.Draft202012Validator(json.load(file))
        with open(os.path.join(SPDX, "spdx-context.jsonld"), encoding="utf-8") as file:
            context = json.load(file)["@context"]
        shapes = rdflib.Graph().parse(os.path.join(SPDX, "spdx-model.ttl"))
        for _, data in self.each("spdx", [model for model in MODELS if model != "bare"]):
            document = json.loads(data)
            self.assertEqual([error.message[:200] for error in schema.iter_errors(document)], [])
            # The context is a copy: nothing is fetched.
            graph = rdflib.Graph().parse(data=json.dumps({**document, "@context": context}), format="json-ld")
            conforms, _, report = pyshacl.validate(graph, shacl_graph=shapes, ont_graph=shapes)
            self.assertTrue(conforms, report)
            objects = v3_0_1.SHACLObjectSet()
            path = os.path.join(self.work, "document.json")
            with open(path, "wb") as file:
                file.write(data)
            with open(path, "rb") as file:
                v3_0_1.JSONLDDeserializer().read(file, objects)
            self.assertFalse(objects.missing_ids)
            self.assertEqual(len(list(objects.foreach_type("ai_AIPackage"))), 1)

    @unittest.skipUnless(os.path.isdir(SPDX), "needs shared/conformance/spdx beside the repository")
    def test_the_validators_can_fail(self):
        import jsonschema
        with open(os.path.join(SPDX, "schema.json"), encoding="utf-8") as file:
            schema = jsonschema.Draft202012Validator(json.load(file))
        document = json.loads(self.export("full", "spdx"))
        for element in document["@graph"]:
            if element["type"] == "ai_AIPackage":
                element["ai_autonomyType"] = "perhaps"
        self.assertTrue(list(schema.iter_errors(document)))

    def test_cyclonedx_is_valid(self):
        from cyclonedx.schema import SchemaVersion
        from cyclonedx.validation.json import JsonStrictValidator
        validator = JsonStrictValidator(SchemaVersion.V1_6)
        self.assertIsNotNone(validator.validate_str('{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{}]}'))
        for _, data in self.each("cyclonedx"):
            self.assertIsNone(validator.validate_str(data.decode()))

    def test_front_matter_is_yaml(self):
        import yaml
        for model, data in self.each("huggingface"):
            _, block, rest = data.decode().split("---\n")
            self.assertEqual(rest, "")
            found = yaml.load(block, Loader=yaml.BaseLoader) or {}
            wanted = {"card": "apache-2.0", "full": "mit", "derivative": "llama3.1", "quantisation": "apache-2.0"}.get(model)
            self.assertEqual(found.get("license"), wanted)
            if model == "hostile":
                self.assertEqual(found["datasets"], [yaml.safe_load(f'"{HOSTILE}"')])

    def test_html_is_well_formed_and_its_own(self):
        for _, data in self.each("eu-summary-html"):
            parser = Tags()
            parser.feed(data.decode())
            parser.close()
            self.assertEqual(parser.open, [])
            self.assertFalse(parser.tags & {"script", "img", "a", "link", "iframe", "object"})

    def test_front_matter_is_the_same_every_time(self):
        self.assertEqual(self.export("full", "huggingface"), self.export("full", "huggingface"))

    def test_the_summary_says_where_nothing_is_stated(self):
        for model, data in self.each("eu-summary"):
            answers = [line for line in data.decode().splitlines() if line.startswith("- **") and ":** " in line]
            stated = [line for line in answers if not line.endswith("*No assertion.*")]
            self.assertGreater(len(answers), len(stated))
            self.assertEqual(bool(stated), model != "bare")


if __name__ == "__main__":
    unittest.main()
