"""Do references find their works, and only theirs? Through the stand-in for the scholarly web, near
misses first.

    python -m benchmarks.quality.resolving [--shared DIR] [--json] [--show]

Every work of the stand-in's manifests is cited in five ways: a full reference, the title alone, a
title with a typing mistake, the title without its subtitle (with people and year), and people with
year inside a sentence. Each service answers title searches with works of nearly the same title
first ('Revisiting X', 'X: a survey', 'Comments on X', the extended abstract by the same first
author). Reported by form: right, wrong (another work taken), undecided (said to be unsure or not
found). A wrong one is worse than none.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.places import SHARED
from litmap.models import Citation, Mention, Reference, Resolution
from litmap.parsing.title_similarity import normalise_title
from litmap.web import WebClient
from litmap.works import resolve

FAST = {"default": 0.0} | dict.fromkeys(
    ("arxiv", "crossref", "openalex", "dblp", "s2", "openreview", "unpaywall"), 0.0
)


@dataclass(frozen=True)
class Wanted:
    """A citation, the form it was made in, and the work it should become."""

    form: str
    work: dict[str, Any]
    citation: Citation


def cite(
    number: int, form: str, work: dict[str, Any], reference: Reference, context: str = ""
) -> Wanted:
    kind = "author-year" if form == "people" else "reference"
    mention = Mention("n.md", number, reference.title, (), context or reference.title, kind)
    return Wanted(
        form, work, Citation(f"{form}:{number}", kind, reference, (mention,), sure=form != "people")
    )


def with_a_mistake(title: str, chance: random.Random) -> str:
    """One letter doubled, dropped or swapped in a long word."""
    words = title.split()
    long = [i for i, word in enumerate(words) if len(word) >= 7 and word.isalpha()]
    if not long:
        return title
    index = chance.choice(long)
    word, at = words[index], chance.randrange(2, len(words[index]) - 2)
    words[index] = chance.choice(
        [
            word[:at] + word[at] + word[at:],
            word[:at] + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        ]
    )
    return " ".join(words)


def make(works: list[dict[str, Any]]) -> list[Wanted]:
    chance = random.Random(11)
    wanted = []
    for number, work in enumerate(works):
        people, year, title = tuple(work["authors"]), work["year"], work["title"]
        wanted.append(cite(number, "full", work, Reference(title=title, authors=people, year=year)))
        wanted.append(cite(number, "title", work, Reference(title=title)))
        wrong = with_a_mistake(title, chance)
        if wrong != title:
            wanted.append(
                cite(number, "mistake", work, Reference(title=wrong, authors=people[:1], year=year))
            )
        short = title.split(":")[0]
        if short != title and len(normalise_title(short).split()) >= 2:
            wanted.append(
                cite(number, "short", work, Reference(title=short, authors=people[:2], year=year))
            )
        if len(people) >= 2 and len(normalise_title(title).split()) >= 4:
            context = (
                " ".join(normalise_title(title).split()[:-1]) + f" ({people[0]} et al. {year})"
            )
            wanted.append(
                cite(number, "people", work, Reference(authors=people[:1], year=year), context)
            )
    return wanted


def verdict(wanted: Wanted, found: Resolution) -> str:
    """right, wrong or undecided."""
    if found.status != "metadata-only" or found.work is None:
        return "undecided"
    work = wanted.work
    arxiv, doi = found.work.identifier("arxiv"), found.work.identifier("doi")
    if work.get("arxiv") and arxiv:
        return "right" if work["arxiv"].split("v")[0].lower() == arxiv else "wrong"
    if work.get("doi") and doi and work["doi"].lower() == doi:
        return "right"
    return (
        "right" if normalise_title(found.work.title) == normalise_title(work["title"]) else "wrong"
    )


def run(shared: Path, show: bool) -> dict[str, Any]:
    manifests = [shared / "papers" / "manifest.json", shared / "papers" / "cited_metadata.json"]
    works: list[dict[str, Any]] = []
    for manifest in manifests:
        data = json.loads(manifest.read_text(encoding="utf-8"))
        works += data if isinstance(data, list) else data["works"]
    unique = {
        normalise_title(w["title"]): w
        for w in reversed(works)
        if w.get("authors") and w.get("year")
    }
    wanted = make(list(unique.values()))
    counts: dict[str, Counter[str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        with WebClient("ann@lab.org", Path(folder), FAST) as client:
            found = {
                r.citation: r
                for r in resolve([w.citation for w in wanted], client, now="2026-11-20T00:00:00Z")
            }
        spent = time.perf_counter() - started
    for one in wanted:
        outcome = verdict(one, found[one.citation.key])
        counts.setdefault(one.form, Counter())[outcome] += 1
        if show and outcome != "right":
            got = found[one.citation.key]
            print(f"{outcome:9} {one.form:8} {one.citation.reference.title[:60]!r} -> {got.status} "
                  f"{got.work.title[:70] if got.work else ''!r} {got.reason[:120]}", file=sys.stderr)  # fmt: skip
    rows = []
    for form, count in counts.items():
        taken = count["right"] + count["wrong"]
        rows.append({"form": form, "citations": sum(count.values()), **count,
                     "precision": round(count["right"] / max(1, taken), 4),
                     "recall": round(count["right"] / sum(count.values()), 4)})  # fmt: skip
    return {"works": len(unique), "seconds": round(spent, 1), "rows": rows}


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--shared",
        type=Path,
        default=SHARED,
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--show", action="store_true", help="list what was not right")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    runner = args.shared / "mirror" / "with_mirror.py"
    if not runner.is_file():
        print(
            f"no stand-in for the scholarly web at {args.shared}; name it with --shared or "
            f"LITMAP_SHARED"
        )
        return 2
    if not args.inside:
        inner = [sys.executable, "-m", "benchmarks.quality.resolving", *sys.argv[1:], "--inside"]
        return subprocess.run(
            [sys.executable, str(runner), "--latency", "0.001", "--", *inner], check=False
        ).returncode
    data = run(args.shared, args.show)
    if args.json:
        print(json.dumps(data, indent=1))
        return 0
    print(f"{data['works']} works in {data['seconds']} s")
    for row in data["rows"]:
        counts = "  ".join(
            f"{name} {row.get(name, 0):4}" for name in ("right", "wrong", "undecided")
        )
        measures = f"precision {row['precision']:.4f}  recall {row['recall']:.4f}"
        print(f"{row['form']:8} {row['citations']:4} citations  {counts}  {measures}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
