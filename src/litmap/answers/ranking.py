"""Which sentences answer a question: a linear model over what speaks for each of them.

Fitted as a softmax over each question's candidates (the listwise loss of Cao et al. 2007) by
`benchmarks/quality/asking_weights.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

EMBEDDED = 60
"""Sentences of a question's passages whose meaning is looked at; see `worth_embedding`."""
LONG = 40
"""Words from which a sentence is no longer counted as longer."""
SHORT = 8
"""Words below which a sentence seldom says anything by itself."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer a question.

    `covered` is the share of the question's words, by their rarity, that it holds, and
    `passage_covered` that of its passage; `similarity` is the cosine of its passage with the
    question, `passage` and `work` are the search's scores, in deviations. `is_named`: the
    question names its paper. `gives`: it has what the question asks for. `is_alone`: it can be
    read without the sentences around it.
    """

    text: str
    work: str
    row: int
    covered: float
    passage_covered: float
    similarity: float
    passage: float
    work_score: float
    is_named: bool = False
    gives: bool = True
    is_alone: bool = True


FEATURES = (
    "meaning", "covered", "passage covered", "similarity", "passage", "work", "named", "gives",
    "alone", "length", "short",
)  # fmt: skip
WEIGHTS = np.array([6.0, 2.0, 0.5, 2.0, 0.2, 0.2, 1.0, 0.3, 0.5, 0.3, -1.0])


def worth_embedding(candidates: Sequence[Candidate]) -> list[int]:
    """The places of the candidates whose meaning is worth a look: those with most of the question's
    words in the nearest passages, in order.
    """
    scores = np.array([c.covered + c.similarity + 0.1 * c.passage for c in candidates])
    best = np.argsort(-scores, kind="stable")[:EMBEDDED]
    return sorted(best.tolist())


def features(candidates: Sequence[Candidate], cosines: Floats) -> Floats:
    """(n, len(FEATURES)); `cosines` (n,) are those of the sentences with the question."""
    words = [len(candidate.text.split()) for candidate in candidates]
    columns = [
        (
            cosine, c.covered, c.passage_covered, c.similarity, c.passage, c.work_score,
            c.is_named, c.gives, c.is_alone, min(count, LONG) / 20, count < SHORT,
        )
        for c, cosine, count in zip(candidates, cosines.tolist(), words, strict=True)
    ]  # fmt: skip
    return np.array(columns, np.float64).reshape(len(candidates), len(FEATURES))


def relevance(candidates: Sequence[Candidate], cosines: Floats) -> Floats:
    """(n,) how well each sentence answers; comparable within a question."""
    return np.asarray(features(candidates, cosines) @ WEIGHTS)
