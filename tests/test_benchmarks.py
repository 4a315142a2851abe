"""The benchmarks' results are data, and RESULTS.md is what the data gives."""

import importlib
import json

import numpy as np
import pytest

from benchmarks import report
from benchmarks.places import RESULTS, ROOT

MODULES = sorted(
    p.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
    for p in (ROOT / "benchmarks").rglob("*.py")
    if p.name != "__main__.py" and p.parent.name != "rivals"
)


def test_results_are_written_from_their_data():
    assert report.OUT.read_text("utf-8") == report.render()


@pytest.mark.parametrize("path", sorted(RESULTS.glob("*.json")), ids=lambda p: p.name)
def test_every_table_has_as_many_cells_as_columns(path):
    for part in json.loads(path.read_text("utf-8"))["parts"]:
        assert ("text" in part) != ("rows" in part)
        for row in part.get("rows", ()):
            assert len(row) == len(part["columns"]), row


@pytest.mark.parametrize("module", MODULES)
def test_a_benchmark_goes_with_the_code(module):
    importlib.import_module(module)


def test_a_map_learnt_with_a_great_penalty_changes_nothing_and_with_a_small_one_fits():
    from benchmarks.quality.left_out import learn_map, standard

    texts, turned = np.eye(3), np.eye(3)[[1, 2, 0]]
    assert np.allclose(learn_map(texts, turned, 1e9), np.eye(3), atol=1e-6)
    assert np.allclose(texts @ learn_map(texts, turned, 1e-9).T, turned, atol=1e-6)
    assert np.allclose(standard(np.array([[1.0, 3.0], [5.0, 5.0]])), [[-1, 1], [0, 0]])


def test_the_key_of_figures_and_tables_holds_twenty_of_each_over_forty_papers():
    from benchmarks.quality.floats import KEY

    entries = json.loads(KEY.read_text("utf-8"))
    assert [sum(e["kind"] == kind for e in entries) for kind in ("table", "figure")] == [20, 20]
    assert len({e["paper"] for e in entries}) == 40
    for entry in entries:
        left, top, right, bottom = entry["area"]
        assert left < right and top < bottom
        assert entry["first"].startswith(entry["label"])
        assert len(entry.get("rows", "12")) == 2


def test_a_table_is_read_right_by_its_captions_words_its_area_and_its_rows_cells():
    from benchmarks.quality.floats import Found, score, shared_part

    assert shared_part((0, 0, 10, 10), (0, 0, 10, 5)) == 0.5
    assert shared_part((0, 0, 10, 10), (20, 0, 30, 5)) == 0.0
    entry = {
        "kind": "table",
        "area": [10, 10, 110, 60],
        "first": "Table 1: Errors",
        "last": "of all models.",
        "rows": [["ResNet", "−76.1"], ["VGG", None, "3"]],
    }
    rows = [["Merged", "ResNet", "-76.1"], ["VGG", "√x", "4"]]
    found = Found("table", 1, "Table 1: Errors (%) of all models.", (10, 12, 108, 60), rows)
    assert score(entry, [found], by_caption=True) == {"caption": 1, "area": 1, "rows": 0.5}
    found.caption = "Table 1: Errors"
    assert score(entry, [found], by_caption=True)["caption"] == 0
    assert score(entry, [], by_caption=True) == {"caption": 0, "area": 0, "rows": 0}
    assert "caption" not in score(entry, [found], by_caption=False)
