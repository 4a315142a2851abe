"""Search quality on test collections in BEIR form: `python -m benchmarks.quality.retrieval DIR…
[--json] [--cache DIR]`.

Each document becomes a work with title and abstract, goes through litmap's own chunking, vectors,
keyword index and build, and each query through `Searcher.rank_works`, which is what
`Library.search` ranks papers by. Reported: nDCG@10, Recall@10 and @100, MRR with 95 % bootstrap
intervals over queries, for keywords alone, vectors alone, and fused. A query whose id is a
document's is that document: it is taken out of the results.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from litmap import builds, chunks, index, keywords
from litmap.builds import Addition, BuildWriter
from litmap.paths import LibraryPaths
from litmap.pipeline.embedder import Embedder
from litmap.pipeline.index_writers import write_keywords, write_vectors
from litmap.protocols import Encoder, QueryEncoder
from litmap.search import Searcher, Weights
from litmap.vectors import VectorCache, load_encoder

if TYPE_CHECKING:
    from litmap.models import Vectors

METHODS = ("keyword", "dense", "fused")
METRICS = ("ndcg@10", "recall@10", "recall@100", "mrr")
DEPTH = 101
"""Works asked for: 100, and one for the query's own document."""

Qrels = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Collection:
    """A test collection: documents (id, title, text), queries (id, text), and judgements by
    query.
    """

    name: str
    documents: list[tuple[str, str, str]]
    queries: list[tuple[str, str]]
    qrels: Qrels


def read_collection(folder: Path) -> Collection:
    """A collection in BEIR form; queries without a relevant document are left out."""
    documents = [
        (d["_id"], d.get("title", ""), d.get("text", "")) for d in _lines(folder / "corpus.jsonl")
    ]
    qrels: dict[str, dict[str, int]] = {}
    for line in (folder / "qrels.tsv").read_text("utf-8").splitlines():
        query, document, score = line.split("\t")[:3]
        if score.strip().isdigit() and int(score) > 0:
            qrels.setdefault(query, {})[document] = int(score)
    queries = [(q["_id"], q["text"]) for q in _lines(folder / "queries.jsonl") if q["_id"] in qrels]
    return Collection(folder.name, documents, queries, qrels)


