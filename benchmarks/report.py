"""Writes RESULTS.md from the pages and figures in results/: `python -m benchmarks.report
[--check]`.

A page, `results/NN-NAME.json`, is a heading with parts: text (Markdown) and tables, each table as
its columns and rows. Figures, `results/figures/NAME.json`, are what a benchmark printed with
`--json`, with the commit, day and command (`python -m benchmarks` keeps them); lists of flat
records come as tables below the pages.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from benchmarks.places import FIGURES, RESULTS, ROOT

OUT = ROOT / "benchmarks" / "RESULTS.md"


def render() -> str:
    """All of RESULTS.md."""
    pages = [json.loads(path.read_text("utf-8")) for path in sorted(RESULTS.glob("*.json"))]
    figures = [json.loads(path.read_text("utf-8")) for path in sorted(FIGURES.glob("*.json"))]
    lines = [line for page in pages for line in _page(page)]
    if figures:
        lines += ["## Figures as the scripts printed them", ""]
        lines += [line for figure in figures for line in _figure(figure)]
    return "\n".join(lines).rstrip() + "\n"


def _page(page: dict[str, Any]) -> Iterator[str]:
    yield f"{'#' * page['level']} {page['title']}"
    yield ""
    for part in page["parts"]:
        yield from (
            _table(part["columns"], part["rows"]) if "rows" in part else part["text"].split("\n")
        )
        yield ""


def _figure(figure: dict[str, Any]) -> Iterator[str]:
    yield f"### {figure['name']}"
    yield ""
    yield f"`{figure['command']}`, commit {figure['commit']}, {figure['day']}."
    yield ""
    records = figure["figures"]
    if isinstance(records, dict):
        records = [records]
    columns = list(dict.fromkeys(key for record in records for key in _flat(record)))
    yield from _table(columns, [[_flat(r).get(column, "") for column in columns] for r in records])
    yield ""


def _flat(record: dict[str, Any], before: str = "") -> dict[str, Any]:
    """Nested records as one, their keys joined by blanks; lists and long texts are left out."""
    found: dict[str, Any] = {}
    for key, value in record.items():
        if isinstance(value, dict):
            found |= _flat(value, f"{before}{key} ")
        elif not isinstance(value, list):
            found[f"{before}{key}"] = value
    return found


def _table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |" if any(columns) else "| " * len(columns) + "|"
    yield "|" + " --- |" * len(columns)
    for row in rows:
        yield f"| {' | '.join(_cell(value) for value in row)} |"


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return str(value)


def main() -> int:
    """Write RESULTS.md, or with --check say whether it is what results/ gives."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.report", description=__doc__)
    parser.add_argument("--check", action="store_true")
    text = render()
    if parser.parse_args().check:
        same = OUT.read_text("utf-8") == text
        print("as results/ gives it" if same else "not what results/ gives: run it without --check")
        return int(not same)
    OUT.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
