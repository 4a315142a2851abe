"""Reading a keyword index: BM25 of passages and works, with filters inside, and look-ups by
word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from litmap.keywords import segments as files
from litmap.keywords.segments import KINDS, Segment
from litmap.parsing.terms import pair_keys, term_key, term_keys

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float32]
    Mask = NDArray[np.bool_]

LONG_QUERY_WORDS = 80
"""Different words from which a query is as long as a passage."""
Terms = str | Mapping[str, float]
"""A text whose words are looked up, each weighing as often as it occurs, or terms (of
`terms.terms`) with weights.
"""


@dataclass(frozen=True, slots=True)
class Ranking:
    """Rows with their scores, best first; equal scores in order of row."""

    rows: Ints
    scores: Floats


@dataclass(frozen=True, slots=True)
class Bm25:
    """How much repeats (`k1`) and length (`b`) count, and with what power beyond the first a word's
    rarity.
    """

    k1: float = 1.5
    b: float = 0.75
    rarity: float = 0.0

    @classmethod
    def for_query(cls, length: int) -> Bm25:
        """The parameters for a query of so many different words.

        A short query's words are each telling, so repeats saturate early; in a passage given as a
        query many words match by chance, above all common ones and in long texts, so rarity and
        length count for more. Measured, see benchmarks/RESULTS.md.
        """
        share = min(1.0, length / LONG_QUERY_WORDS)
        return cls(0.9 + 1.1 * share, 0.6 + 0.3 * share, share)


PAIR_BM25 = Bm25(0.9, 0.4)
"""How repeats and length count for pairs of neighbouring words."""
PAIR_WEIGHT = 0.2
"""How much a pair counts beside a word: its words have been counted already."""


class KeywordIndex:
    """An open keyword index. Reads only, so any number of threads and processes may share it."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self._segments = tuple(segments)
        numbers: dict[str, int] = {}
        own = [
            np.asarray([numbers.setdefault(w, len(numbers)) for w in s.work_ids], np.int64)
            for s in segments
        ]
        self.work_ids: tuple[str, ...] = tuple(numbers)
        """Works in the order in which they are numbered here; may hold works whose passages are all
        gone.
        """
        size = 1 + max((int(s.rows.max()) for s in segments if s.rows.size), default=-1)
        self.works: NDArray[np.int32] = np.full(size, -1, np.int32)
        """Number of each row's work, -1 for a row that is not indexed."""
        self.kinds: NDArray[np.uint8] = np.zeros(size, np.uint8)
        """Number in `KINDS` of each row's kind."""
        self.lengths: NDArray[np.int32] = np.zeros(size, np.int32)
        """Words of each row."""
        self._is_complete = [bool((s.rows >= 0).all()) for s in self._segments]
        self._first_rows = [_first_row(s.rows) for s in self._segments]
        for segment, ids in zip(self._segments, own, strict=True):
            alive = segment.rows >= 0
            rows = segment.rows[alive]
            self.works[rows] = ids[segment.works[alive]]
            self.kinds[rows] = segment.kinds[alive]
            self.lengths[rows] = segment.lengths[alive]
        self._kind_masks: dict[tuple[str, ...] | None, Mask] = {}
        self._owners = self.works.astype(np.int64)
        living = self.works >= 0
        self.passages = int(living.sum())
        """Living passages."""
        self._mean_length = float(self.lengths[living].mean()) if self.passages else 1.0
        self._work_lengths = np.bincount(
            self.works[living], self.lengths[living], minlength=len(self.work_ids)
        ).astype(np.float32)
        self._works_living = int(
            (np.bincount(self.works[living], minlength=len(self.work_ids)) > 0).sum()
        )
        self._relative_lengths = _relative_lengths(self.lengths, self._mean_length)
        self._work_relative = _relative_lengths(
            self._work_lengths, float(self._work_lengths.sum()) / max(self._works_living, 1)
        )

    @classmethod
    def open(cls, folder: Path) -> KeywordIndex:
        """Open the index in `folder`. Raises `DamagedBuild` where it is missing or damaged."""
        return cls([Segment.open(folder, name) for name in files.read_state(folder)])

    def rows_of(
        self, *, works: Sequence[str] | None = None, kinds: Sequence[str] | None = None
    ) -> Mask:
        """Which rows are of these works and kinds (None: any), as a mask over all rows."""
        mask = self._rows_of_kinds(None if kinds is None else tuple(kinds))
        if works is not None:
            wanted = set(works)
            chosen = np.fromiter((w in wanted for w in self.work_ids), bool, len(self.work_ids))
            mask = mask & np.append(chosen, False)[self.works]
        return mask

    def _rows_of_kinds(self, kinds: tuple[str, ...] | None) -> Mask:
        """Living rows of these kinds, made once; nobody may write to it."""
        mask = self._kind_masks.get(kinds)
        if mask is None:
            mask = self.works >= 0
            if kinds is not None:
                mask &= np.array([kind in kinds for kind in KINDS])[self.kinds]
            mask.flags.writeable = False
            self._kind_masks[kinds] = mask
        return mask

    def search(
        self, terms: Terms, k: int, allowed: Mask | None = None, bm25: Bm25 | None = None
    ) -> Ranking:
        """The `k` rows that match best, of those that `allowed` (a mask over rows) lets through.

        Rows that hold none of the words are left out, so fewer may come back, or none.
        """
        scores = self.scores(terms, bm25)
        if allowed is not None:
            scores = np.where(_fit_mask(allowed, scores.size), scores, np.float32(0))
        return best_rows(scores, k)

    def scores(self, terms: Terms, bm25: Bm25 | None = None) -> Floats:
        """BM25 of every row, float32 (rows,); 0 where none of the words is held."""
        return self._score_all(terms, bm25, works=False)[0]

    def work_scores(self, terms: Terms, bm25: Bm25 | None = None) -> Floats:
        """BM25 of every work's whole text, float32 (works,), numbered as `work_ids`."""
        return self._score_all(terms, bm25, rows=False)[1]

    def all_scores(self, terms: Terms, bm25: Bm25 | None = None) -> tuple[Floats, Floats]:
        """`scores` and `work_scores` from one reading of the postings."""
        return self._score_all(terms, bm25)

    def _score_all(
        self, terms: Terms, bm25: Bm25 | None, *, rows: bool = True, works: bool = True
    ) -> tuple[Floats, Floats]:
        weights, pairs = _query_weights(terms)
        by_row = np.zeros(self.works.size if rows else 0, np.float32)
        by_work = np.zeros(len(self.work_ids) if works else 0, np.float32)
        for asked, own in ((weights, bm25 or Bm25.for_query(len(weights))), (pairs, PAIR_BM25)):
            for key, weight in asked.items():
                postings = self._postings(key)
                if postings:
                    self._add_scores(
                        postings, weight, own, by_row if rows else None, by_work if works else None
                    )
        return by_row, by_work

    def _add_scores(
        self,
        postings: list[tuple[Ints, Floats]],
        weight: float,
        bm25: Bm25,
        by_row: Floats | None,
        by_work: Floats | None,
    ) -> None:
        """Add one word's or pair's share to the scores of the rows and works that hold it."""
        factor = weight * (bm25.k1 + 1)
        if by_row is not None:
            idf = _idf(self.passages, sum(held.size for held, _ in postings)) ** (1 + bm25.rarity)
            for held, counts in postings:
                by_row[held] += _saturate(
                    factor * idf, counts, _length_norm(bm25, self._relative_lengths.take(held))
                )
        if by_work is not None:
            total = np.zeros(by_work.size)
            for held, counts in postings:
                total += np.bincount(self._owners.take(held), counts, by_work.size)
            having = np.flatnonzero(total)
            idf = _idf(self._works_living, having.size) ** (1 + bm25.rarity)
            norm = _length_norm(bm25, self._work_relative.take(having))
            by_work[having] += _saturate(factor * idf, total.take(having).astype(np.float32), norm)

    def rows_containing_all(self, terms: Sequence[str], allowed: Mask | None = None) -> Ints:
        """Rows that hold every one of the terms, ascending; none where no term is given."""
        kept: Ints | None = None
        for term in sorted(set(terms), key=self.frequency):
            rows = np.concatenate(
                [r for r, _ in self._postings(term_key(term))] or [np.empty(0, np.int64)]
            )
            kept = np.sort(rows) if kept is None else np.intersect1d(kept, rows, assume_unique=True)
            if not kept.size:
                break
        if kept is None:
            return np.empty(0, np.int64)
        return kept if allowed is None else kept[_fit_mask(allowed, self.works.size)[kept]]

    def frequency(self, term: str) -> int:
        """How many rows hold the term."""
        key = term_key(term)
        if not all(self._is_complete):
            return sum(rows.size for rows, _ in self._postings(key))
        return sum(
            end - begin
            for begin, end in (_postings_span(segment, key) for segment in self._segments)
        )

    def idf(self, term: str) -> float:
        """How rare the term is among the passages: ln(1 + (n - df + .5) / (df + .5))."""
        return _idf(self.passages, self.frequency(term))

    def _postings(self, key: int) -> list[tuple[Ints, Floats]]:
        """Rows (int64) that hold the word, and how often, for each segment that knows it; living
        rows only.
        """
        postings = []
        for segment, whole in zip(self._segments, self._first_rows, strict=True):
            begin, end = _postings_span(segment, key)
            if begin == end:
                continue
            docs = segment.docs[begin:end]
            rows = (
                docs.astype(np.int64) + whole
                if whole >= 0
                else segment.rows.take(docs).astype(np.int64)
            )
            counts = segment.counts[begin:end].astype(np.float32)
            if whole < 0:
                alive = rows >= 0
                rows, counts = rows[alive], counts[alive]
            if rows.size:
                postings.append((rows, counts))
        return postings


