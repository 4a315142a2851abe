"""From evidence to order: cosines and BM25 made comparable, fused, smoothed over near neighbours, gathered by work.

All functions are pure: arrays in, arrays out. One set of parameters serves every collection (`Weights`); how it was
chosen stands in benchmarks/RESULTS.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each kind of evidence counts, in units of its own standard deviation over the library.

    `meaning`: cosines; `words`: BM25 of the passage; `whole`: BM25 of the work's whole text, in the score of a work;
    `work`: the same in the score of a passage. `others`: share of a work's second and third best passages beside its
    best. `neighbours`: share of a work's words that comes from the `nearest` most similar other candidates: what a text
    is about shows in the words of its like, which is what words alone lack.
    """

    meaning: float = 0.6
    words: float = 0.2
    whole: float = 0.2
    work: float = 0.1
    others: float = 0.2
    neighbours: float = 0.3
    nearest: int = 5


@dataclass(frozen=True, slots=True)
class Scale:
    """Mean and standard deviation of a kind of score over the library, for one query."""

    mean: float = 0.0
    deviation: float = 1.0

    @classmethod
    def of(cls, values: Floats) -> Scale:
        """The scale of these values; a flat one maps everything to 0."""
        if not values.size:
            return cls()
        deviation = float(values.std())
        return cls(float(values.mean()), deviation if deviation > 1e-9 else float("inf"))

    def apply(self, values: Floats) -> Floats:
        """Values as standard scores."""
        scored: Floats = ((values - self.mean) / self.deviation).astype(np.float32)
        return scored


BLOCK = 200_000
"""Multiplications in one product; well below the number from which BLAS wakes other threads, for which such small
products wait longer than they take."""


def products(rows: Floats, vector: Floats) -> Floats:
    """The product of each row (n, d) with the vector (d,), on this thread alone."""
    result: Floats = np.einsum("ij,j->i", rows, vector)
    return result


def alikeness(vectors: Floats) -> Floats:
    """The products (n, n) of all rows (n, d) with each other, in blocks and so on this thread alone."""
    n, d = vectors.shape
    size = max(1, BLOCK // max(1, n * d))
    blocks = -(-n // size)
    filled = np.zeros((blocks * size, d), vectors.dtype)
    filled[:n] = vectors
    alike: Floats = np.matmul(filled.reshape(blocks, size, d), vectors.T).reshape(blocks * size, n)[:n]
    return alike


def smooth(scores: Floats, vectors: Floats, share: float, nearest: int) -> Floats:
    """Scores (n,) with a share taken from the `nearest` most similar other candidates; `vectors` (n, dim), unit rows.

    Relevant texts resemble each other, chance hits do not (Diaz, 'Regularizing ad hoc retrieval scores', 2005).
    """
    n = scores.size
    if n < 3 or share <= 0:
        return scores
    alike = alikeness(vectors)
    np.fill_diagonal(alike, 0.0)
    k = min(nearest, n - 1)
    bar = np.partition(alike, n - k, axis=1)[:, n - k : n - k + 1]
    kept = np.where(alike >= bar, np.maximum(alike, 0.0) ** 2, 0.0)
    kept /= kept.sum(axis=1, keepdims=True) + 1e-9
    smoothed: Floats = ((1 - share) * scores + share * products(kept, scores)).astype(np.float32)
    return smoothed


def best_of_each(groups: Ints, scores: Floats, shares: Sequence[float]) -> tuple[Ints, Floats]:
    """For each group its best scores summed with `shares`, the best first; (groups ascending, their sums).

    A group with fewer scores repeats its last one, so that short works are not held against long ones.
    """
    order = np.lexsort((-scores, groups))
    own, starts, sizes = np.unique(groups[order], return_index=True, return_counts=True)
    sums = np.zeros(own.size, np.float32)
    ordered = scores[order]
    for rank, share in enumerate(shares):
        sums += np.float32(share) * ordered[starts + np.minimum(rank, sizes - 1)]
    return own, sums


def first_of_each(groups: Ints, scores: Floats) -> Ints:
    """The place of each group's best score, groups ascending."""
    order = np.lexsort((-scores, groups))
    _, starts = np.unique(groups[order], return_index=True)
    places: Ints = order[starts]
    return places


def highest(scores: Floats, k: int) -> Ints:
    """Places of the `k` highest positive scores, in no order."""
    places = np.flatnonzero(scores > 0)
    if places.size <= k:
        return places
    chosen: Ints = places[np.argpartition(-scores[places], k)[:k]]
    return chosen
