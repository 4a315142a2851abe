"""Looking up words in the segments of a keyword index, each by itself and side by side."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from litmap.keywords.scoring import TermWeight, bm25_sums, term_weights
from litmap.keywords.segments import Segment
from litmap.parsing.terms import Form, QueryWord, term_key
from litmap.side_by_side import CORES
from litmap.word_counts import (
    Asked,
    Sums,
    WordCounts,
    exact_sums,
    idf_of,
    is_sampled,
    sampled_share,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float32]
    Mask = NDArray[np.bool_]
    Postings = tuple[NDArray[np.int32], NDArray[Any]]
    InWorks = tuple[NDArray[Any], NDArray[np.float64]]

MIN_THREADED_PASSAGES = 300_000
"""Passages from which segments are looked through on several threads."""
MANY_POSTINGS = 5_000
KEPT_COUNTS = 250
"""Of so many words of a segment that many documents hold it is kept how often each work has them:
10 MB for a million passages.
"""


class Sample(NamedTuple):
    """Some of a segment's documents: which, ascending, and the number in the sample of every
    document, -1 for one that is not in it.
    """

    docs: NDArray[np.int32]
    numbers: NDArray[np.int32]

    def of(self, docs: NDArray[Any], counts: NDArray[Any]) -> Postings:
        """The numbers of those of the documents that are in the sample, and their counts."""
        numbers = self.numbers.take(docs)
        kept = np.flatnonzero(numbers >= 0)
        return numbers[kept], counts[kept]


KEPT_SAMPLES = 2
"""Samples of a segment that are kept: alone and together with other libraries it is another."""


class OpenSegment:
    """A segment with its place among all rows and works of the index; a document is a passage by
    its place in the segment.
    """

    def __init__(self, segment: Segment, owners: NDArray[np.int32]) -> None:
        self.segment = segment
        self.owners = owners
        """The number in the index of each of the segment's works."""
        rows = segment.rows
        self.size = int(rows.size)
        self.living = int(np.count_nonzero(rows >= 0))
        self.is_complete = self.living == self.size
        self._first = _first_row(rows)
        self.end = 1 + int(rows.max(initial=-1))
        """The row behind its last."""
        self.length = int(segment.lengths.sum() if self.is_complete else self._living_lengths.sum())
        """Words of its living passages."""
        self._common = lru_cache(KEPT_COUNTS)(self._look_in_works)
        self._common_in_sample = lru_cache(KEPT_COUNTS)(self._look_in_sample)
        self.sample = lru_cache(KEPT_SAMPLES)(self._sample)

    @cached_property
    def alive(self) -> Mask:
        """For each document whether it lives."""
        alive: Mask = self.segment.rows >= 0
        return alive

    @property
    def _living_lengths(self) -> NDArray[np.int32]:
        return self.segment.lengths[self.alive]

    @property
    def row_works(self) -> NDArray[np.int32]:
        """The number in the index of each document's work."""
        return self.owners.take(self.segment.works)

    @cached_property
    def lengths(self) -> Floats:
        """Words of each document, float32."""
        return self.segment.lengths.astype(np.float32)

    @cached_property
    def work_lengths(self) -> NDArray[np.float64]:
        """Words of the living documents of each of the segment's works."""
        lengths = np.where(self.alive, self.segment.lengths, 0)
        return np.bincount(self.segment.works, lengths, self.owners.size).astype(np.float64)

    def languages(self) -> list[int]:
        """The languages of its living documents, by their numbers on disk."""
        left = self.segment.languages[self.alive]
        found = []
        while left.size:
            found.append(int(left[0]))
            left = left[left != left[0]]
        return found

    def rows_at(self, docs: NDArray[Any]) -> Ints:
        """The rows of documents, int64."""
        if self._first >= 0:
            return docs.astype(np.int64) + self._first
        return self.segment.rows.take(docs).astype(np.int64)

    def scatter(self, values: NDArray[Any], array: NDArray[Any]) -> None:
        """Write what each living document has to its row of an array."""
        if self._first >= 0:
            array[self._first : self._first + self.size] = values
        else:
            array[self.segment.rows[self.alive]] = values[self.alive]

    def find(self, rows: Ints) -> tuple[NDArray[np.int32], Ints]:
        """The documents of those of the rows, ascending, that are in the segment, and the places of
        these among them; both ascending.
        """
        if self._first >= 0:
            begin, end = np.searchsorted(rows, [self._first, self._first + self.size])
            return (rows[begin:end] - self._first).astype(np.int32), np.arange(begin, end)
        own = self.segment.rows
        at = np.searchsorted(own, rows.astype(own.dtype), sorter=self._by_row)
        docs = self._by_row.take(at, mode="clip")
        places = np.flatnonzero(own.take(docs) == rows)
        by_doc = places[np.argsort(docs[places])]
        return docs[by_doc].astype(np.int32), by_doc

    @cached_property
    def _by_row(self) -> Ints:
        """The documents in the order of their rows."""
        return np.argsort(self.segment.rows, kind="stable")

    def gather(self, array: NDArray[Any]) -> NDArray[Any]:
        """What an array over rows has for each document; for a dead one anything."""
        if self._first >= 0:
            return array[self._first : self._first + self.size]
        if not array.size:  # no row of the whole index lives
            return np.zeros(self.size, array.dtype)
        return array.take(self.segment.rows, mode="clip")

    def frequency(self, key: int) -> int:
        """How many living documents hold a word, by its key."""
        begin, end = self._span(key)
        return end - begin if self.is_complete else int(self.holding(key)[0].size)

    def holding(self, key: int) -> Postings:
        """The living documents, ascending, that hold a word by its key, and how often."""
        begin, end = self._span(key)
        docs, counts = self.segment.docs[begin:end], self.segment.counts[begin:end]
        if self.is_complete:
            return docs, counts
        alive = self.alive.take(docs)
        return docs[alive], counts[alive]

    def in_works(self, key: int) -> InWorks:
        """The works of the index whose living documents hold a word, by its key, and how often;
        what many documents hold is kept, for it is in one question of several.
        """
        begin, end = self._span(key)
        if end - begin > MANY_POSTINGS:
            return self._common(key)
        return self._look_in_works(key)

    def _look_in_works(self, key: int) -> InWorks:
        return self.add_up_works(*self.holding(key))

    def add_up_works(self, docs: NDArray[Any], counts: NDArray[Any]) -> InWorks:
        """The works of documents, and what the documents have added up by them."""
        if not docs.size:
            return np.empty(0, np.int32), np.empty(0)
        works = self.segment.works.take(docs)
        is_first = np.ones(works.size, bool)
        np.not_equal(works[1:], works[:-1], out=is_first[1:])
        begins = np.flatnonzero(is_first)
        having = works.take(begins)
        totals = np.add.reduceat(counts.astype(np.float64), begins)
        if not np.all(having[1:] > having[:-1]):  # documents of a work do not all follow each other
            of_all = np.bincount(having, totals, self.owners.size).astype(np.float64)
            held = np.flatnonzero(of_all)
            return self.owners.take(held), of_all[held]
        return self.owners.take(having), totals

    def _sample(self, every: int) -> Sample:
        """The living documents of one work in `every`, chosen by the works' ids."""
        chosen = np.array([is_sampled(work, every) for work in self.segment.work_ids], bool)
        docs = np.flatnonzero(chosen[self.segment.works] & self.alive).astype(np.int32)
        numbers = np.full(self.size, -1, np.int32)
        numbers[docs] = np.arange(docs.size, dtype=np.int32)
        return Sample(docs, numbers)

    def in_sample(self, every: int, key: int) -> Postings:
        """The numbers in a sample of the documents that hold a word, by its key, and how often;
        what many documents hold is kept, for it is in one question of several.
        """
        begin, end = self._span(key)
        if end - begin > MANY_POSTINGS:
            return self._common_in_sample(every, key)
        return self._look_in_sample(every, key)

    def _look_in_sample(self, every: int, key: int) -> Postings:
        return self.sample(every).of(*self.holding(key))

    def rows_holding(self, keys: Iterable[int]) -> Ints:
        """The rows that hold every one of these words."""
        found = sorted((self.holding(key)[0] for key in keys), key=len)
        docs = found[0]
        for other in found[1:]:
            held = np.zeros(self.size, bool)
            held[other] = True
            docs = docs[held[docs]]
        return self.rows_at(docs)

    def _span(self, key: int) -> tuple[int, int]:
        """Where a word's postings begin and end; nowhere (0, 0) for a word that is not held."""
        segment = self.segment
        at = int(np.searchsorted(segment.keys, key))
        if at == segment.keys.size or int(segment.keys[at]) != key:
            return 0, 0
        return int(segment.starts[at]), int(segment.starts[at + 1])


