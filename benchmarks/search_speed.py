"""How long a search takes beside embedding its query: `python -m benchmarks.search_speed [--passages 23000] [--json]`.

Texts and vectors are made up (see `benchmarks.scale`); the model, the indexes and the search are litmap's own. Every
query is embedded alone and then searched for, so that both meet the same load.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks import scale
from litmap import builds, index, keywords
from litmap.layout import Layout
from litmap.search import Facts, Searcher
from litmap.vectors import load_encoder


def queries(count: int) -> list[str]:
    """Texts of 4 to 14 words, common and rare ones."""
    rng = np.random.default_rng(5)
    picks = [np.minimum(rng.zipf(1.3, int(n)) + 20, len(scale.VOCABULARY) - 1) for n in rng.integers(4, 15, count)]
    return [" ".join(scale.VOCABULARY[i] for i in row) for row in picks]


def measure(searcher: Searcher, texts: Sequence[str]) -> dict[str, float]:
    """Milliseconds, p50 and p95, of embedding, of a search for passages and of one for works."""
    spent: dict[str, list[float]] = {"embedding": [], "passages": [], "works": []}
    warm = texts[:10]
    for text in (*warm, *texts):
        marks = [time.perf_counter()]
        searcher.encoder.encode([text])
        marks.append(time.perf_counter())
        searcher.search(text)
        marks.append(time.perf_counter())
        list(searcher.search(text).works)
        marks.append(time.perf_counter())
        for name, start, stop in zip(spent, marks, marks[1:], strict=False):
            spent[name].append(1000 * (stop - start))
    table: dict[str, float] = {}
    for name, values in spent.items():
        p50, p95 = np.percentile(values[len(warm) :], [50, 95])
        table |= {f"{name} p50 ms": round(float(p50), 2), f"{name} p95 ms": round(float(p95), 2)}
    beyond = np.subtract(spent["passages"], spent["embedding"])[len(warm) :]
    table["beyond embedding p95 ms"] = round(float(np.percentile(beyond, 95)), 2)
    for name in ("passages", "works"):
        table[f"{name} / embedding"] = round(table[f"{name} p50 ms"] / table["embedding p50 ms"], 2)
    return table


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search_speed", description=__doc__)
    parser.add_argument("--passages", type=int, default=23_000)
    parser.add_argument("--queries", type=int, default=150, help="at least one")
    parser.add_argument("--keep", type=Path, help="keep the made-up library here, or take the one that is here")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        layout = Layout(folder / "library")
        if not layout.current.exists():
            scale.write(layout, scale.Synthetic(), 0, max(1, options.passages // scale.PASSAGES), keywords=True)
        encoder = load_encoder("", models_dir=folder / "models")
        with builds.open_build(layout) as opened:
            words = keywords.KeywordIndex.open(opened.path("keywords"))
            facts = {s.work: Facts(s.work, f"Title of {s.work}", year=2016) for s in opened.sources}
            searcher = Searcher(encoder, index.VectorIndex.open(opened.folder), words, opened, facts)
            table = measure(searcher, queries(options.queries))
    print(json.dumps(table) if options.json else "\n".join(f"{name:22} {value:8.2f}" for name, value in table.items()))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