def _postings_span(segment: Segment, key: int) -> tuple[int, int]:
    """Where a word's postings begin and end; nowhere (0, 0) for a word that the segment does not
    know.
    """
    at = int(np.searchsorted(segment.keys, key))
    if at == segment.keys.size or int(segment.keys[at]) != key:
        return 0, 0
    return int(segment.starts[at]), int(segment.starts[at + 1])


def _first_row(rows: NDArray[np.int32]) -> int:
    """The first row where a segment's rows follow each other, so that no map is needed; -1
    otherwise.
    """
    first = int(rows[0]) if rows.size else -1
    return (
        first
        if first >= 0 and np.array_equal(rows, np.arange(first, first + rows.size, dtype=np.int32))
        else -1
    )


def _saturate(factor: float, counts: Floats, norm: Floats) -> Floats:
    """BM25's factor * counts / (counts + norm); takes `norm` for its own."""
    norm += counts
    np.divide(counts, norm, out=norm)
    norm *= np.float32(factor)
    return norm


def _relative_lengths(lengths: NDArray[Any], mean: float) -> Floats:
    """Lengths as multiples of the mean one."""
    relative: Floats = (lengths / max(mean, 1e-9)).astype(np.float32)
    return relative


def _length_norm(bm25: Bm25, relative: Floats) -> Floats:
    """What a count is weighed against, by length relative to the mean."""
    norm: Floats = relative * np.float32(bm25.k1 * bm25.b)
    norm += np.float32(bm25.k1 * (1 - bm25.b))
    return norm


