"""Which sentences answer a question: a linear model over what speaks for each of them.

Fitted as a softmax over each question's candidates (the listwise loss of Cao et al. 2007) by
`benchmarks/quality/asking_weights.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from litmap.paper_sentences import MARKED_LOG_ODDS

Floats = NDArray[np.float64]

EMBEDDED = 60
"""Sentences of a question's passages whose meaning is looked at; see `worth_embedding`."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer a question.

    `covered` is the share of the question's words, by their rarity, that it holds; `similarity` is
    the cosine of its passage with the question, `passage` the search's score of that, in
    deviations. `gives`: it has the number, year or name that is asked for. `is_alone`: it can be
    read without the sentences around it. `is_caption`: it stands below a figure.
    `is_marked`: the reader marked it.
    """

    text: str
    work: str
    covered: float
    similarity: float
    passage: float
    gives: bool = False
    is_alone: bool = True
    is_caption: bool = False
    is_marked: bool = False


FEATURES = ("meaning", "covered", "passage", "gives", "alone", "caption")
WEIGHTS = np.array([4.5, 3.4, 1.2, 1.0, 0.5, -1.6])
"""That of sentences which can be read alone is set, not fitted: a reader wants them."""


def worth_embedding(candidates: Sequence[Candidate]) -> list[int]:
    """The places of the candidates whose meaning is worth a look: those with most of the question's
    words in the nearest passages, in order.
    """
    scores = np.array([c.covered + c.similarity + 0.1 * c.passage for c in candidates])
    best = np.argsort(-scores, kind="stable")[:EMBEDDED]
    return sorted(best.tolist())


def features(candidates: Sequence[Candidate], cosines: Floats) -> Floats:
    """(n, len(FEATURES)); `cosines` (n,) are those of the sentences with the question."""
    columns = [
        (cosine, c.covered, c.passage, c.gives, c.is_alone, c.is_caption)
        for c, cosine in zip(candidates, cosines.tolist(), strict=True)
    ]
    return np.array(columns, np.float64).reshape(len(candidates), len(FEATURES))


def relevance(candidates: Sequence[Candidate], cosines: Floats) -> Floats:
    """(n,) how well each sentence answers; comparable within a question."""
    marked = np.array([c.is_marked for c in candidates], np.float64)
    return np.asarray(features(candidates, cosines) @ WEIGHTS + MARKED_LOG_ODDS * marked)
