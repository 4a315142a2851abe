"""BM25 in arrays, and rankings by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from litmap.word_counts import Asked

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float32]
    Postings = tuple[NDArray[Any], NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Ranking:
    """Rows with their scores, best first; equal scores in order of row."""

    rows: Ints
    scores: Floats


@dataclass(frozen=True, slots=True)
class TermWeight:
    """How one of what is asked is scored: its place there, what it adds at most, and that a text's
    length dampens repeats by `per_word * length + constant`.
    """

    place: int
    factor: np.float32
    per_word: np.float32
    constant: np.float32

    def scores(self, counts: Floats, lengths: Floats) -> Floats:
        """What it adds to texts that hold it so often and are so long, float32 (n,); takes
        `lengths` for its own.
        """
        added = lengths
        added *= self.per_word
        added += self.constant
        added += counts
        np.divide(counts, added, out=added)
        added *= self.factor
        return added

    def bound(self, counts: NDArray[Any]) -> float:
        """What none of the texts that hold it so often gets more than."""
        most = float(counts.max(initial=0))
        return float(self.factor) * most / (most + float(self.constant)) if most > 0 else 0.0


def term_weights(asked: Asked, idf: Sequence[float], mean_length: float) -> list[TermWeight]:
    """The weights of what is asked, by the rarity of each among texts of so many words; what adds
    most first.
    """
    weights = [
        TermWeight(
            place,
            np.float32(weight * rarity ** (1 + bm25.rarity) * (bm25.k1 + 1)),
            np.float32(bm25.k1 * bm25.b / max(mean_length, 1e-9)),
            np.float32(bm25.k1 * (1 - bm25.b)),
        )
        for place, (weight, rarity, bm25) in enumerate(
            zip(asked.weights, idf, asked.bm25, strict=True)
        )
    ]
    return sorted(weights, key=lambda weight: -weight.factor)


def bm25_sums(
    lengths: NDArray[Any],
    postings: Sequence[Postings],
    weights: Sequence[TermWeight],
    bar: float = 0.0,
) -> Floats:
    """BM25 of texts, float32 (n,), that are so long, (n,), by which of them hold each of what is
    asked, and how often.

    Scores below the `bar` may lack what common words add: these are not looked for in texts that
    they cannot lift to it any more. MaxScore: Turtle and Flood, 'Query evaluation: strategies and
    optimizations' (1995).
    """
    scores = np.zeros(lengths.size, np.float32)
    own = [
        (weight, *postings[weight.place]) for weight in weights if postings[weight.place][0].size
    ]
    bounds = [weight.bound(counts) for weight, _, counts in own]
    left = 1.001 * sum(bounds)  # rounding lifts nothing above its bound
    for (weight, texts, counts), bound in zip(own, bounds, strict=True):
        places = texts.astype(np.intp, copy=False)  # once, for NumPy counts in these
        before, often = scores.take(places), counts
        if left < bar:
            promising = np.flatnonzero(before >= bar - left)
            places, before = places.take(promising), before.take(promising)
            often = counts.take(promising)
        added = weight.scores(
            often.astype(np.float32), lengths.take(places).astype(np.float32, copy=False)
        )
        added += before
        scores[places] = added
        left -= bound
    return scores
