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