def _first_row(rows: NDArray[np.int32]) -> int:
    """The first row where a segment's rows follow each other, so that no map is needed; -1
    otherwise.
    """
    first = int(rows[0]) if rows.size else -1
    follow_each_other = first >= 0 and np.array_equal(
        rows, np.arange(first, first + rows.size, dtype=np.int32)
    )
    return first if follow_each_other else -1


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
        found = self._each(self._look_in_works, self._index.segments, self._postings)
        totals = np.zeros(len(self._index.work_ids))
        return [_added_up(own, totals) for own in zip(*found, strict=True)] or [
            (np.empty(0, np.int32), np.empty(0)) for _ in self.asked.keys
        ]

    def _look_in_works(self, segment: OpenSegment, postings: Sequence[Postings]) -> list[InWorks]:
        """The works of a segment that hold each, and how often."""
        return [
            segment.add_up_works(*found) if term is None else segment.in_works(term)
            for term, found in zip(map(one_key, self.asked.keys), postings, strict=True)
        ]

    def rank(self, counts: WordCounts, k: int, allowed: Mask | None = None) -> WordRanking:
        """The `k` rows of those that are allowed that have the highest BM25 with these counts."""
        best = _BestRows(k, None if allowed is None else fit_mask(allowed, self._index.works.size))
        weights = self._row_weights(counts)
        every = sampled_share(counts.passages)

        def score_all(segment: OpenSegment, postings: Sequence[Postings]) -> Sums:
            scores = bm25_sums(segment.lengths, postings, weights)
            best.take(segment, scores)
            return exact_sums(scores, segment.living)

        def score_sample(segment: OpenSegment, postings: Sequence[Postings]) -> Sums:
            docs = segment.sample(every).docs
            own = self._in_sample(segment, postings, every)
            scores = bm25_sums(segment.lengths.take(docs), own, weights)
            best.take(segment, scores, docs)
            return exact_sums(scores, docs.size)

        def score_promising(segment: OpenSegment, postings: Sequence[Postings]) -> None:
            best.take(segment, bm25_sums(segment.lengths, postings, weights, best.bar))

        score = score_all if every == 1 else score_sample
        sums = self._each(score, self._index.segments, self._postings)
        if every > 1 and k > 0:
            best.start_again()
            self._each(score_promising, self._index.segments, self._postings)
        order = np.argsort(best.rows)
        return WordRanking(best.rows[order], best.scores[order], sum(sums, Sums()))

    def _in_sample(
        self, segment: OpenSegment, postings: Sequence[Postings], every: int
    ) -> list[Postings]:
        """What documents of a sample hold, by their numbers in it."""
        return [
            segment.sample(every).of(*found) if term is None else segment.in_sample(every, term)
            for term, found in zip(map(one_key, self.asked.keys), postings, strict=True)
        ]

    def score_rows(self, counts: WordCounts, rows: Ints) -> Floats:
        """BM25 of these rows (n,), ascending, with these counts, float32 (n,)."""
        weights = self._row_weights(counts)
        scores = np.zeros(rows.size, np.float32)

        def score(segment: OpenSegment, postings: Sequence[Postings]) -> None:
            docs, places = segment.find(rows)
            if docs.size:
                own = [_among(docs, *found) for found in postings]
                scores[places] = bm25_sums(segment.lengths.take(docs), own, weights)

        self._each(score, self._index.segments, self._postings)
        return scores

    def score_all(self, counts: WordCounts) -> Floats:
        """BM25 of every row with these counts, float32 (rows,)."""
        weights = self._row_weights(counts)
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
        idf = [idf_of(counts.works, held) for held in counts.held_works.tolist()]
        weights = term_weights(self.asked, idf, counts.mean_work_length)
        return bm25_sums(self._index.work_lengths, self._in_works, weights)

    def _row_weights(self, counts: WordCounts) -> list[TermWeight]:
        idf = [idf_of(counts.passages, held) for held in counts.held.tolist()]
        return term_weights(self.asked, idf, counts.mean_length)


