"""Looking up words in the segments of a keyword index, each by itself and side by side."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from litmap.keywords.open_segment import OpenSegment, in_works, is_common
from litmap.keywords.scoring import TermWeight, bm25_sums, term_weights
from litmap.parsing.terms import Form, QueryWord, term_key
from litmap.side_by_side import CORES
from litmap.word_counts import (
    Asked,
    Sums,
    WordCounts,
    exact_sums,
    idf_of,
    sampled_share,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from litmap.keywords.open_segment import Floats, Ints, InWorks, Mask, Postings

MIN_THREADED_PASSAGES = 300_000
"""Passages from which segments are looked through on several threads."""
FEW_ALLOWED = 0.1
"""Share of all rows below which allowed ones are looked for among those that hold a word."""


@dataclass(frozen=True)
class WordRanking:
    """The best rows by words of those that are allowed, ascending, and their scores, float32 (n,).

    `sums` are those of all rows, or of a sample of them.
    """

    rows: Ints
    scores: Floats
    sums: Sums


class _Index(Protocol):
    """What a look-up needs of a `KeywordIndex`."""

    works: NDArray[np.int32]
    work_ids: tuple[str, ...]
    passages: int

    @property
    def segments(self) -> Sequence[OpenSegment]: ...

    @property
    def work_lengths(self) -> NDArray[np.float64]: ...

    def totals(self) -> tuple[int, int, int]: ...

    def in_works(self, key: int) -> InWorks: ...

    def is_of(self, segment: OpenSegment, languages: Set[str]) -> Mask: ...


class WordLookup:
    """The postings of what is asked for, read once."""

    def __init__(self, index: _Index, asked: Asked) -> None:
        self._index = index
        self.asked = asked
        self._postings: list[list[Postings]] = self._each(
            lambda segment: [self._read(segment, key) for key in asked.keys], index.segments
        )

    def _each(self, work: Callable[..., Any], *items: Sequence[Any]) -> list[Any]:
        if self._index.passages < MIN_THREADED_PASSAGES:
            return [work(*own) for own in zip(*items, strict=True)]
        return CORES.each(work, *items)

    def _read(self, segment: OpenSegment, key: QueryWord | int) -> Postings:
        """The documents of a segment that hold any form of a word, or a pair by its key, and how
        often.
        """
        term = one_key(key)
        if term is not None:
            return segment.holding(term)
        assert isinstance(key, QueryWord)  # noqa: S101 - tells the type checker
        forms = [(form.weight, *self._read_form(segment, form)) for form in key.forms]
        docs, places = np.unique(np.concatenate([d for _, d, _ in forms]), return_inverse=True)
        weighed = np.concatenate([c.astype(np.float32) * np.float32(w) for w, _, c in forms])
        return docs, np.bincount(places, weighed, docs.size).astype(np.float32)

    def _read_form(self, segment: OpenSegment, form: Form) -> Postings:
        """The documents that hold a term in the languages in which it stands for the word."""
        docs, counts = segment.holding(term_key(form.term))
        if form.languages is None or not docs.size:
            return docs, counts
        own = self._index.is_of(segment, form.languages)[docs]
        return docs[own], counts[own]

    def count_rows(self) -> WordCounts:
        """How many passages hold each; works are not counted."""
        held = np.zeros(len(self.asked.keys), np.int64)
        for postings in self._postings:
            held += np.array([docs.size for docs, _ in postings], np.int64)
        return WordCounts(*self._index.totals(), held, np.zeros_like(held))

    @cached_property
    def counts(self) -> WordCounts:
        """How many passages and works hold each."""
        own = self.count_rows()
        held_works = np.array([works.size for works, _ in self._in_works], np.int64)
        return WordCounts(own.passages, own.length, own.works, own.held, held_works)

    @cached_property
    def _in_works(self) -> list[InWorks]:
        """The works that hold each, and how often."""
        segments = self._index.segments

        def look(key: QueryWord | int, postings: Sequence[Postings]) -> InWorks:
            term = one_key(key)
            if term is not None and is_common(postings):
                return self._index.in_works(term)
            return in_works(segments, postings, len(self._index.work_ids))

        if not segments:
            return [(np.empty(0, np.int32), np.empty(0)) for _ in self.asked.keys]
        return self._each(look, self.asked.keys, list(zip(*self._postings, strict=True)))

    def rank(self, counts: WordCounts, k: int, allowed: Mask | None = None) -> WordRanking:
        """The `k` rows of those that are allowed that have the highest BM25 with these counts."""
        best = _BestRows(k, None if allowed is None else fit_mask(allowed, self._index.works.size))
        weights = self._weights(counts.passages, counts.held, counts.mean_length)
        every = sampled_share(counts.passages)

        def score_all(segment: OpenSegment, postings: Sequence[Postings]) -> Sums:
            scores = bm25_sums(segment.lengths, postings, weights)
            best.take(segment, scores)
            return exact_sums(scores, segment.living)

        def score_sample(segment: OpenSegment, postings: Sequence[Postings]) -> Sums:
            docs, _ = sample = segment.sample(every)
            own = [
                segment.in_sample(every, term)
                if term is not None and is_common([found])
                else sample.of(*found)
                for term, found in zip(map(one_key, self.asked.keys), postings, strict=True)
            ]
            scores = bm25_sums(segment.lengths.take(docs), own, weights)
            best.take(segment, scores, docs)
            return exact_sums(scores, docs.size)

        def score_promising(segment: OpenSegment, postings: Sequence[Postings]) -> None:
            best.take(segment, bm25_sums(segment.lengths, postings, weights, best.bar))

        def score_allowed(segment: OpenSegment, postings: Sequence[Postings]) -> None:
            docs = best.allowed_in(segment)
            best.take(segment, _score_some(segment, docs, postings, weights, best.bar), docs)

        score = score_all if every == 1 else score_sample
        sums = self._each(score, self._index.segments, self._postings)
        if every > 1 and k > 0:
            best.start_again()
            score_best = score_allowed if best.allows_few else score_promising
            self._each(score_best, self._index.segments, self._postings)
        order = np.argsort(best.rows)
        return WordRanking(best.rows[order], best.scores[order], sum(sums, Sums()))

    def score_rows(self, counts: WordCounts, rows: Ints) -> Floats:
        """BM25 of these rows (n,), ascending, with these counts, float32 (n,)."""
        weights = self._weights(counts.passages, counts.held, counts.mean_length)
        scores = np.zeros(rows.size, np.float32)

        def score(segment: OpenSegment, postings: Sequence[Postings]) -> None:
            docs, places = segment.find(rows)
            if docs.size:
                scores[places] = _score_some(segment, docs, postings, weights)

        self._each(score, self._index.segments, self._postings)
        return scores

    def score_all(self, counts: WordCounts) -> Floats:
        """BM25 of every row with these counts, float32 (rows,)."""
        weights = self._weights(counts.passages, counts.held, counts.mean_length)
        scores = np.zeros(self._index.works.size, np.float32)
        self._each(
            lambda segment, postings: segment.scatter(
                bm25_sums(segment.lengths, postings, weights), scores
            ),
            self._index.segments,
            self._postings,
        )
        return scores

    def score_works(self, counts: WordCounts) -> Floats:
        """BM25 of every work's whole text with these counts, float32 (works,)."""
        weights = self._weights(counts.works, counts.held_works, counts.mean_work_length)
        return bm25_sums(self._index.work_lengths, self._in_works, weights)

    def _weights(self, total: int, held: Ints, mean_length: float) -> list[TermWeight]:
        """How what is asked counts where so many of all texts hold each."""
        idf = [idf_of(total, own) for own in held.tolist()]
        return term_weights(self.asked, idf, mean_length)


