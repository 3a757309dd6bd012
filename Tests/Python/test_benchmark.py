"""The reports of Scripts/bench and Scripts/growth: targets, tables, plots and fits, from made-up numbers. Nothing is measured."""
import contextlib
import io
import json
import os
import shutil
import sys
import tempfile
import unittest
from xml.etree import ElementTree

from support import ROOT

sys.path.append(os.path.join(ROOT, "Scripts", "benchmark"))

import files  # noqa: E402
import fits  # noqa: E402
import growth  # noqa: E402
import growth_plots  # noqa: E402
import report  # noqa: E402
import rows  # noqa: E402
import svg  # noqa: E402
import synthetic  # noqa: E402
import targets  # noqa: E402
from comparison_plots import comparison_plots  # noqa: E402
from process import Run, execute  # noqa: E402

MACHINE = {"date": "2026-01-02", "processor": "A <processor>", "cores": 2, "memoryBytes": 8 << 30, "kernel": "6.1", "fileSystem": "ext4",
           "waybill": "1.0", "sha256BytesPerSecond": 1e9, "tools": {"curl": "curl 8"}}
MEGA = 10**6


def row(key, group, tool, seconds, stored=None, peak=100 << 20):
    made = rows.Row(key, group, tool, f"{tool} {key}", "each chunk", "yes")
    made.stored = stored
    made.runs = [Run(second, cpu=second, peak=peak) for second in seconds]
    return made


def result(kind="BF16", **seconds):
    """One file of 100 MB; seconds by key with _ for -, instead of those that just meet every target."""
    plain = {"waybill_push": 1, "xet_push": 3.5, "dd": 0.1, "waybill_pull": 1, "xet_pull": 2, "waybill_pull_serve": 1,
             "waybill_pull_nginx": 1, "curl": 1, "curl_sha256": 1.5, "waybill_push_again": 0.15, "waybill_pull_again": 0.15,
             "waybill_verify": 0.058, "waybill_help": 0.03} | seconds
    made = []
    for key, value in plain.items():
        key = key.replace("_", "-")
        group = {"dd": "disk", "waybill-verify": "verify", "waybill-help": "start"}.get(key) or \
            ("again" if key.endswith("-again") else "push" if "push" in key else "pull")
        tool = "Waybill" if key.startswith("waybill") else "hf_xet" if key.startswith("xet") else key
        made.append(row(key, group, tool, [value], stored=66_700_000 if group == "push" else None))
    return {"name": "weights", "file": "w", "bytes": 100 * MEGA, "type": kind, "rows": [one.summary(100 * MEGA) for one in made]}


def unmet(measured):
    return [target["what"] for target in targets.targets(measured, MACHINE) if not target["met"]]


class Targets(unittest.TestCase):
    def test_what_just_meets_them_meets_all(self):
        measured = result()
        self.assertEqual(unmet(measured), [])
        self.assertEqual(len(targets.targets(measured, MACHINE)), 12)

    def test_a_little_less_misses_each(self):
        cases = {"xet_push": (3.4, "push to a directory"), "xet_pull": (1.9, "pull from a directory"),
                 "waybill_push_again": (0.16, "push with nothing"), "waybill_pull_again": (0.16, "pull with nothing"),
                 "waybill_verify": (0.07, "verify"), "waybill_help": (0.031, "waybill --help"),
                 "curl_sha256": (1.4, "pull from waybill serve over curl, then")}
        for key, (seconds, what) in cases.items():
            missed = unmet(result(**{key: seconds}))
            self.assertTrue(any(name.startswith(what) for name in missed), (key, missed))

    def test_a_push_as_fast_as_the_disk_allows_suffices(self):
        self.assertIn("push to a directory over hf_xet push", unmet(result(xet_push=3.0, dd=0.79)))
        self.assertNotIn("push to a directory over hf_xet push", unmet(result(xet_push=3.0, dd=0.81)))

    def test_fp32_has_its_own_numbers(self):
        self.assertNotIn("push to a directory over hf_xet push", unmet(result("F32", xet_push=3.0)))
        self.assertNotIn("stored over raw", unmet(result("F32")))

    def test_stored_size_and_memory(self):
        measured = result()
        measured["rows"][0]["storedOverRaw"] = 0.668
        measured["rows"][0]["serverPeakBytes"] = (256 << 20) + 1
        self.assertEqual(unmet(measured), ["stored over raw", "peak memory of any Waybill process"])

    def test_rows_that_are_missing_are_no_targets(self):
        measured = result()
        measured["rows"] = [one for one in measured["rows"] if one["tool"] != "hf_xet"]
        self.assertFalse([target for target in targets.targets(measured, MACHINE) if "hf_xet" in target["what"]])


