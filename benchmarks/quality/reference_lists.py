"""Reference lists of real papers against hand-made keys: entries found, titles, years and first
authors right.

    python -m benchmarks.quality.reference_lists [--json] [--misses] [KEY…]

The keys in benchmarks/data/references were written by reading the PDFs' text, one line an entry
(family name of the first author, year, title; empty where the list gives none). The papers are
found through LITMAP_SHARED or ../shared.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import Any

from benchmarks.places import DATA, shared
from litmap.models import Document, Reference
from litmap.parsing.title_similarity import normalise_title, squash_title
from litmap.references import read_references

# A hyphen lost at a line end ('energybased') is the extraction's matter: titles are compared
# without spaces, hyphens.
KEYS = DATA / "references"


def holds(reference: Reference, entry: dict[str, Any]) -> bool:
    """Whether the text of a found entry is that of a key's entry."""
    raw = normalise_title(reference.raw).replace(" ", "")
    family = normalise_title(entry["family"]).replace(" ", "")
    title = normalise_title(entry["title"]).replace(" ", "")
    if title:
        return title in raw and family in raw
    return family in raw and (entry["year"] is None or str(entry["year"]) in reference.raw)


def pair(found: list[Reference], entries: list[dict[str, Any]]) -> dict[int, int]:
    """Key entry → found entry, both in order, as many as possible (a longest common
    subsequence).
    """
    rows, columns = len(entries), len(found)
    best = [[0] * (columns + 1) for _ in range(rows + 1)]
    same = [[holds(f, e) for f in found] for e in entries]
    for i in range(rows - 1, -1, -1):
        for j in range(columns - 1, -1, -1):
            best[i][j] = max(
                best[i + 1][j], best[i][j + 1], best[i + 1][j + 1] + 1 if same[i][j] else 0
            )
    pairs, i, j = {}, 0, 0
    while i < rows and j < columns:
        if same[i][j] and best[i][j] == best[i + 1][j + 1] + 1:
            pairs[i] = j
            i, j = i + 1, j + 1
        elif best[i + 1][j] >= best[i][j + 1]:
            i += 1
        else:
            j += 1
    return pairs


def score(
    found: list[Reference], entries: list[dict[str, Any]], *, show: bool = False, key: str = ""
) -> dict[str, int]:
    """Counts of found, extra and missed entries and of right fields."""
    pairs = pair(found, entries)
    counts = {
        "entries": len(entries),
        "found": len(found),
        "hits": len(pairs),
        "title": 0,
        "year": 0,
        "family": 0,
    }
    for i, entry in enumerate(entries):
        if i not in pairs:
            if show:
                print(f"  {key} missed: {entry}")
            continue
        reference = found[pairs[i]]
        right = {
            "title": squash_title(reference.title) == squash_title(entry["title"]),
            "year": reference.year == entry["year"],
            "family": normalise_title(reference.authors[0] if reference.authors else "").endswith(
                normalise_title(entry["family"])
            ),
        }
        for name, ok in right.items():
            counts[name] += ok
        if show and not all(right.values()):
            bad = [name for name, ok in right.items() if not ok]
            wrong = ", ".join(
                f"{name}: {getattr(reference, name, reference.authors)!r}" for name in bad
            )
            print(f"  {key} {wrong}\n      {reference.raw[:260]}")
    if show:
        for j, reference in enumerate(found):
            if j not in pairs.values():
                print(f"  {key} extra: {reference.raw[:200]}")
    return counts


def measure(documents: dict[str, Document], *, show: bool = False) -> dict[str, dict[str, int]]:
    """The counts of each list and of all."""
    table: dict[str, dict[str, int]] = {}
    for key, document in documents.items():
        entries = json.loads((KEYS / f"{key}.json").read_text(encoding="utf-8"))["entries"]
        table[key] = score(read_references(document), entries, show=show, key=key)
    names = next(iter(table.values()))
    table["all"] = {name: sum(counts[name] for counts in table.values()) for name in names}
    return table


def rates(counts: dict[str, int]) -> dict[str, float]:
    """F1 of the entries, and the shares of all the key's entries whose field is right."""
    total = max(1, counts["entries"])
    return {
        "f1": 2 * counts["hits"] / max(1, counts["entries"] + counts["found"]),
        **{name: counts[name] / total for name in ("title", "year", "family")},
    }


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("keys", nargs="*")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--misses", action="store_true")
    args = parser.parse_args()
    base = shared()
    if base is None:
        print("the shared papers are not here: set LITMAP_SHARED", file=sys.stderr)
        return 1
    from litmap.text import extract

    keys = args.keys or sorted(path.stem for path in KEYS.glob("*.json"))
    documents = {
        key: extract(base / "papers" / "files" / f"{key}.pdf", key, ocr=False) for key in keys
    }
    begin = time.perf_counter()
    table = measure(documents, show=args.misses)
    seconds = time.perf_counter() - begin
    if args.json:
        result = {key: {**counts, **rates(counts)} for key, counts in table.items()}
        print(json.dumps({"lists": result, "seconds": round(seconds, 3)}, indent=1))
        return 0
    print(
        f"{'list':32s} {'key':>4s} {'found':>5s} {'F1':>6s} {'title':>6s} {'year':>6s} "
        f"{'family':>6s}"
    )
    for key, counts in table.items():
        shares = rates(counts)
        fields = " ".join(f"{shares[name]:6.3f}" for name in ("f1", "title", "year", "family"))
        print(f"{key:32s} {counts['entries']:4d} {counts['found']:5d} {fields}")
    print(f"{seconds:.2f} s beyond extraction")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