def _score_some(
    segment: OpenSegment,
    docs: NDArray[np.int32],
    postings: Sequence[Postings],
    weights: Sequence[TermWeight],
    bar: float = 0.0,
) -> Floats:
    """BM25 of these documents alone, ascending, float32 (n,); the rest as `bm25_sums` has it."""
    own = [_among(docs, *found) for found in postings]
    return bm25_sums(segment.lengths.take(docs), own, weights, bar)


def _among(wanted: NDArray[np.int32], docs: NDArray[Any], counts: NDArray[Any]) -> Postings:
    """Of documents that hold a word those that are wanted, by their places there, and how often
    they hold it. Both are ascending; the fewer are looked for among the others.
    """
    if docs.size < wanted.size:
        at = np.searchsorted(wanted, docs)
        held = np.flatnonzero(wanted.take(at, mode="clip") == docs)
        return at[held].astype(np.int32), counts.take(held)
    at = np.searchsorted(docs, wanted.astype(docs.dtype, copy=False))
    places = np.flatnonzero(docs.take(at, mode="clip") == wanted)
    return places.astype(np.int32), counts.take(at[places])


def one_key(key: QueryWord | int) -> int | None:
    """The key of a pair, or of a word that is the same single term in all documents."""
    if isinstance(key, int):
        return key
    return term_key(key.forms[0].term) if key.is_one_term else None


