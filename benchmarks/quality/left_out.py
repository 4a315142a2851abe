"""What of the ranking carries to collections that it was not tuned on:
`python -m benchmarks.quality.left_out DIR… [--cache DIR]`.

For each collection in BEIR form: plain z-scores (.7 meaning, .3 words), litmap's weights and those
with a part left out, keywords without pairs of words. The weights that are best in the mean of the
other collections are scored on the one left out, paired with z-scores, 95 % bootstrap. Last, a map
of the query's vector that is learnt from the collection's titles and abstracts (ridge regression
towards the identity), put before the z-scores.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

import numpy as np

from benchmarks.quality.retrieval import (
    DEPTH,
    Collection,
    Remembering,
    build,
    interval,
    measure,
    read_collection,
)
from litmap import builds, index, keywords
from litmap.paths import LibraryPaths
from litmap.search import Searcher, Weights
from litmap.search.candidates import embed_query
from litmap.search.query import DEFAULT_KINDS
from litmap.vectors import load_encoder

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

VARIANTS = {
    "litmap": Weights(),
    "no hubness": Weights(csls_penalty=0),
    "no neighbours": Weights(neighbours=0),
    "no others": Weights(others=0),
    "no whole text": Weights(whole=0, words=0.4),
    "none of them": Weights(csls_penalty=0, neighbours=0, others=0),
}
PENALTIES = (0.1, 1.0, 10.0)
"""Penalties of the ridge regression, in parts of the texts' mean variance."""


def standard(scores: Floats) -> Floats:
    """Scores (queries, works) as standard scores of each query."""
    deviation = np.maximum(scores.std(axis=1, keepdims=True), 1e-9)
    return (scores - scores.mean(axis=1, keepdims=True)) / deviation


def learn_map(texts: Floats, targets: Floats, penalty: float) -> Floats:
    """The matrix that takes `texts` (n, d) to `targets` (n, d), drawn towards the identity."""
    n, d = texts.shape
    inverse = np.linalg.inv(texts.T @ texts + penalty * n / d * np.eye(d))
    return np.eye(d) + (targets - texts).T @ texts @ inverse


class Measured:
    """A collection's index with all scores of its queries."""

    def __init__(self, collection: Collection, searcher: Searcher) -> None:
        self.collection, self.searcher = collection, searcher
        words = searcher.keywords
        rows = np.flatnonzero(words.rows_of(kinds=DEFAULT_KINDS))
        self.vectors = searcher.vector_rows.vectors(rows).astype(np.float64)
        self.works, self.ids = words.works[rows], words.work_ids
        self.queries = np.stack([embed_query(searcher.encoder, t) for _, t in collection.queries])

    def ndcg(self, ranked: Callable[[int, str], Sequence[str]]) -> Floats:
        """nDCG@10 of each query; `ranked` gives the works for a query's number and text."""
        known = {name for name, _, _ in self.collection.documents}
        found = {}
        for number, (name, text) in enumerate(self.collection.queries):
            works = ranked(number, text)
            found[name] = [w for w in works if w != name] if name in known else works
        return np.array(measure(self.collection, found)["ndcg@10"])

    def by_scores(self, scores: Floats) -> Floats:
        """nDCG@10 where works are ranked by these scores (queries, works)."""
        order = np.argsort(-scores, axis=1, kind="stable")[:, :DEPTH]
        return self.ndcg(lambda number, _: [self.ids[i] for i in order[number]])

    def variant(self, weights: Weights, method: str = "fused") -> Floats:
        """nDCG@10 of litmap's own ranking."""
        searcher = replace(self.searcher, weights=weights)
        return self.ndcg(lambda _, t: [w for w, _ in searcher.rank_works(t, DEPTH, method)])

    def meaning(self, queries: Floats) -> Floats:
        """The best cosine of each work's passages, (queries, works)."""
        cosines = queries @ self.vectors.T
        best = np.full((len(queries), len(self.ids)), -1.0)
        for passage, work in enumerate(self.works.tolist()):
            best[:, work] = np.maximum(best[:, work], cosines[:, passage])
        return best

    def z_scores(self, queries: Floats) -> Floats:
        """nDCG@10 of plain z-scores."""
        words = np.stack(
            [self.searcher.keywords.work_scores(t) for _, t in self.collection.queries]
        )
        return self.by_scores(0.7 * standard(self.meaning(queries)) + 0.3 * standard(words))

    def mapped(self, penalty: float) -> Floats:
        """z-scores by a map that is learnt from titles and what stands below them."""
        titles = {name: title for name, title, _ in self.collection.documents}
        texts = np.asarray(self.searcher.encoder.encode([titles[i] or "." for i in self.ids]))
        means = np.zeros((len(self.ids), self.vectors.shape[1]))
        np.add.at(means, self.works, self.vectors)
        means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
        queries = self.queries @ learn_map(texts.astype(np.float64), means, penalty).T
        return self.z_scores(queries / np.linalg.norm(queries, axis=1, keepdims=True))

    def all(self) -> dict[str, Floats]:
        """nDCG@10 of each query by what was tried."""
        found = {name: self.variant(weights) for name, weights in VARIANTS.items()}
        found |= {method: self.variant(Weights(), method) for method in ("keyword", "dense")}
        found["z-scores"] = self.z_scores(self.queries)
        with mock.patch("litmap.keywords.reader.PAIR_WEIGHT", 0.0):
            found["litmap, no pairs"] = self.variant(Weights())
            found["keyword, no pairs"] = self.variant(Weights(), "keyword")
        return found | {f"map {p}": self.mapped(p) for p in PENALTIES}


def left_out(results: Mapping[str, Mapping[str, Floats]], name: str) -> str:
    """The variant that is best in the mean of the other collections."""
    others = [found for other, found in results.items() if other != name]
    return max(VARIANTS, key=lambda v: float(np.mean([found[v].mean() for found in others])))


def show(results: Mapping[str, Mapping[str, Floats]]) -> None:
    """Each collection's figures, and what the left-out choice gains over z-scores."""
    for name, found in results.items():
        print(name, ", ".join(f"{what} {values.mean():.4f}" for what, values in found.items()))
    for name, found in results.items() if len(results) > 1 else ():
        best = left_out(results, name)
        gain = found[best] - found["z-scores"]
        low, high = interval(gain.tolist())
        print(f"{name} left out: {best}, {gain.mean():+.4f} [{low:+.4f}, {high:+.4f}]")


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.quality.left_out", description=__doc__
    )
    parser.add_argument("folders", nargs="+", type=Path, help="collections in BEIR form")
    parser.add_argument("--cache", type=Path, help="keep vectors here between runs")
    options = parser.parse_args(arguments)
    results: dict[str, dict[str, Floats]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        cache = options.cache or Path(scratch) / "cache"
        encoder = load_encoder("", models_dir=cache / "models")
        for folder in options.folders:
            collection = read_collection(folder)
            paths = LibraryPaths(Path(scratch) / collection.name)
            build(collection, encoder, paths.root, cache)
            with builds.open_build(paths) as opened:
                words = keywords.KeywordIndex.open(opened.path("keywords"))
                vectors = index.VectorIndex.open(opened.folder)
                searcher = Searcher(Remembering(encoder), vectors, words, opened)
                results[collection.name] = Measured(collection, searcher).all()
    show(results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
