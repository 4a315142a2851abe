"""A tiny library for search tests: a model that is a formula, exact vectors, the real keyword
index.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from litmap import keywords
from litmap.models import Chunk, Passage
from litmap.parsing.terms import find_words, index_terms, term_key
from litmap.search import Facts, Searcher

SYNONYMS = {"car": "automobil", "vehicl": "automobil"}


class FormulaEncoder:
    """Adds up one fixed random direction a stem; synonyms share theirs, so that meaning and words
    differ.
    """

    name = key = "formula"
    dim = 64
    window = 24

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), self.dim), np.float32)
        for i, text in enumerate(texts):
            for term in index_terms(text):
                seed = term_key(SYNONYMS.get(term, term)) % 2**32
                vectors[i] += (
                    np.random.default_rng(seed).standard_normal(self.dim).astype(np.float32)
                )
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)

    def count(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) + 2 for text in texts]

    def offsets(self, text: str) -> list[tuple[int, int]]:
        return [(w.start, w.end) for w in find_words(text)]


class ExactVectors:
    """Brute force over an array."""

    def __init__(self, array: NDArray[np.float32]) -> None:
        self.array = array

    def search(self, vectors: NDArray[np.float32], k: int, allowed: Any = None) -> tuple[Any, Any]:
        rows = np.arange(len(self.array))
        if allowed is not None:
            rows = np.flatnonzero(allowed[: len(rows)])
        scores = np.einsum("qd,nd->qn", vectors, self.array[rows])  # of each row by itself
        order = np.argsort(-scores, axis=1, kind="stable")[:, :k]
        return np.take_along_axis(scores, order, axis=1), rows[order]

    def vectors(self, rows: Any) -> NDArray[np.float32]:
        return self.array[np.asarray(rows, dtype=np.int64)]


class Stored:
    """Passages in memory."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._passages = {p.row: p for p in passages}

    def passages(self, rows: Any) -> list[Passage]:
        return [self._passages[int(row)] for row in rows]


def make_searcher(
    folder: Path, passages: Sequence[Passage], facts: Mapping[str, Facts]
) -> Searcher:
    """A searcher over these passages."""
    titles = {work.id: work.title for work in facts.values()}
    keywords.update(folder, keywords.make_entries(passages, titles))
    encoder = FormulaEncoder()
    array = encoder.encode([p.chunk.text for p in passages])
    return Searcher(
        encoder, ExactVectors(array), keywords.KeywordIndex.open(folder), Stored(passages), facts
    )


def passage(
    row: int, work: str, text: str, kind: str = "body", page: int = 1, source: str = ""
) -> Passage:
    """A passage with one line of 100 points' width for every 40 characters."""
    lines = max(1, -(-len(text) // 40))
    rects = (
        tuple((page, 72.0, 100.0 + 12 * i, 172.0, 110.0 + 12 * i) for i in range(lines))
        if page
        else ()
    )
    return Passage(
        row, work, Chunk(source or f"sha-{work}", row, text, kind, page=page, rects=rects)
    )
