"""Figures and tables: whether their captions, their areas and the cells of tables are read.

    python -m benchmarks.quality.floats [--key FILE] [--misses] [--json FILE] [--record]

The papers are found through LITMAP_SHARED (or `../shared` beside the checkout). The key,
`benchmarks/data/floats.json`, was made by looking at drawn pages before anything was read: twenty
tables and twenty figures of forty papers, drawn by chance among the pages on which a line begins
with a label. Of each it holds the page, the first and last words of the caption, the area without
the caption in points, and of a table the cells of its first and last row of data; a cell that spans
several rows is left out, one that is a formula is null and may hold anything.

- caption: a figure or table is read on this page whose text begins and ends with these words
  (letters and digits are compared);
- area: what is read as its area shares .6 of the union with the area of the key (IoU);
- rows: the cells of the key stand next to each other in this order in a row that is read.

The rivals know no captions. Of PyMuPDF's `find_tables` and `cluster_drawings` (with pictures) the
rectangle on the page that fits best counts, so the choice is made for them by the key; and a row
counts as it gives it and by the text inside its cells' rectangles, the better of the two.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.figures import keep
from benchmarks.places import DATA, shared

KEY = DATA / "floats.json"
MIN_SHARE = 0.6
"""Share of the union that two areas have in common where they count as one."""
Rect = tuple[float, float, float, float]


@dataclass(slots=True)
class Found:
    """A figure or table that was read: caption, area and the cells of its rows."""

    kind: str
    page: int
    caption: str = ""
    area: Rect | None = None
    rows: list[list[str]] = field(default_factory=list)


Reader = Callable[[Path, int], list[Found]]


# ── the readers: path and page → figures and tables of the page ──────────────────────────────────
def read_litmap(path: Path, page: int) -> list[Found]:
    from litmap.chunks.floats import read_floats
    from litmap.parsing.table_cells import split_cells
    from litmap.text import extract

    floats, _ = read_floats(extract(path, "", ocr=False))
    return [
        Found(
            each.kind,
            each.page,
            each.caption,
            _bounds([r[1:] for r in each.area]),
            [split_cells(row) for row, _ in each.rows],
        )
        for each in floats
        if each.page == page
    ]


def read_pymupdf(path: Path, page: int) -> list[Found]:
    from litmap.text.pymupdf_open import open_pdf

    with open_pdf(path) as pdf:
        leaf = pdf[page - 1]
        tables = [
            Found(
                "table",
                page,
                area=tuple(table.bbox),
                rows=[
                    *([cell or "" for cell in row] for row in table.extract()),
                    *([leaf.get_textbox(c) if c else "" for c in r.cells] for r in table.rows),
                ],
            )
            for table in leaf.find_tables().tables
        ]
        drawn = [*leaf.cluster_drawings(), *(info["bbox"] for info in leaf.get_image_info())]
        return tables + [Found("figure", page, area=tuple(rect)) for rect in drawn]


READERS: dict[str, Reader] = {"litmap": read_litmap, "PyMuPDF": read_pymupdf}


# ── scores ───────────────────────────────────────────────────────────────────────────────────────
def squash(text: str) -> str:
    """Letters, digits and the signs of numbers, of one spelling each."""
    plain = unicodedata.normalize("NFKC", text).lower()
    plain = re.sub("[\u2217\u22c6]", "*", re.sub("[\u2010-\u2015\u2212]", "-", plain))
    return re.sub(r"[^\w.+%*/()-]|_", "", plain)


def _words(text: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).lower())


def shared_part(a: Rect, b: Rect) -> float:
    """The area two rectangles have in common as a share of their union."""
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    common = max(width, 0.0) * max(height, 0.0)
    sizes = sum((r[2] - r[0]) * (r[3] - r[1]) for r in (a, b))
    return common / (sizes - common) if sizes > common else 0.0


def _bounds(rects: Sequence[Sequence[float]]) -> Rect | None:
    if not rects:
        return None
    lefts, tops, rights, bottoms = zip(*rects, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def has_row(found: Found, cells: Sequence[str | None]) -> bool:
    """Whether the cells stand next to each other in one of the rows; null stands for any cell."""
    wanted = [None if cell is None else squash(cell) for cell in cells]
    for row in found.rows:
        read = [cell for cell in map(squash, row) if cell]
        for at in range(len(read) - len(wanted) + 1):
            run = read[at : at + len(wanted)]
            if all(w is None or w == r for w, r in zip(wanted, run, strict=True)):
                return True
    return False


def score(entry: dict[str, Any], found: Sequence[Found], *, by_caption: bool) -> dict[str, float]:
    """The measures of one figure or table of the key."""
    same_kind = [each for each in found if each.kind == entry["kind"]]
    area = tuple(entry["area"])
    if by_caption:
        first, last = _words(entry["first"]), _words(entry["last"])
        named = [each for each in same_kind if _words(each.caption).startswith(first)]
        scores = {"caption": float(any(_words(e.caption).endswith(last) for e in named))}
    else:
        named, scores = same_kind, {}
    best = max(
        named, key=lambda e: shared_part(e.area, area) if e.area else 0.0, default=Found("", 0)
    )
    scores["area"] = float(best.area is not None and shared_part(best.area, area) >= MIN_SHARE)
    if entry["kind"] == "table":
        scores["rows"] = sum(has_row(best, row) for row in entry["rows"]) / len(entry["rows"])
    return scores


def run(
    folder: Path, key: Path, names: Sequence[str], *, misses: bool = False
) -> dict[str, dict[str, dict[str, float]]]:
    """The mean of each measure for each kind and reader."""
    entries = json.loads(key.read_text(encoding="utf-8"))
    results: dict[str, dict[str, dict[str, float]]] = {}
    for name in names:
        sums: dict[str, dict[str, list[float]]] = {"table": {}, "figure": {}}
        for entry in entries:
            path = folder / "papers" / "files" / f"{entry['paper']}.pdf"
            found = READERS[name](path, entry["page"])
            scores = score(entry, found, by_caption=name == "litmap")
            for measure, value in scores.items():
                sums[entry["kind"]].setdefault(measure, []).append(value)
            if misses and min(scores.values()) < 1:
                print(*_miss(name, entry, scores, found), sep="\n    ", file=sys.stderr)
        results[name] = {
            kind: {measure: sum(values) / len(values) for measure, values in measures.items()}
            for kind, measures in sums.items()
        }
    return results


def _miss(
    name: str, entry: dict[str, Any], scores: dict[str, float], found: Sequence[Found]
) -> Iterator[str]:
    yield f"{name}: {entry['paper']} {entry['page']} {entry['label']} {scores} {entry['area']}"
    for each in found:
        if each.kind == entry["kind"]:
            area = [round(x) for x in each.area or ()]
            yield f"{area} {each.caption[:30]!r}…{each.caption[-30:]!r} {len(each.rows)} rows"
    for row in entry.get("rows", ()):
        yield f"{row}"
    for each in found:
        if each.kind == entry["kind"] == "table" and scores["rows"] < 1:
            yield from (f"    {row}" for row in each.rows)


def main() -> int:
    """Prints the measures of each reader."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--key", type=Path, default=KEY)
    parser.add_argument("--only", nargs="*", choices=[*READERS], default=[*READERS])
    parser.add_argument("--misses", action="store_true", help="print what is not right to stderr")
    parser.add_argument("--json", type=Path, help="write the figures there")
    parser.add_argument("--record", action="store_true", help="keep the figures with the results")
    options = parser.parse_args()
    folder = shared()
    if folder is None:
        print("no test papers: set LITMAP_SHARED", file=sys.stderr)
        return 1
    results = run(folder, options.key, options.only, misses=options.misses)
    rows = [
        {"reader": name, "of": kind} | {m: round(v, 3) for m, v in measures.items()}
        for name, kinds in results.items()
        for kind, measures in kinds.items()
    ]
    for row in rows:
        print(row)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    if options.record:
        keep("quality.floats", "python -m benchmarks.quality.floats --record", rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