def _among(wanted: NDArray[np.int32], docs: NDArray[Any], counts: NDArray[Any]) -> Postings:
    """Of documents that hold a word those that are wanted, by their places there, and how often
    they hold it.
    """
    if not docs.size:
        return docs, counts
    at = np.searchsorted(docs, wanted.astype(docs.dtype))
    places = np.flatnonzero(docs.take(at, mode="clip") == wanted)
    return places.astype(np.int32), counts.take(at[places])


def one_key(key: QueryWord | int) -> int | None:
    """The key of a pair, or of a word that is the same single term in all documents."""
    if isinstance(key, int):
        return key
    return term_key(key.forms[0].term) if key.is_one_term else None


def _added_up(parts: Sequence[InWorks], totals: NDArray[np.float64]) -> InWorks:
    """What works have in all segments; `totals` are zeros for all works, before and after."""
    some = [part for part in parts if part[0].size]
    if len(some) < 2:
        return some[0] if some else parts[0]
    works = np.concatenate([works for works, _ in some])
    counts = np.concatenate([counts for _, counts in some])
    if np.all(works[1:] > works[:-1]):  # each segment has works of its own
        return works, counts
    np.add.at(totals, works, counts)
    works = np.flatnonzero(totals) if 8 * works.size > totals.size else np.unique(works)
    counts = totals[works]
    totals[works] = 0
    return works, counts


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

    def take(
        self, segment: OpenSegment, scores: Floats, of: NDArray[np.int32] | None = None
    ) -> None:
        """Look through a segment's documents, or those that the scores are `of`."""
        if self._k <= 0:
            return
        bar = self.bar
        good = scores >= bar if bar > 0 else scores > 0
        if self._allowed is not None:
            own = segment.gather(self._allowed)
            good &= own if of is None else own.take(of)
        docs = np.flatnonzero(good)
        own = scores[docs]
        if docs.size > self._k:
            best = own >= np.partition(own, docs.size - self._k)[docs.size - self._k]
            docs, own = docs[best], own[best]
        with self._guard:
            found = docs if of is None else of[docs]
            self.rows = np.concatenate([self.rows, segment.rows_at(found)])
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
