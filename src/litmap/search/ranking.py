"""From evidence to order: cosines and BM25 made comparable, fused, smoothed over near neighbours,
gathered by work.

All functions are pure: arrays in, arrays out. One set of parameters serves every collection
(`Weights`); how it was chosen stands in benchmarks/RESULTS.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from litmap.word_counts import SUM_UNIT, Sums

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each kind of evidence counts, in units of its own standard deviation over the
    library.

    `meaning`: cosines; `words`: BM25 of the passage; `whole`: BM25 of the work's whole text, in the
    score of a work; `work`: the same in the score of a passage. `others`: share of a long work's
    second and third best passages beside its best. `neighbours`: share of a work's words that comes
    from the `nearest` most similar other candidates: what a text is about shows in the words of its
    like, which is what words alone lack. `csls_penalty`: share of its cosine with its own likes in
    the library that is taken off a work's cosine: a text that is near to everything answers
    nothing.
    """

    meaning: float = 0.6
    words: float = 0.2
    whole: float = 0.2
    work: float = 0.1
    others: float = 0.2
    neighbours: float = 0.25
    nearest: int = 5
    csls_penalty: float = 0.3


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

    @classmethod
    def of_sums(cls, sums: Sums) -> Scale:
        """The scale of values by their sums."""
        count = sums.count
        if not count:
            return cls()
        spread = count * sums.squares - sums.total * sums.total
        deviation = SUM_UNIT * math.sqrt(spread) / count if spread > 0 else float("inf")
        return cls(SUM_UNIT * sums.total / count, deviation)

    def apply(self, values: Floats) -> Floats:
        """Values as standard scores."""
        scored: Floats = ((values - self.mean) / self.deviation).astype(np.float32)
        return scored


MAX_PRODUCT_SIZE = 200_000
"""Multiplications in one product; well below the number from which BLAS wakes other threads, for
which such small products wait longer than they take.
"""
TILE_ROWS = 16
"""Rows in one product."""


def products(rows: Floats, vector: Floats) -> Floats:
    """The product of each row (n, d) with the vector (d,), on this thread alone."""
    result: Floats = np.einsum("ij,j->i", rows, vector)
    return result


def similarity_matrix(vectors: Floats, others: Floats) -> Floats:
    """The products (n, m) of all rows (n, d) with all others (m, d), in tiles and so on this thread
    alone.
    """
    (n, d), m = vectors.shape, len(others)
    width = max(1, MAX_PRODUCT_SIZE // (TILE_ROWS * max(1, d)))
    left, right = _padded(vectors, TILE_ROWS), _padded(others, width)
    tiles = np.matmul(
        left.reshape(-1, 1, TILE_ROWS, d), right.reshape(1, -1, width, d).swapaxes(2, 3)
    )
    similarities: Floats = tiles.transpose(0, 2, 1, 3).reshape(len(left), len(right))[:n, :m]
    return similarities


def _padded(rows: Floats, multiple: int) -> Floats:
    """The rows with rows of zeros below, up to a multiple of so many."""
    filled = np.zeros((-(-len(rows) // multiple) * multiple, rows.shape[1]), np.float32)
    filled[: len(rows)] = rows
    return filled


def smooth(scores: Floats, vectors: Floats, share: float, nearest: int) -> Floats:
    """Scores (n,) with a share taken from the `nearest` most similar other candidates; `vectors`
    (n, dim), unit rows.

    Relevant texts resemble each other, chance hits do not (Diaz, 'Regularizing ad hoc retrieval
    scores', 2005).
    """
    n = scores.size
    if n < 3 or share <= 0:
        return scores
    similarities = similarity_matrix(vectors, vectors)
    np.fill_diagonal(similarities, 0.0)
    k = min(nearest, n - 1)
    bar = np.partition(similarities, n - k, axis=1)[:, n - k : n - k + 1]
    kept = np.where(similarities >= bar, np.maximum(similarities, 0.0) ** 2, 0.0)
    kept /= kept.sum(axis=1, keepdims=True) + 1e-9
    smoothed: Floats = ((1 - share) * scores + share * products(kept, scores)).astype(np.float32)
    return smoothed


def hubness(
    vectors: Floats, works: Ints, others: Floats, other_works: Ints, count: int = 5
) -> Floats:
    """Mean cosine of each unit vector (n, dim) with the `count` nearest texts of other works, (n,).

    `others` (m, dim) are the texts it is compared with, `works` and `other_works` the numbers of
    the works they belong to. A text that is near to every query is a hub; what it has in common
    with its like says nothing about a query. This is the penalty of cross-domain similarity local
    scaling (CSLS: Conneau et al., 'Word translation without parallel data', 2018).
    """
    if not len(others) or not len(vectors):
        return np.zeros(len(vectors), np.float32)
    similarities = similarity_matrix(vectors, others)
    similarities[works[:, None] == other_works[None, :]] = -1.0
    count = min(count, similarities.shape[1])
    nearest = np.partition(similarities, similarities.shape[1] - count, axis=1)[:, -count:]
    mean: Floats = np.maximum(nearest, 0.0).mean(axis=1)
    return mean


def best_three(groups: Ints, scores: Floats) -> tuple[Ints, Floats]:
    """Each group's three best scores, best first; (groups ascending, scores (groups, 3)).

    A group with fewer scores repeats its last one, so that short works are not held against long
    ones.
    """
    order = np.lexsort((-scores, groups))
    own, starts, sizes = np.unique(groups[order], return_index=True, return_counts=True)
    places = starts[:, None] + np.minimum(np.arange(3), sizes[:, None] - 1)
    return own, scores[order][places]


def first_of_each(groups: Ints, scores: Floats) -> Ints:
    """The place of each group's best score, groups ascending."""
    order = np.lexsort((-scores, groups))
    _, starts = np.unique(groups[order], return_index=True)
    places: Ints = order[starts]
    return places


def highest(scores: Floats, k: int) -> Ints:
    """Places of the `k` highest positive scores, ascending; of equal ones the first."""
    places = np.flatnonzero(scores > 0)
    if places.size <= k or k <= 0:
        return places[: max(k, 0)]
    own = scores[places]
    lowest = np.partition(own, own.size - k)[own.size - k]
    kept = own > lowest
    kept[np.flatnonzero(own == lowest)[: k - np.count_nonzero(kept)]] = True
    chosen: Ints = places[kept]
    return chosen
