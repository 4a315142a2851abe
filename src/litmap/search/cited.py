"""What a library's papers say of each other: the words of the sentences that cite a work are words
about it.

A work's title and text are its author's words; a reader asks in others, and so do those who cite it
(Ritchie et al., 'Comparing citation contexts for information retrieval', 2008). Whether it helps in
a library is judged by its own sentences, each searched without the paper that it stands in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from litmap.search.query import DEFAULT_KINDS
from litmap.search.ranking import Scale, Weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from litmap.search.protocols import Floats, Ints, WordRows

JUDGED_SENTENCES = 200
"""Sentences, spread evenly, by which it is judged whether they help."""
MIN_JUDGED = 20
"""Sentences without which nothing can be judged."""
DEPTH = 10
UNCITED = -1e9
"""The score of a work that no sentence cites."""


class SentenceRows(Protocol):
    """A keyword index of sentences (`litmap.keywords.KeywordIndex`), each a row of the work it
    cites.
    """

    @property
    def works(self) -> NDArray[np.int32]:
        """The number of each row's work."""
        ...

    @property
    def work_ids(self) -> tuple[str, ...]:
        """Ids of the works, in the order in which they are numbered."""
        ...

    def scores(self, terms: str) -> Floats:
        """BM25 of every row."""
        ...


@dataclass(frozen=True)
class CitingWords:
    """Sentences that cite works; `cited` (n,) are the numbers of the works that they cite, of
    `count` works in the library.
    """

    sentences: SentenceRows
    cited: Ints
    count: int

    @classmethod
    def over(cls, sentences: SentenceRows, keywords: WordRows) -> CitingWords:
        """The sentences with the works' numbers in the library's keyword index."""
        numbers = keywords.work_numbers
        own = np.array([numbers.get(work, -1) for work in sentences.work_ids], np.int64)
        return cls(sentences, own[sentences.works], len(numbers))

    def best(self, text: str, left_out: NDArray[np.bool_] | None = None) -> Floats:
        """BM25 of each work's best sentence for a text, float32 (works,); -inf without one.
        Sentences `left_out` (n,) do not count.
        """
        kept = self.cited >= 0 if left_out is None else (self.cited >= 0) & ~left_out
        scores = np.full(self.count, -np.inf, np.float32)
        np.maximum.at(scores, self.cited[kept], self.sentences.scores(text)[kept])
        return scores


@dataclass(frozen=True)
class LeftOut:
    """A sentence as a question: what it says, the work it stands in, and the works it cites."""

    text: str
    citing: str
    cited: frozenset[str]


def gains(asked: Sequence[LeftOut], citing: Ints, words: CitingWords, keywords: WordRows) -> Floats:
    """What other papers' sentences bring to each question's nDCG@10 by words, (questions,).

    `citing` (n,) are the numbers of the works that the sentences of `words` stand in; a question's
    own paper is left out, with all it says.
    """
    step = max(1, len(asked) // JUDGED_SENTENCES)
    numbers = keywords.work_numbers
    rows = np.flatnonzero(keywords.rows_of(kinds=DEFAULT_KINDS))
    works = keywords.works[rows]
    weights = Weights()
    found = []
    for question in asked[::step]:
        own = numbers.get(question.citing, -1)
        relevant = [numbers[work] for work in question.cited if work in numbers]
        held = keywords.look_up(keywords.ask(question.text))
        scores = held.score_all(held.counts)
        whole = held.score_works(held.counts)
        scale = Scale.of(scores)
        best = np.full(len(numbers), UNCITED, np.float32)
        np.maximum.at(best, works, scale.apply(scores)[rows])
        cited = scale.apply(words.best(question.text, citing == own))
        by_whole = weights.whole * Scale.of(whole).apply(whole)
        before, after = (
            _ndcg(weights.words * passages + by_whole, own, relevant)
            for passages in (best, np.maximum(best, cited))
        )
        found.append(after - before)
    return np.array(found, np.float32)


def help_surely(values: Floats, rounds: int = 2000) -> bool:
    """Whether the mean gain is above zero with its 95 % bootstrap interval."""
    if len(values) < MIN_JUDGED:
        return False
    picks = np.random.default_rng(0).integers(0, len(values), (rounds, len(values)))
    return bool(np.percentile(values[picks].mean(axis=1), 2.5) > 0)


def _ndcg(scores: Floats, own: int, relevant: Sequence[int]) -> float:
    """nDCG@10 of works by their scores, without the work `own`."""
    order = np.argsort(-scores, kind="stable")[: DEPTH + 1]
    first = order[order != own][:DEPTH]
    discounts = 1 / np.log2(np.arange(2, DEPTH + 2))
    ideal = discounts[: len(relevant)].sum()
    return float(discounts[: len(first)][np.isin(first, relevant)].sum() / ideal) if ideal else 0.0
