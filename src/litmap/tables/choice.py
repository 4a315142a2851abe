"""Which sentence of a paper answers a column that is known by itself, or that none does.

A linear model over the features of each sentence and one more candidate, 'not said': a softmax over
them all, fitted with an L2 penalty on papers of machine learning whose cells were filled by hand
(`benchmarks/quality/table_weights.py`). Of papers in English the sentences that it likes best are
judged once more, by their features and by what they mean: their vectors of the default model.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

import numpy as np

from litmap.models import PaperSentence
from litmap.paper_sentences import MARKED_LOG_ODDS
from litmap.parsing.languages import ENGLISH, document_language
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

if TYPE_CHECKING:
    from litmap.models import Vectors

UNSAID = "unsaid"
"""The row of weights of the candidate 'not said'."""
MIN_CERTAINTY = 0.5
SHORTLIST = 8
"""Sentences of a paper whose meaning is looked at for a column."""
DIRECTIONS = "directions"
"""The file of weights of what sentences mean."""

Encode = Callable[[Sequence[str]], "Vectors"]
"""Unit vectors (n, dim) of texts."""
MayAnswer = Callable[[str], bool]
"""Whether a sentence can be a cell at all: one with a number where numbers are asked for."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A sentence by its row among a paper's, and how sure it is that it answers, 0 to 1."""

    row: int
    certainty: float


@dataclass(frozen=True, slots=True)
class Weights:
    """What counts for a kind of column: of `FEATURES`, of a sentence's vector (none where it is not
    looked at), and of 'not said'.
    """

    features: Floats
    direction: Floats
    unsaid: float


class ReadPaper:
    """A paper's sentences with what columns need of them, made once for all columns. `encode`, of
    the model that `judged_with` names, has sentences judged by what they mean too. Of
    sentences that are likely to answer one that the reader marked (its row is in `marked`) is
    preferred.
    """

    def __init__(
        self,
        sentences: Sequence[PaperSentence],
        title: str,
        stands_alone: StandsAlone,
        encode: Encode | None = None,
        marked: Set[int] = frozenset(),
    ) -> None:
        self._marked = marked
        self.sentences = sentences
        self.title = title
        self._stands_alone = stands_alone
        self._encode = encode

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

    def choose(self, kind: str, may_answer: MayAnswer = lambda text: True) -> Choice | None:
        """The sentence that answers a column of this kind best, among those that may; None where
        none is likely to.
        """
        rows, features = self._prose
        fits, scores = self._likeliest(kind, may_answer)
        if not fits:
            return None
        weights = weights_of()[kind]
        if self._understands(kind) and self._encode:
            weights = weights_with_meaning()[kind]
            vectors = np.asarray(
                self._encode([self.sentences[rows[n]].text for n in fits]), np.float64
            )
            scores = features[fits] @ weights.features + vectors @ weights.direction
        sure = [certainty(float(score - weights.unsaid)) for score in scores]
        likely = [n for n, one in enumerate(sure) if one >= MIN_CERTAINTY]
        marked = [MARKED_LOG_ODDS * (rows[n] in self._marked) for n in fits]
        best = max(likely, key=lambda n: scores[n] + marked[n], default=None)
        return None if best is None else Choice(rows[fits[best]], sure[best])

    def texts_to_embed(self, kind: str, may_answer: MayAnswer = lambda text: True) -> list[str]:
        """The sentences that `choose` has embedded."""
        if not self._understands(kind):
            return []
        rows, _ = self._prose
        return [self.sentences[rows[n]].text for n in self._likeliest(kind, may_answer)[0]]

    def _understands(self, kind: str) -> bool:
        """Whether sentences are judged by what they mean for this kind."""
        is_learnt = kind in weights_with_meaning()
        return self._encode is not None and is_learnt and self.language == ENGLISH

    def _likeliest(self, kind: str, may_answer: MayAnswer) -> tuple[list[int], Floats]:
        """The prose sentences that may answer, by number, with their scores by features alone; only
        the best where they are judged once more.
        """
        rows, features = self._prose
        fits = [n for n, row in enumerate(rows) if may_answer(self.sentences[row].text)]
        scores = features[fits] @ weights_of()[kind].features
        if self._understands(kind):
            best = np.argsort(-scores, kind="stable")[:SHORTLIST]
            fits, scores = [fits[n] for n in best], scores[best]
        return fits, scores


def certainty(margin: float) -> float:
    """The probability that a sentence answers that is by so much better than 'not said'."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, margin))))


@cache
def weights_of() -> dict[str, Weights]:
    """For each kind what counts where a sentence's vector is not looked at."""
    head, table = _read("weights")
    rows = np.array([table[name] for name in (*FEATURES, UNSAID)])
    return {
        kind: Weights(rows[:-1, head.index(kind)], np.empty(0), float(rows[-1, head.index(kind)]))
        for kind in KINDS
    }


@cache
def weights_with_meaning() -> dict[str, Weights]:
    """For the kinds that were learnt what counts where vectors are looked at too."""
    head, table = _read(DIRECTIONS)
    rows = np.array([table[name] for name in (*FEATURES, UNSAID)])
    direction = np.array([values for name, values in table.items() if name.isdecimal()])
    return {
        kind: Weights(rows[:-1, n], direction[:, n], float(rows[-1, n]))
        for n, kind in enumerate(head)
    }


@cache
def judged_with() -> str:
    """The key of the model whose vectors are understood (`Encoder.key`)."""
    return load_lines(DIRECTIONS, ROOM)[0].split()[1]


def _read(name: str) -> tuple[list[str], dict[str, list[float]]]:
    """The kinds of a file of weights, and its rows by name."""
    lines = [line.split() for line in load_lines(name, ROOM)]
    (_, *head), *rows = (line for line in lines if line[0] != "model")
    return head, {row: [float(value) for value in values] for row, *values in rows}