def best_rows(scores: Floats, k: int) -> Ranking:
    """The `k` highest positive scores, best first, equal ones in order of place."""
    rows = np.flatnonzero(scores > 0)
    if rows.size > k > 0:
        bar = np.partition(scores[rows], rows.size - k)[rows.size - k]
        rows = rows[scores[rows] >= bar]
    order = np.lexsort((rows, -scores[rows]))[: max(k, 0)]
    return Ranking(rows[order], scores[rows[order]])


def _query_weights(terms: Terms) -> tuple[dict[int, float], dict[int, float]]:
    """How much each word and each pair of neighbouring words counts, by key; terms given apart have
    no neighbours.
    """
    weights: dict[int, float] = {}
    pairs: dict[int, float] = {}
    if isinstance(terms, str):
        keys = term_keys(terms)
        for key in keys:
            weights[key] = weights.get(key, 0.0) + 1.0
        for key in pair_keys(keys):
            pairs[key] = pairs.get(key, 0.0) + PAIR_WEIGHT
    else:
        for term, weight in terms.items():
            key = term_key(term)
            weights[key] = weights.get(key, 0.0) + weight
    return weights, pairs


def _idf(total: int, rows_containing_all: int) -> float:
    """BM25's weight of a word; 0 where a damaged build says that more rows hold it than there
    are.
    """
    if not total or rows_containing_all > total:
        return 0.0
    return float(np.log1p((total - rows_containing_all + 0.5) / (rows_containing_all + 0.5)))


def _fit_mask(mask: Mask, size: int) -> Mask:
    """The mask cut or filled with False to `size`: a build may hold rows that no word names."""
    if mask.size == size:
        return mask
    fitted = np.zeros(size, bool)
    fitted[: min(size, mask.size)] = mask[:size]
    return fitted
