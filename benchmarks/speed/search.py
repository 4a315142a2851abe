"""How long a search takes beside embedding its query: `python -m benchmarks.speed.search
[--passages 23000] [--json]`.

Texts and vectors are made up (see `benchmarks.speed.made_up`), or those of a library on disk
(`--library DIR`), then asked the questions and keywords of benchmarks/data/questions.json; the
model, the indexes and the search are litmap's own. Every query is embedded alone and then searched
for, so that both meet the same load; no query is asked twice by passage.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.places import DATA
from benchmarks.speed import made_up
from litmap import builds, index, keywords
from litmap.paths import LibraryPaths
from litmap.search import Facts, Searcher
from litmap.vectors import load_encoder


def queries(count: int) -> list[str]:
    """Texts of 4 to 14 words, common and rare ones."""
    rng = np.random.default_rng(5)
    picks = [
        np.minimum(rng.zipf(1.3, int(n)) + 20, len(made_up.VOCABULARY) - 1)
        for n in rng.integers(4, 15, count)
    ]
    return [" ".join(made_up.VOCABULARY[i] for i in row) for row in picks]


def measure(searcher: Searcher, texts: Sequence[str]) -> dict[str, float]:
    """Milliseconds, p50 and p95, of embedding, of a search for passages and of one for works."""
    spent: dict[str, list[float]] = {"embedding": [], "passages": [], "works": []}
    warm, texts = texts[:10], texts[10:]
    for text in (*warm, *texts):
        marks = [time.perf_counter()]
        searcher.encoder.encode([text])
        marks.append(time.perf_counter())
        list(searcher.search(text).hits)
        marks.append(time.perf_counter())
        list(searcher.search(text).works)
        marks.append(time.perf_counter())
        for name, start, stop in zip(spent, marks, marks[1:], strict=False):
            spent[name].append(1000 * (stop - start))
    table: dict[str, float] = {}
    for name, values in spent.items():
        p50, p95 = np.percentile(values[len(warm) :], [50, 95])
        table |= {f"{name} p50 ms": round(float(p50), 2), f"{name} p95 ms": round(float(p95), 2)}
    alone = np.array(spent["embedding"][len(warm) :])
    for name in ("passages", "works"):
        own = np.array(spent[name][len(warm) :])
        table[f"{name} beyond embedding p95 ms"] = round(float(np.percentile(own - alone, 95)), 2)
        table[f"{name} / embedding"] = round(table[f"{name} p50 ms"] / table["embedding p50 ms"], 2)
        table[f"{name} / embedding, query by query"] = round(float(np.median(own / alone)), 2)
    return table


def questions() -> list[str]:
    """The questions and keywords kept with the benchmarks; quotations are not kept, so they are
    left out.
    """
    every = json.loads((DATA / "questions.json").read_text("utf-8"))["questions"]
    return [q["question"] for q in every if q.get("question")]


def open_and_measure(paths: LibraryPaths, models: Path, texts: Sequence[str]) -> dict[str, float]:
    """The table for the published build of a library."""
    encoder = load_encoder("", models_dir=models)
    with builds.open_build(paths) as opened:
        words = keywords.KeywordIndex.open(opened.path("keywords"))
        facts = {s.work: Facts(s.work, f"Title of {s.work}", year=2016) for s in opened.sources}
        vectors = index.VectorIndex.open(opened.folder)
        return {"passages": float(len(opened.rows))} | measure(
            Searcher(encoder, vectors, words, opened, facts), texts
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed.search", description=__doc__)
    parser.add_argument("--passages", type=int, default=23_000)
    parser.add_argument(
        "--queries", type=int, default=160, help="at least eleven; the first ten only warm up"
    )
    parser.add_argument(
        "--keep", type=Path, help="keep the made-up library here, or take the one that is here"
    )
    parser.add_argument(
        "--library",
        type=Path,
        help="a library made by litmap with the usual model; nothing is written",
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        if options.library:
            table = open_and_measure(
                LibraryPaths(options.library), folder / "models", questions()[: options.queries]
            )
        else:
            paths = LibraryPaths(folder / "library")
            if not paths.current.exists():
                papers = max(1, options.passages // made_up.PASSAGES)
                made_up.write(paths, made_up.Synthetic(), 0, papers, keywords=True)
            table = open_and_measure(paths, folder / "models", queries(options.queries))
    print(
        json.dumps(table)
        if options.json
        else "\n".join(f"{name:40} {value:10.2f}" for name, value in table.items())
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
