"""How near a paper comes to a statement, beside how near the library's other papers come.

A statement on a library's common subject is near to all its papers; so what counts is how much
nearer its own paper is (cohort normalisation, as in speaker verification: Auckenthaler et al.
2000).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

WORDS_WEIGHT = 0.5
"""How much the words of the whole text count beside the meaning of its nearest passages."""
BEST_PASSAGES = 3
MIN_WORKS = 5
"""Works of a library from which their spread tells anything."""
USUAL_MEAN, USUAL_DEVIATION = 0.15, 0.11
"""Cosines of statements with passages of other papers, for libraries of few works."""
SLOPE, INTERCEPT = 2.43, -6.52
"""Logistic calibration: own papers against others, equally often
(`benchmarks/quality/evidence.py`).
"""


@dataclass(frozen=True, slots=True)
class Cohort:
    """What a statement meets with in the library: cosines (n,) with passages of other works, and
    the scores (works,) of all works' words, that of its own among them.
    """

    cosines: Floats
    word_scores: Floats


def nearness(own_cosines: Floats, own_words: float, cohort: Cohort) -> float:
    """Deviations by which a paper is nearer to a statement than others are; `own_cosines` (n,) are
    those of its passages.
    """
    best = float(np.sort(own_cosines)[-BEST_PASSAGES:].mean()) if own_cosines.size else 0.0
    enough = cohort.word_scores.size >= MIN_WORKS
    mean = float(cohort.cosines.mean()) if enough else USUAL_MEAN
    deviation = float(cohort.cosines.std()) if enough else USUAL_DEVIATION
    meaning = (best - mean) / max(deviation, 1e-3)
    if not enough:
        return meaning
    spread = float(cohort.word_scores.std())
    words = (own_words - float(cohort.word_scores.mean())) / spread if spread > 0 else 0.0
    return meaning + WORDS_WEIGHT * words


def strength(near: float) -> float:
    """The probability, 0 to 1, that a statement this near to a paper is of this paper rather than
    of another one of the library.
    """
    return float(1 / (1 + np.exp(-np.clip(SLOPE * near + INTERCEPT, -30, 30))))
