"""An open segment of a keyword index: which of its documents and works hold words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from litmap.keywords.segments import Segment
from litmap.word_counts import is_sampled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float32]
    Mask = NDArray[np.bool_]
    Postings = tuple[NDArray[np.int32], NDArray[Any]]
    InWorks = tuple[NDArray[Any], NDArray[np.float64]]

MANY_POSTINGS = 5_000
"""Documents of one segment that hold a word from which what is found in them is kept."""
KEPT_WORDS = 250
"""Of so many words that many documents hold it is kept how often each work has them, 10 MB for a
million passages, and which documents of a segment's sample.
"""
KEPT_SAMPLES = 2
"""Samples of a segment that are kept: alone and together with other libraries it is another."""


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
        self.in_sample = lru_cache(KEPT_WORDS)(self._look_in_sample)
        """What of those that hold a word is in the sample of one work in so many; kept."""
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
        if not own.size:
            return np.empty(0, np.int32), np.empty(0, np.int64)
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

    def add_up_works(self, docs: NDArray[Any], counts: NDArray[Any]) -> InWorks:
        """The works of some documents, and what the documents have added up by them."""
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


def is_common(postings: Iterable[Postings]) -> bool:
    """Whether many documents of a segment hold a word, so that it is in one question of several;
    `postings` are those of each segment.
    """
    return any(docs.size > MANY_POSTINGS for docs, _ in postings)


def in_works(segments: Sequence[OpenSegment], postings: Sequence[Postings], works: int) -> InWorks:
    """The works, of so many, that own documents of these segments, ascending or not, and what the
    documents have added up by them.
    """
    found = [
        segment.add_up_works(*own)
        for segment, own in zip(segments, postings, strict=True)
        if own[0].size
    ]
    if not found:
        return np.empty(0, np.int32), np.empty(0)
    if len(found) == 1:
        return found[0]
    owners = np.concatenate([owners for owners, _ in found])
    counts = np.concatenate([counts for _, counts in found])
    if np.all(owners[1:] > owners[:-1]):  # each segment has works of its own
        return owners, counts
    if 8 * owners.size > works:
        totals = np.bincount(owners, counts, works).astype(np.float64, copy=False)
        held = np.flatnonzero(totals)
        return held, totals[held]
    held, places = np.unique(owners, return_inverse=True)
    return held, np.bincount(places, counts).astype(np.float64, copy=False)


def _first_row(rows: NDArray[np.int32]) -> int:
    """The first row where a segment's rows follow each other, so that no map is needed; -1
    otherwise.
    """
    first = int(rows[0]) if rows.size else -1
    follow_each_other = first >= 0 and np.array_equal(
        rows, np.arange(first, first + rows.size, dtype=np.int32)
    )
    return first if follow_each_other else -1
