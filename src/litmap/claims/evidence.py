"""The sentences of a paper that come nearest to what is said of it.

A claim's words choose a shortlist among the paper's sentences, together with the passages nearest
in meaning; the shortlist is ranked by a linear model over both and over where a sentence stands,
fitted as a softmax over each claim's candidates (the listwise loss of Cao et al. 2007) on the
citing sentences of CL-SciSumm 2018 (`benchmarks/quality/evidence.py`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from litmap.models import PaperSentence
from litmap.paper_sentences import MARKED_LOG_ODDS
from litmap.parsing.grammar import CITES_ANOTHER
from litmap.parsing.languages import document_language
from litmap.parsing.terms import index_terms

Floats = NDArray[np.float64]

SHORTLIST = 25
"""Sentences of a paper that are compared with a claim in meaning; with all of them no more of the
right ones came among the first three.
"""
EVIDENCE = 3
"""Sentences shown for a claim."""
MIN_DISTANCE = 2
"""Sentences nearer than this to a better one say what stands beside it."""
K1, B = 1.2, 0.75
OPENING = 15
"""Sentences in which a paper tells what it is about."""
CLOSING = 0.85
"""Where a paper's last part begins, as a share of its sentences."""
FEATURES = (
    "meaning", "words", "passage", "neighbours", "place", "opening", "closing", "length", "short",
    "cites",
)  # fmt: skip
WEIGHTS = np.array([0.43, 0.5, 0.15, 0.06, -0.36, -0.98, 0.09, 0.53, -0.74, -0.16])
_CITES = re.compile(CITES_ANOTHER)


@dataclass(frozen=True, slots=True)
class Statement:
    """What is said: its text, and its vector (dim,)."""

    text: str
    vector: Floats


class PaperText:
    """A paper's sentences with what is needed to compare them with many statements.

    `passages` (n, dim) are the vectors of its passages, and `passage_of` says for each sentence
    which of them holds it (-1: none). `marked` are the rows of sentences that the reader marked.
    """

    def __init__(
        self,
        sentences: Sequence[PaperSentence],
        passages: Floats,
        passage_of: NDArray[np.int64],
        marked: Set[int] = frozenset(),
    ) -> None:
        self.sentences = sentences
        self.marked = marked
        self.passages = passages
        self.passage_of = passage_of

    @cached_property
    def language(self) -> str:
        """The language it is in."""
        return document_language([sentence.text for sentence in self.sentences])

    @cached_property
    def counts(self) -> list[Counter[str]]:
        """The terms of each sentence with their numbers."""
        return [Counter(index_terms(s.text, self.language)) for s in self.sentences]

    @cached_property
    def lengths(self) -> Floats:
        """(n,) terms of each sentence."""
        return np.array([sum(counts.values()) for counts in self.counts], np.float64)

    @cached_property
    def postings(self) -> Mapping[str, list[tuple[int, int]]]:
        """For each term the sentences that hold it, and how often."""
        found: dict[str, list[tuple[int, int]]] = {}
        for row, counts in enumerate(self.counts):
            for term, count in counts.items():
                found.setdefault(term, []).append((row, count))
        return found

    def word_scores(self, text: str, idf: Callable[[str], float]) -> Floats:
        """(n,) BM25 of each sentence for the words of a text (Robertson and Zaragoza 2009)."""
        scores = np.zeros(len(self.sentences))
        mean = float(self.lengths.mean()) if self.lengths.size else 1.0
        for term in dict.fromkeys(index_terms(text, self.language)):
            weight = idf(term)
            for row, count in self.postings.get(term, ()):
                norm = K1 * (1 - B + B * self.lengths[row] / mean)
                scores[row] += weight * count * (K1 + 1) / (count + norm)
        return scores

    def passage_scores(self, vector: Floats) -> Floats:
        """(n,) cosine of each sentence's passage with a vector; that of the farthest where a
        sentence is in none.
        """
        if not len(self.passages):
            return np.zeros(len(self.sentences))
        cosines = self.passages @ vector
        return np.where(self.passage_of >= 0, cosines[self.passage_of], cosines.min())


@dataclass(frozen=True, slots=True)
class Shortlist:
    """The rows of a paper's sentences that may bear out a statement, in order, and for each what
    its words, its neighbours' words and its passage score; (n,) arrays, standard scores over the
    paper.
    """

    rows: NDArray[np.int64]
    words: Floats
    neighbours: Floats
    passage: Floats


def shortlist(
    statement: Statement, paper: PaperText, idf: Callable[[str], float], *, most: int = SHORTLIST
) -> Shortlist:
    """The sentences of a paper that are worth embedding for a statement, at most so many."""
    words = standard_scores(paper.word_scores(statement.text, idf))
    passage = standard_scores(paper.passage_scores(statement.vector))
    rows = np.sort(np.argsort(-(words + passage), kind="stable")[:most])
    padded = np.pad(words, 1, mode="edge") if words.size else words
    beside = np.maximum(padded[:-2], padded[2:]) if words.size else words
    return Shortlist(rows, words[rows], beside[rows], passage[rows])


def rank_evidence(
    statement: Statement, paper: PaperText, found: Shortlist, vectors: Floats
) -> list[int]:
    """The rows of the sentences that come nearest to a statement, best first, no two of them side
    by side; `vectors` (n, dim) are those of the shortlist.
    """
    if not found.rows.size:
        return []
    scores = features(paper, found, vectors @ statement.vector) @ WEIGHTS
    return best_apart(found.rows, scores + MARKED_LOG_ODDS * is_marked(paper, found.rows))


def is_marked(paper: PaperText, rows: NDArray[np.int64]) -> Floats:
    """(n,) 1 for each of these sentences that the reader marked, else 0."""
    return np.array([row in paper.marked for row in rows.tolist()], np.float64)


def best_apart(rows: NDArray[np.int64], scores: Floats) -> list[int]:
    """The rows by their scores, best first, without those that stand beside a better one."""
    chosen: list[int] = []
    for row in rows[np.argsort(-scores, kind="stable")].tolist():
        if all(abs(row - other) >= MIN_DISTANCE for other in chosen):
            chosen.append(row)
    return chosen


def features(paper: PaperText, found: Shortlist, cosines: Floats) -> Floats:
    """(n, len(FEATURES)) of a shortlist."""
    rows = found.rows
    total = len(paper.sentences)
    lengths = paper.lengths[rows]
    cites = [bool(_CITES.search(paper.sentences[row].text)) for row in rows]
    return np.stack(
        [
            standard_scores(cosines),
            found.words,
            found.passage,
            found.neighbours,
            np.log1p(rows),
            rows < OPENING,
            rows > CLOSING * total,
            np.minimum(lengths, 40) / 20,
            lengths < 5,
            np.array(cites, np.float64),
        ],
        axis=1,
    )


def standard_scores(values: Floats) -> Floats:
    """Deviations from the mean in standard deviations."""
    if not values.size:
        return values
    return np.asarray((values - values.mean()) / (values.std() + 1e-6))
