"""Which sentence of a paper answers a column that is known by itself, or that none does.

A linear model over the features of each sentence and one more candidate, 'not said': a softmax over
them all, fitted with an L2 penalty on papers of machine learning whose cells were filled by hand
(`benchmarks/quality/tables.py`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

from litmap.models import PaperSentence
from litmap.parsing.languages import document_language
from litmap.parsing.word_lists import load_lines
from litmap.tables.columns import KINDS
from litmap.tables.features import (
    FEATURES,
    PROSE,
    Floats,
    StandsAlone,
    is_readable,
    sentence_features,
)
from litmap.tables.phrases import ROOM

UNSAID = "unsaid"
"""The row of weights of the candidate 'not said'."""
MIN_CERTAINTY = 0.5


@dataclass(frozen=True, slots=True)
class Choice:
    """A sentence by its row among a paper's, and how sure it is that it answers, 0 to 1."""

    row: int
    certainty: float


class ReadPaper:
    """A paper's sentences with what columns need of them, made once for all columns."""

    def __init__(
        self, sentences: Sequence[PaperSentence], title: str, stands_alone: StandsAlone
    ) -> None:
        self.sentences = sentences
        self.title = title
        self._stands_alone = stands_alone

    @cached_property
    def language(self) -> str:
        """The language it is in."""
        return document_language([sentence.text for sentence in self.sentences])

    @cached_property
    def _prose(self) -> tuple[list[int], Floats]:
        """Rows of readable sentences, and their features."""
        rows = [row for row, one in enumerate(self.sentences) if one.kind in PROSE]
        prose = [self.sentences[row] for row in rows]
        kept = [number for number, one in enumerate(prose) if is_readable(one)]
        features = sentence_features(prose, self.title, self._stands_alone)
        return [rows[number] for number in kept], features[kept]

    def choose(
        self, kind: str, may_answer: Callable[[str], bool] = lambda text: True
    ) -> Choice | None:
        """The sentence that answers a column of this kind best, among those that may; None where
        none is likely to.
        """
        rows, features = self._prose
        fits = [n for n, row in enumerate(rows) if may_answer(self.sentences[row].text)]
        if not fits:
            return None
        weights = _weights()[kind]
        scores = features[fits] @ weights[:-1]
        best = int(np.argmax(scores))
        sure = certainty(float(scores[best] - weights[-1]))
        return Choice(rows[fits[best]], sure) if sure >= MIN_CERTAINTY else None


def certainty(margin: float) -> float:
    """The probability that a sentence answers that is by so much better than 'not said'."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, margin))))


@cache
def _weights() -> dict[str, Floats]:
    """For each kind the weights of `FEATURES`, and last that of 'not said'."""
    (_, *head), *lines = (line.split() for line in load_lines("weights", ROOM))
    by_feature = {name: [float(value) for value in values] for name, *values in lines}
    table = np.array([by_feature[name] for name in (*FEATURES, UNSAID)])
    return {kind: table[:, head.index(kind)] for kind in KINDS}
