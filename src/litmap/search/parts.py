"""A library as a search asks it: what its filters let through, how often it holds words, and the
passages that come near a question. What it answers can be added up with the answers of others.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from litmap.models import Passage
from litmap.search.cited import CitingWords
from litmap.search.filters import allowed_rows
from litmap.search.protocols import PassageRows, VectorRows, WordLookup, WordRows
from litmap.search.query import DEFAULT_KINDS, Facts, Query
from litmap.search.ranking import products
from litmap.side_by_side import Threads
from litmap.word_counts import Asked, Sums, WordCounts, exact_sums

if TYPE_CHECKING:
    from litmap.search.protocols import Floats, Ints, Mask

logger = logging.getLogger(__name__)

CANDIDATES_PER_RANKING = 300
"""Passages taken from each of the two rankings; what neither holds among its first 300 is not
shown.
"""
MIN_POST_FILTER_SHARE = 0.6
"""Share of rows allowed from which a search is not filtered but its answer is."""
KEPT_PERMISSIONS = 4
"""What so many combinations of filters let through is kept: one question follows another under the
same filters.
"""
KEPT_LOOKUPS = 4
"""Look-ups of words that are kept between the counting and the ranking."""
WORDS = Threads(4, "words")


@dataclass(frozen=True)
class Permission:
    """What filters let through of a part: how many passages, or a `message` on why none. `mask` are
    the rows of a part that is here, `query` and `works` what a server is told.
    """

    count: int
    message: str = ""
    mask: Mask | None = None
    query: Query | None = None
    works: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Question:
    """What passages are to come near: by meaning to the unit `vector` (dim,), by words to what is
    `asked`, weighed by `counts` of all that is searched. So many of each ranking are candidates.
    """

    text: str
    vector: Floats
    asked: Asked
    counts: WordCounts
    by_meaning: int = CANDIDATES_PER_RANKING
    by_words: int = CANDIDATES_PER_RANKING


@dataclass(frozen=True)
class Found:
    """Candidates of a part, by row, ascending, and what speaks for each; all arrays are (n,).

    `words` are BM25 scores, `whole` those of their works' whole texts, `sizes` the passages of
    their works, `cited` the BM25 of the best sentence that cites the work (-inf where none does).
    `best_match` is the highest BM25 of all permitted rows; `row_sums` are those of all rows or of a
    sample of them, `work_sums` those of all works.
    """

    rows: Ints
    works: Ints
    cosines: Floats
    words: Floats
    whole: Floats
    sizes: Ints
    best_match: float
    row_sums: Sums
    work_sums: Sums
    cited: Floats | None = None


@dataclass(frozen=True)
class LocalPart:
    """A library whose files are here. Keeps nothing of a query but its words for a moment, so
    threads may share it.
    """

    vector_rows: VectorRows
    keywords: WordRows
    passage_rows: PassageRows
    facts: Mapping[str, Facts] = field(default_factory=dict)
    citing: CitingWords | None = None

    @property
    def rows(self) -> int:
        """The number behind its last row."""
        return int(self.keywords.works.size)

    @property
    def work_ids(self) -> Sequence[str]:
        """Ids of its works, in the order in which they are numbered."""
        return self.keywords.work_ids

    @property
    def passages_by_language(self) -> Mapping[str, int]:
        """How many passages are read by the rules of each language."""
        return self.keywords.passages_by_language

    @cached_property
    def embedded(self) -> int:
        """How many passages of the kinds usually searched it has."""
        return int(np.count_nonzero(self.keywords.rows_of(kinds=DEFAULT_KINDS)))

    def sample(self, places: Ints) -> tuple[Floats, Ints]:
        """Vectors (n, dim) and works (n,) of passages, by their places among the `embedded`."""
        rows = np.flatnonzero(self.keywords.rows_of(kinds=DEFAULT_KINDS))[places]
        return self.vector_rows.vectors(rows), self.keywords.works[rows].astype(np.int64)

    @cached_property
    def _sizes(self) -> Ints:
        """The passages of each work."""
        works = self.keywords.works
        return np.bincount(works[works >= 0], minlength=len(self.work_ids))

    def held_by_language(
        self, text: str, languages: tuple[str, ...]
    ) -> Sequence[Mapping[str, int]]:
        """How many passages of each language hold the first words of a query."""
        return self.keywords.held_by_language(text, languages)

    def permit(self, query: Query, works: Sequence[str] | None = None) -> Permission:
        """What a query's filters let through, of these works alone where they are named."""
        permission = self._filter(query.filters)
        if works is None or permission.mask is None:
            return permission
        mask = permission.mask & self.keywords.rows_of(works=works)
        return Permission(int(np.count_nonzero(mask)), permission.message, mask)

    @cached_property
    def _filter(self) -> Callable[[Query], Permission]:
        return lru_cache(KEPT_PERMISSIONS)(self._look_through)

    def _look_through(self, query: Query) -> Permission:
        mask, message = allowed_rows(query, self.keywords, self.passage_rows, self.facts)
        mask.flags.writeable = False
        return Permission(int(np.count_nonzero(mask)), message, mask)

    @cached_property
    def _look_up(self) -> Callable[[Asked], WordLookup]:
        return lru_cache(KEPT_LOOKUPS)(self.keywords.look_up)

    def count(self, asked: Asked) -> WordCounts:
        """How many passages and works hold each word and pair."""
        return self._look_up(asked).counts

    def find(self, permission: Permission, question: Question) -> Found:
        """The permitted passages that come near a question by meaning or by words, in the whole
        part without a mask.
        """
        allowed = permission.mask if permission.mask is not None else self.keywords.rows_of()
        held = self._look_up(question.asked)
        words = WORDS.start(held.rank, question.counts, question.by_words, allowed)
        near, near_cosines = self._nearest(question.vector, allowed, question.by_meaning)
        whole = held.score_works(question.counts)
        ranking = words.result()
        rows = np.union1d(near, ranking.rows).astype(np.int64)
        logger.debug(
            "%d candidates: %d by meaning, %d by words", rows.size, near.size, ranking.rows.size
        )
        works = self.keywords.works[rows].astype(np.int64)
        return Found(
            rows=rows,
            works=works,
            cosines=self._cosines(rows, question.vector, near, near_cosines),
            words=held.score_rows(question.counts, rows),
            whole=whole[works],
            sizes=self._sizes[works],
            best_match=float(ranking.scores.max(initial=0)),
            row_sums=ranking.sums,
            work_sums=exact_sums(whole, held.counts.works),
            cited=None if self.citing is None else self.citing.best(question.text)[works],
        )

    def _cosines(self, rows: Ints, vector: Floats, near: Ints, near_cosines: Floats) -> Floats:
        """The cosine of each row with the vector; those of the nearest are known."""
        cosines = np.empty(rows.size, np.float32)
        known = np.searchsorted(rows, near)
        cosines[known] = near_cosines
        other = np.ones(rows.size, bool)
        other[known] = False
        if other.any():
            cosines[other] = products(self.vector_rows.vectors(rows[other]), vector)
        return cosines

    def _nearest(self, vector: Floats, allowed: Mask, count: int) -> tuple[Ints, Floats]:
        """The `count` allowed rows most similar to the vector, and their cosines.

        Where nearly everything is allowed it is faster to ask for more and drop the rest; the rows
        are the same.
        """
        if not count:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        share = np.count_nonzero(allowed) / max(allowed.size, 1)
        if share > MIN_POST_FILTER_SHARE:
            asked = int(1.2 * count / share) + 50
            scores, rows = (part[0] for part in self.vector_rows.search(vector[None, :], asked))
            kept = (rows >= 0) & (rows < allowed.size)
            kept[kept] = allowed[rows[kept]]
            if np.count_nonzero(kept) >= count or rows[-1] < 0:
                logger.debug(
                    "vector search filtered afterwards: %.0f %% of rows allowed", 100 * share
                )
                return rows[kept][:count], scores[kept][:count]
        logger.debug("vector search filtered inside: %.0f %% of rows allowed", 100 * share)
        scores, rows = (
            part[0] for part in self.vector_rows.search(vector[None, :], count, allowed)
        )
        return rows[rows >= 0], scores[rows >= 0]

    def first_passages(self, permission: Permission, limit: int) -> tuple[Ints, Ints]:
        """The first permitted passage of each of so many works, the newest first: rows and
        works.
        """
        assert permission.mask is not None  # noqa: S101 - of its own `permit`
        rows = np.flatnonzero(permission.mask)
        numbers, first = np.unique(self.keywords.works[rows], return_index=True)
        ids = [self.work_ids[n] for n in numbers.tolist()]
        years = [(self.facts[w].year or 0) if w in self.facts else 0 for w in ids]
        order = sorted(range(len(ids)), key=lambda i: (-years[i], ids[i]))[:limit]
        return rows[first[order]], numbers[order].astype(np.int64)

    def vectors(self, rows: Ints) -> Floats:
        """The vectors of these rows, float32 (n, dim)."""
        return self.vector_rows.vectors(rows)

    def passages(self, rows: Ints) -> list[Passage]:
        """The passages of these rows, in their order."""
        return self.passage_rows.passages(rows)

    def languages_of(self, rows: Ints) -> list[str]:
        """The language by whose rules each of these rows is read."""
        return self.keywords.languages_of(rows)