class Reports(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)

    def report(self):
        measured = result()
        skipped = rows.Row("zipnn-2", "codec", "ZipNN", "ZipNN compress")
        rows.skip("zipnn is not installed", skipped)
        measured["rows"].append(skipped.summary(1))
        return {"machine": MACHINE, "runs": 1, "results": [measured], "targets": targets.targets(measured, MACHINE)}

    def test_medians_spread_and_ratio(self):
        summary = row("waybill-push", "push", "Waybill", [3, 1, 2], stored=50 * MEGA).summary(100 * MEGA)
        self.assertEqual((summary["seconds"], summary["megabytesPerSecond"], summary["storedOverRaw"]), (2, 50, 0.5))
        other = row("xet-push", "push", "hf_xet", [4]).summary(100 * MEGA)
        self.assertEqual(report.row_cells(summary, summary)[2:5], ["2.00 (1.00-3.00)", "50", "1.00"])
        self.assertEqual(report.row_cells(other, summary)[4], "0.50")

    def test_every_line_of_a_table_has_as_many_cells_as_its_head(self):
        text = report.markdown(json.loads(json.dumps(self.report())))
        widths = set()
        for line in text.splitlines():
            if line.startswith("|"):
                widths.add(line.count("|"))
            elif widths:
                self.assertEqual(len(widths), 1)
                widths = set()
        self.assertIn("zipnn is not installed", text)
        self.assertNotIn("None", text)

    def test_each_group_has_a_title_and_each_tool_its_traits(self):
        measured = self.report()["results"][0]["rows"]
        self.assertLessEqual({one["group"] for one in measured}, {group for group, _ in report.GROUPS})
        self.assertEqual(len({len(traits) for traits in report.TRAITS}), 1)

    def test_plots_are_svg_and_stay_on_their_card(self):
        written = comparison_plots(self.folder, self.report())
        self.assertEqual(written, ["bench-push.svg", "bench-pull.svg", "bench-stored.svg", "bench-memory.svg"])
        for name in written:
            drawing = ElementTree.parse(os.path.join(self.folder, name)).getroot()
            height = float(drawing.get("height"))
            for rect in drawing.iter("{http://www.w3.org/2000/svg}rect"):
                self.assertLessEqual(float(rect.get("x")) + float(rect.get("width")), svg.WIDTH)
                self.assertLessEqual(float(rect.get("y")) + float(rect.get("height")), height)
            self.assertIn("A <processor>", "".join(drawing.itertext()))


