"""Whether the sentence that comes nearest to a column's own words answers it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from litmap.parsing.terms import index_terms

FEATURES = ("meaning", "words", "paper")
"""The fields of `Near`."""
WEIGHTS = (2.79, 0.8, 1.9)
INTERCEPT = -3.66
"""Logistic regression over ten questions to 30 papers of machine learning, answered where a
pattern says so (`benchmarks/quality/tables.py`): of what is said two thirds are right, of what is
there half is said.
"""


@dataclass(frozen=True, slots=True)
class Near:
    """A sentence's cosine with a column's words, the share of these words that it has, and how near
    its paper is beside the library's others, 0 to 1.
    """

    meaning: float
    words: float
    paper: float


def share_of_words(text: str, words: str, idf: Callable[[str], float], language: str) -> float:
    """How much of what a column's words weigh stands in a sentence."""
    wanted = dict.fromkeys(index_terms(words, language))
    held = set(index_terms(text, language))
    total = sum(idf(term) for term in wanted)
    return sum(idf(term) for term in wanted if term in held) / total if total > 0 else 0.0


def certainty_of(near: Near) -> float:
    """The probability that the sentence answers."""
    values = (near.meaning, near.words, near.paper)
    score = INTERCEPT + float(np.dot(WEIGHTS, values))
    return 1 / (1 + math.exp(-score))
