"""BM25 in arrays, and rankings by it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from litmap.word_counts import Bm25

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Ranking:
    """Rows with their scores, best first; equal scores in order of row."""

    rows: Ints
    scores: Floats


def bm25_scores(bm25: Bm25, factor: float, counts: Floats, lengths: Floats, mean: float) -> Floats:
    """What a word adds to texts that hold it so often and are so long, float32 (n,); takes
    `lengths` for its own.
    """
    norm = lengths
    norm *= np.float32(bm25.k1 * bm25.b / max(mean, 1e-9))
    norm += np.float32(bm25.k1 * (1 - bm25.b))
    norm += counts
    np.divide(counts, norm, out=norm)
    norm *= np.float32(factor * (bm25.k1 + 1))
    return norm
