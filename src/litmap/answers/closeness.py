"""Whether a library answers a question at all.

Logistic calibration (Platt 1999) of three figures, fitted on questions that papers of a library
answer and on those that they do not: of other fields, of the same field, about what a paper does
not have (`benchmarks/quality/asking_weights.py`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SIMILARITY, COVERED, SIZE, INTERCEPT = 26.2, 5.5, -1.96, -10.4
"""Of SIZE, the more passages there are, the nearer comes one of them by chance."""
MIN_PROBABILITY = 0.64
"""Below this a question is not answered: nine in ten of those without an answer lie there."""


@dataclass(frozen=True, slots=True)
class Closeness:
    """How near a library comes to a question: the cosine of the nearest of its `size` passages, and
    the share of the question's words, by their rarity, that the passages of the best paper hold.
    """

    similarity: float
    covered: float
    size: int

    @property
    def probability(self) -> float:
        """That a question this near is answered, 0 to 1, if every other one is."""
        chance = SIZE * np.log10(max(self.size, 1)) + INTERCEPT
        score = SIMILARITY * self.similarity + COVERED * self.covered + chance
        return float(1 / (1 + np.exp(-np.clip(score, -30, 30))))

    @property
    def is_enough(self) -> bool:
        """Whether a library answers a question this near."""
        return self.probability >= MIN_PROBABILITY
