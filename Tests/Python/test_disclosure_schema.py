"""Protocol/disclosure.schema.json against the vectors that the Swift reader is held against, too."""
import json
import os
import re
import unittest

try:
    import jsonschema
    import yaml
except ImportError as missing:
    raise unittest.SkipTest(f"{missing}: pip install jsonschema PyYAML") from missing

PROTOCOL = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "Protocol")
VECTORS = os.path.join(PROTOCOL, "vectors", "disclosure")


class Core(yaml.SafeLoader):
    """YAML 1.2's core schema: `no` and dates are texts."""
    yaml_implicit_resolvers = {}


Core.add_implicit_resolver("tag:yaml.org,2002:null", re.compile("^(~|null|Null|NULL|)$"), None)
Core.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|True|TRUE|false|False|FALSE)$"), None)
Core.add_implicit_resolver("tag:yaml.org,2002:int", re.compile("^[-+]?[0-9]+$|^0x[0-9a-fA-F]+$"), None)
Core.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$"), None)
Core.add_constructor("tag:yaml.org,2002:int", lambda loader, node: int(node.value, 16 if "x" in node.value else 10))
Core.add_constructor("tag:yaml.org,2002:float", lambda loader, node: float(node.value))


class SchemaTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with open(os.path.join(PROTOCOL, "disclosure.schema.json"), encoding="utf-8") as file:
            schema = json.load(file)
        jsonschema.Draft202012Validator.check_schema(schema)
        cls.validator = jsonschema.Draft202012Validator(schema)
        with open(os.path.join(VECTORS, "index.json"), encoding="utf-8") as file:
            cls.cases = json.load(file)["cases"]

    def errors(self, case):
        with open(os.path.join(VECTORS, case["file"]), "rb") as file:
            return [error.message[:200] for error in self.validator.iter_errors(yaml.load(file.read(), Loader=Core))]

    def test_valid_documents_are_accepted(self):
        cases = [case for case in self.cases if case["valid"]]
        self.assertGreater(len(cases), 10)
        for case in cases:
            with self.subTest(case["case"]):
                self.assertEqual(self.errors(case), [])

    def test_invalid_documents_are_rejected_where_the_schema_can(self):
        counts = {}
        for case in (case for case in self.cases if not case["valid"] and case["schema"] != "none"):
            with self.subTest(case["case"]):
                counts[case["schema"]] = counts.get(case["schema"], 0) + 1
                self.assertEqual("rejects" if self.errors(case) else "accepts", case["schema"])
        self.assertGreater(counts["rejects"], 4 * counts["accepts"] // 2)


if __name__ == "__main__":
    unittest.main()
