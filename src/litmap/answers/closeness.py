"""Whether a library answers a question at all.

Logistic calibration (Platt 1999) of two figures, fitted on questions that a library's papers answer
and on those that they do not: of other fields, of the same field, about what a paper does not have
(`benchmarks/quality/asking_weights.py`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SIMILARITY, COVERED, INTERCEPT = 19.6, 5.6, -15.2
MIN_PROBABILITY = 0.6
"""Below this a question is not answered: nine in ten of those without an answer lie there."""


@dataclass(frozen=True, slots=True)
class Closeness:
    """How near a library comes to a question: the cosine of the nearest passage, and the share of
    the question's words, by their rarity, that the passages of the best paper hold.
    """

    similarity: float
    covered: float

    @property
    def probability(self) -> float:
        """That a question this near is answered, 0 to 1, if every other one is."""
        score = SIMILARITY * self.similarity + COVERED * self.covered + INTERCEPT
        return float(1 / (1 + np.exp(-np.clip(score, -30, 30))))

    @property
    def is_enough(self) -> bool:
        """Whether a library answers a question this near."""
        return self.probability >= MIN_PROBABILITY