class Growth(unittest.TestCase):
    def test_words(self):
        sizes = (1, 10, 100, 1000)
        for power, word in ((0, "flat"), (0.5, "less than linear"), (1, "linear"), (1.4, "MORE THAN LINEAR")):
            slope, said = fits.growth([(x, 0.2 + 3 * x**power) for x in sizes])
            self.assertAlmostEqual(slope, power, delta=0.15)
            self.assertEqual(said, word)

    def test_the_start_of_a_process_does_not_hide_growth(self):
        self.assertEqual(fits.growth([(x, 0.05 + x * x / 1e4) for x in (1, 10, 100, 1000, 10000)])[1], "MORE THAN LINEAR")
        self.assertEqual(fits.growth([(10, 33), (100, 33), (1000, 37), (10_000, 68), (100_000, 380)])[1], "linear")
        self.assertEqual(fits.growth([(10, 33), (100, 33), (1000, 33), (10_000, 40)])[1], "flat")

    def test_one_point_says_nothing(self):
        self.assertEqual(fits.growth([(5, 1)]), (None, "one point"))

    def test_a_report_keeps_other_axes_of_the_same_program(self):
        with tempfile.TemporaryDirectory() as folder:
            axes = {key: {"key": key, "title": key, "unit": "files", "series": {"pull": [{"x": 1, "seconds": 1, "peak": None, "server_peak": None}]}}
                    for key in ("size", "files")}
            with contextlib.redirect_stdout(io.StringIO()) as said:
                growth.write_report(MACHINE, [axes["files"]], folder)
                growth.write_report({**MACHINE, "date": "2026-01-03"}, [axes["size"]], folder)
                with open(f"{folder}/growth.json", encoding="utf-8") as file:
                    self.assertEqual([axis["key"] for axis in json.load(file)["axes"]], ["size", "files"])
                growth.write_report({**MACHINE, "waybill": "2.0"}, [axes["size"]], folder)
                with open(f"{folder}/growth.json", encoding="utf-8") as file:
                    self.assertEqual([axis["key"] for axis in json.load(file)["axes"]], ["size"])
            self.assertIn("| size | pull | seconds | 1: 1.00 |", said.getvalue())
            self.assertTrue(os.path.exists(f"{folder}/growth-size-seconds.svg"))

    def test_marks_are_round_and_within(self):
        self.assertEqual(growth_plots.marks(1, 50), [1, 2, 5, 10, 20, 50])
        self.assertEqual(growth_plots.marks(1e4, 1e7), [1e4, 1e5, 1e6, 1e7])

    def test_plot(self):
        with tempfile.TemporaryDirectory() as folder:
            series = {"pull": [(1, 1), (10, 10)], "pull" + growth_plots.MIRROR: [(1, 5), (10, 5)], "nothing": []}
            self.assertTrue(growth_plots.growth_plot(f"{folder}/a.svg", "Title", "files", "seconds", series, "note", bound=20))
            drawing = ElementTree.parse(f"{folder}/a.svg").getroot()
            lines = list(drawing.iter("{http://www.w3.org/2000/svg}polyline"))
            # Each of the two series and its sample in the legend; one colour, the mirror's dashed.
            self.assertEqual(len(lines), 4)
            self.assertEqual(len({line.get("class") for line in lines}), 1)
            self.assertEqual([line.get("stroke-dasharray") is not None for line in lines], [False, False, True, True])
            self.assertFalse(growth_plots.growth_plot(f"{folder}/b.svg", "Title", "files", "seconds", {"nothing": []}, "note"))


class Material(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)

    def test_models_are_safetensors_of_the_size(self):
        for sparse in (False, True):
            synthetic.make_model(self.folder, 40 * synthetic.MEBI, sparse=sparse)
            path = f"{self.folder}/model.safetensors"
            self.assertEqual(rows.element_type(path), "BF16")
            self.assertAlmostEqual(os.path.getsize(path) / synthetic.MEBI, 32, delta=1)
            self.assertEqual(os.stat(path).st_blocks * 512 < 1 << 20, sparse)

    def test_the_made_up_index_names_every_chunk_of_its_packs(self):
        store = synthetic.StoreOfMany(self.folder, 100)
        store.write()
        packs = {name for _, _, names in os.walk(f"{self.folder}/packs") for name in names}
        self.assertEqual(len(packs), 5)
        names = [store.name(number) for number in range(100)]
        self.assertEqual(names, sorted(names))
        size = os.path.getsize(f"{self.folder}/private/index/{'0' * 32}.wbx")
        self.assertEqual(size, 16 + 5 * 32 + 100 * 48 + 4)

    def test_a_command_is_measured_or_ends_the_benchmark(self):
        run, output = execute([sys.executable, "-c", "print('x' * 100_000)"])
        self.assertEqual(len(output), 100_001)
        self.assertGreater(run.peak, 1 << 20)
        with self.assertRaises(SystemExit):
            execute([sys.executable, "-c", "raise SystemExit(3)"])

    def test_bytes_of_a_tree(self):
        os.makedirs(f"{self.folder}/a/private")
        for path in ("a/one", "a/private/two"):
            with open(f"{self.folder}/{path}", "wb") as file:
                file.write(b"12345")
        self.assertEqual(files.tree_bytes(self.folder), 10)
        self.assertEqual(files.tree_bytes(self.folder, {"private"}), 5)
        files.make_durable(self.folder)
