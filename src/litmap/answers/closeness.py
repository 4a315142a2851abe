"""Whether a library answers a question at all."""

from __future__ import annotations

from dataclasses import astuple, dataclass

import numpy as np

MIN_PROBABILITY = 0.5
"""Below this a question is not answered."""


@dataclass(frozen=True, slots=True)
class Closeness:
    """How near a library comes to a question: cosines of the best sentence and the best passage,
    and the shares of the question's words, by their rarity, in the best sentence, the best passage
    and the best paper.
    """

    sentence: float
    passage: float
    sentence_covered: float
    passage_covered: float
    work_covered: float

    @property
    def probability(self) -> float:
        """That a question this near is answered, 0 to 1."""
        score = float(np.array(astuple(self)) @ WEIGHTS) + INTERCEPT
        return float(1 / (1 + np.exp(-np.clip(score, -30, 30))))


WEIGHTS = np.array([4.0, 4.0, 1.0, 2.0, 2.0])
INTERCEPT = -6.5


def is_answered(closeness: Closeness) -> bool:
    """Whether a library answers a question this near."""
    return closeness.probability >= MIN_PROBABILITY