def _lines(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            if line.strip():
                yield json.loads(line)


def build(collection: Collection, encoder: Encoder, root: Path, cache: Path) -> None:
    """Index the collection as a library's build under `root`."""
    titles = {name: title for name, title, _ in collection.documents}

    def additions() -> Iterator[Addition]:
        for name, title, text in collection.documents:
            body = text.strip() or title or name
            source = f"abstract:{name}"
            yield Addition(
                name, source, name, chunks.cut_text(body, source, encoder, "abstract", title=title)
            )

    with BuildWriter(LibraryPaths(root)) as writer:
        changes = writer.update(additions())
        embedder = Embedder(encoder, VectorCache(cache, encoder.key))
        write_vectors(writer, changes, embedder, titles)
        write_keywords(writer, changes, titles)
        writer.publish({"model": encoder.name})


class Remembering:
    """An encoder of queries that embeds each once, whatever asks for it."""

    def __init__(self, encoder: Encoder) -> None:
        self.name, self.key, self.dim, self.window = (
            encoder.name,
            encoder.key,
            encoder.dim,
            encoder.window,
        )
        self.count, self.offsets = encoder.count, encoder.offsets
        self._encode = (
            encoder.encode_queries if isinstance(encoder, QueryEncoder) else encoder.encode
        )
        self._known: dict[tuple[str, ...], Vectors] = {}

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See `Encoder`."""
        key = tuple(texts)
        if key not in self._known:
            self._known[key] = self._encode(texts)
        return self._known[key]


def rank(collection: Collection, searcher: Searcher, method: str) -> dict[str, list[str]]:
    """The works for each query, best first."""
    known = {name for name, _, _ in collection.documents}
    found = {}
    for name, text in collection.queries:
        ranked = [work for work, _ in searcher.rank_works(text, DEPTH, method)]
        found[name] = [work for work in ranked if work != name] if name in known else ranked
    return found


def measure(collection: Collection, ranked: Mapping[str, Sequence[str]]) -> dict[str, list[float]]:
    """Each metric for each query, in the order of the queries."""
    rows: dict[str, list[float]] = {metric: [] for metric in METRICS}
    for name, _ in collection.queries:
        relevant, works = collection.qrels[name], ranked[name]
        gains = [relevant.get(work, 0) for work in works]
        ideal = sorted(relevant.values(), reverse=True)
        rows["ndcg@10"].append(_dcg(gains[:10]) / _dcg(ideal[:10]))
        rows["recall@10"].append(sum(g > 0 for g in gains[:10]) / len(relevant))
        rows["recall@100"].append(sum(g > 0 for g in gains[:100]) / len(relevant))
        rows["mrr"].append(next((1 / (i + 1) for i, g in enumerate(gains) if g > 0), 0.0))
    return rows


def _dcg(gains: Sequence[int]) -> float:
    return float(sum(gain / np.log2(rank + 2) for rank, gain in enumerate(gains)))


def interval(values: Sequence[float], seed: int = 0, rounds: int = 2000) -> tuple[float, float]:
    """95 % bootstrap interval of the mean over queries."""
    array = np.asarray(values)
    picks = np.random.default_rng(seed).integers(0, array.size, (rounds, array.size))
    low, high = np.percentile(array[picks].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def mean_interval(
    by_collection: Sequence[Sequence[float]], rounds: int = 2000
) -> tuple[float, float]:
    """95 % bootstrap interval of the mean over collections of each one's mean, queries drawn within
    each.
    """
    random = np.random.default_rng(0)
    means = np.zeros(rounds)
    for values in by_collection:
        array = np.asarray(values)
        means += array[random.integers(0, array.size, (rounds, array.size))].mean(axis=1)
    low, high = np.percentile(means / len(by_collection), [2.5, 97.5])
    return float(low), float(high)


def evaluate(
    folder: Path, encoder: Encoder, root: Path, cache: Path, weights: Weights
) -> dict[str, dict[str, list[float]]]:
    """Metrics by method and query of one collection, indexed under `root`."""
    collection = read_collection(folder)
    paths = LibraryPaths(root / collection.name)
    start = time.perf_counter()
    build(collection, encoder, paths.root, cache)
    print(
        f"{collection.name}: indexed in {time.perf_counter() - start:.0f} s",
        file=sys.stderr,
        flush=True,
    )
    with builds.open_build(paths) as opened:
        words = keywords.KeywordIndex.open(opened.path("keywords"))
        searcher = Searcher(
            Remembering(encoder),
            index.VectorIndex.open(opened.folder),
            words,
            opened,
            weights=weights,
        )
        return {
            method: measure(collection, rank(collection, searcher, method)) for method in METHODS
        }


def summarise(
    results: Mapping[str, Mapping[str, Mapping[str, Sequence[float]]]],
) -> dict[str, object]:
    """Means and intervals for each collection and method, and the means over collections."""
    table: dict[str, object] = {}
    for name, methods in results.items():
        table[name] = {
            method: {
                m: {"mean": float(np.mean(v)), "interval": interval(v)} for m, v in metrics.items()
            }
            for method, metrics in methods.items()
        }
    table["mean"] = {
        method: {
            metric: {
                "mean": float(np.mean([np.mean(r[method][metric]) for r in results.values()])),
                "interval": mean_interval([r[method][metric] for r in results.values()]),
            }
            for metric in METRICS
        }
        for method in METHODS
    }
    return table


def show(table: Mapping[str, object]) -> None:
    """The summary as a table."""
    print(f"{'collection':<20}{'method':<10}" + "".join(f"{metric:>24}" for metric in METRICS))
    for name, methods in table.items():
        for method, metrics in methods.items():  # type: ignore[attr-defined]
            cells = (
                f"{metrics[m]['mean']:.3f} [{metrics[m]['interval'][0]:.3f}, "
                f"{metrics[m]['interval'][1]:.3f}]"
                for m in METRICS
            )
            print(f"{name:<20}{method:<10}" + "".join(f"{cell:>24}" for cell in cells))


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.quality.retrieval", description=__doc__
    )
    parser.add_argument("folders", nargs="+", type=Path, help="collections in BEIR form")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--cache", type=Path, help="keep vectors here between runs")
    parser.add_argument(
        "--queries", type=Path, help="write each query's nDCG@10 here, for paired comparisons"
    )
    parser.add_argument("--model", default="", help="embedding model (default: all-MiniLM-L6-v2)")
    parser.add_argument("--backend", default="auto")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        cache = options.cache or Path(scratch) / "cache"
        encoder = load_encoder(options.model, models_dir=cache / "models", backend=options.backend)
        results = {
            f.name: evaluate(f, encoder, Path(scratch), cache, Weights()) for f in options.folders
        }
    if options.queries:
        per_query = {n: {m: r[m]["ndcg@10"] for m in METHODS} for n, r in results.items()}
        options.queries.write_text(json.dumps(per_query), "utf-8")
    table = summarise(results)
    if options.json:
        print(json.dumps(table, indent=1))
    else:
        show(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