class _BestRows:
    """The `k` rows of the highest positive scores so far; of equal ones the first. Threads share
    it.
    """

    def __init__(self, k: int, allowed: Mask | None) -> None:
        self._k = k
        self._allowed = allowed
        self.bar = 0.0
        """What none of the best is below; 0 where there are fewer than `k`."""
        self._guard = threading.Lock()
        self.start_again()

    def start_again(self) -> None:
        """Forget the rows, not how high the best are: all of them will be seen again."""
        self.rows: Ints = np.empty(0, np.int64)
        self.scores: Floats = np.empty(0, np.float32)

    @cached_property
    def allows_few(self) -> bool:
        """Whether so few rows are allowed that it is faster to look for them among those that hold
        a word.
        """
        if self._allowed is None:
            return False
        return int(np.count_nonzero(self._allowed)) < FEW_ALLOWED * self._allowed.size

    def allowed_in(self, segment: OpenSegment) -> NDArray[np.int32]:
        """The allowed documents of a segment."""
        assert self._allowed is not None  # noqa: S101 - tells the type checker
        return np.flatnonzero(segment.gather(self._allowed)).astype(np.int32)

    def take(
        self, segment: OpenSegment, scores: Floats, of: NDArray[np.int32] | None = None
    ) -> None:
        """Look through a segment's documents, or those that the scores are `of`."""
        if self._k <= 0:
            return
        bar = self.bar
        places = np.flatnonzero(scores >= bar if bar > 0 else scores > 0)
        rows, own = segment.rows_at(places if of is None else of[places]), scores[places]
        if self._allowed is not None:
            allowed = self._allowed.take(rows)
            rows, own = rows[allowed], own[allowed]
        if rows.size > self._k:
            best = own >= np.partition(own, rows.size - self._k)[rows.size - self._k]
            rows, own = rows[best], own[best]
        with self._guard:
            self.rows = np.concatenate([self.rows, rows])
            self.scores = np.concatenate([self.scores, own])
            if self.rows.size > self._k:
                self._keep_best()

    def _keep_best(self) -> None:
        lowest = np.partition(self.scores, self.scores.size - self._k)[-self._k]
        near = np.flatnonzero(self.scores >= lowest)
        order = near[np.lexsort((self.rows[near], -self.scores[near]))[: self._k]]
        self.rows, self.scores = self.rows[order], self.scores[order]
        self.bar = float(self.scores[-1])


def fit_mask(mask: Mask, size: int) -> Mask:
    """The mask cut or filled with False to `size`: a build may hold rows that no word names."""
    if mask.size == size:
        return mask
    fitted = np.zeros(size, bool)
    fitted[: min(size, mask.size)] = mask[:size]
    return fitted
