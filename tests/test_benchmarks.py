"""The benchmarks' results are data, and RESULTS.md is what the data gives."""

import importlib
import json

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
