"""Opening and searching the index of a build."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from litmap.index.ranking import SPARE_ROWS, best, queries_of, unit
from litmap.index.segment import (
    FOLDER,
    STATE,
    Segment,
    asymmetric_dot,
    damaged,
    joined,
    load_faiss,
    read_rotation,
    read_state,
)
from litmap.operating_system import usable_cores
from litmap.side_by_side import CORES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from litmap.models import Vectors

    Rows = NDArray[np.int64]
    Mask = NDArray[np.bool_]

logger = logging.getLogger(__name__)

T = TypeVar("T")

MAX_EXACT_ROWS = 100_000
"""Up to this many rows (of the whole index, or allowed by a filter) every vector is compared."""
HAMMING_CANDIDATES = 8000
"""Beyond it, how many rows are taken by Hamming distance, from signs that are all in memory, at
least.
"""
ROWS_PER_CANDIDATE = 300
"""In a large index one row in so many, lest near ones be lost among the many that are as near by
their signs.
"""
CANDIDATES_SPREAD = 2
"""How many times its share of these a segment may name: what is near to a query often came
together, and then stands in one segment.
"""
SHORTLIST = 1500
"""How many of the candidates, by the query's own components against the signs, are fetched and
compared exactly, at least.
"""
ROWS_PER_SHORTLISTED = 2000
"""In a large index one row in so many."""
MAX_GATHERED_ROWS = 4000
"""So few allowed rows are gathered and compared one by one, whatever the size of the index."""
KEPT_MASKS = 4
"""Of so many masks it is kept which vectors they allow."""
MIN_PARALLEL_ROWS = 300_000
"""Rows from which segments are searched side by side: below, one is done before another thread
wakes.
"""


class _Permitted(NamedTuple):
    """A segment that holds rows that may be found, which (None: all), and how many."""

    segment: Segment
    mask: Mask | None
    size: int


class VectorIndex:
    """The vectors of a build, opened without reading them. Searching is safe from many threads at
    once.
    """

    def __init__(self, segments: list[Segment], dim: int, rotation: Vectors | None = None) -> None:
        self.segments = segments
        self.dim = dim
        self._rotation = rotation
        self._kept: list[tuple[Mask, list[_Permitted]]] = []
        self._is_large = sum(len(s.rows) for s in segments) >= MIN_PARALLEL_ROWS

    @classmethod
    def open(cls, folder: Path) -> VectorIndex:
        """The index in a build's folder. Raises DamagedBuild naming the file that cannot be
        read.
        """
        home = folder / FOLDER
        dim, names = read_state(home)
        segments = [Segment(home, name) for name in names]
        rotation = read_rotation(home)
        if any(s.dim != dim for s in segments):
            raise damaged(home / STATE, "does not fit the vectors")
        if rotation is None and any(s.has_signs for s in segments):
            raise damaged(home / STATE, "there are signs, but no rotation")
        return cls([s for s in segments if len(s.rows)], dim, rotation)

    def __len__(self) -> int:
        return sum(s.living for s in self.segments)

    @property
    def rows(self) -> Rows:
        """int64, ascending: the rows that have a vector."""
        import numpy as np

        living = [np.delete(s.rows, s.dead) for s in self.segments]
        return np.sort(np.concatenate([np.empty(0, np.int64), *living]))

    def search(
        self, vectors: Vectors, k: int, allowed: Mask | None = None, *, exact: bool = False
    ) -> tuple[Vectors, Rows]:
        """The `k` rows most similar to each of the unit vectors (q, dim), best first, ties by row.

        `allowed`, a mask over the library's rows (rows beyond its end are not allowed), limits the
        search itself, so that k rows are found wherever so many are allowed. Returns cosines,
        float32 (q, k), and rows, int64 (q, k); places that stay empty have -inf and -1. `exact`
        compares every vector however many there are.
        """
        queries = queries_of(vectors, self.dim)
        with _faiss_threads(1 if len(queries) < 4 else 0):
            found = self._best(queries, k + SPARE_ROWS, allowed, exact)
            return best(found, len(queries), k)

    def _best(
        self, queries: Vectors, k: int, allowed: Mask | None, exact: bool
    ) -> Iterator[tuple[Vectors, Rows]]:
        """For each query the scores and rows of at least its `k` best, in no order; fewer of few.

        A vector's score is summed in one way wherever it stands, so equal vectors have equal
        scores.
        """
        permitted = self._permitted(allowed)
        count = sum(p.size for p in permitted)
        if not count:
            return
        if allowed is not None and count <= max(MAX_GATHERED_ROWS, k):
            logger.debug("vectors: %d allowed rows gathered and compared", count)
            yield from self._join(permitted, lambda p: _gather(p, queries, k))
        elif exact or count <= MAX_EXACT_ROWS or self._rotation is None:
            logger.debug("vectors: %d rows scanned", count)
            yield from self._join(permitted, lambda p: p.segment.scan(queries, k, p.mask))
        else:
            logger.debug("vectors: %d rows shortlisted by signs", count)
            for query in queries:
                yield self._best_by_signs(query, k, permitted, self._rotation)

    def _permitted(self, allowed: Mask | None) -> list[_Permitted]:
        """What of each segment is allowed, where anything is; kept of masks that nobody may write
        to, for one question follows another under the same filters.
        """
        for mask, kept in self._kept:
            if mask is allowed:
                return kept
        found = [p for p in self._each(lambda s: _permitted(s, allowed), self.segments) if p.size]
        if allowed is not None and not allowed.flags.writeable:
            self._kept = [*self._kept[1 - KEPT_MASKS :], (allowed, found)]
        return found

    def _join(
        self,
        permitted: Sequence[_Permitted],
        search: Callable[[_Permitted], Iterator[tuple[Vectors, Rows]]],
    ) -> Iterator[tuple[Vectors, Rows]]:
        """What a search finds in each segment, query by query."""
        answers = self._each(lambda p: list(search(p)), permitted)
        yield from (joined(own) for own in zip(*answers, strict=True))

    def _best_by_signs(
        self, query: Vectors, k: int, permitted: Sequence[_Permitted], rotation: Vectors
    ) -> tuple[Vectors, Rows]:
        """The best of a shortlist, and of the segments that have no signs."""
        signed = [p for p in permitted if p.segment.has_signs]
        unsigned = [p for p in permitted if not p.segment.has_signs]
        listed = [next(p.segment.scan(query[None], k, p.mask)) for p in unsigned]
        shortlists = self._shortlists(query, k, signed, rotation)
        exact = self._each(lambda p, own: p.segment.ranked(query, own, k), signed, shortlists)
        return joined([*exact, *listed])

    def _shortlists(
        self, query: Vectors, k: int, signed: Sequence[_Permitted], rotation: Vectors
    ) -> list[Rows]:
        """The places in each segment to compare exactly, ascending: by Hamming distance, then by
        the sum of the query's components with each row's signs, which tells near from nearer much
        better and reads nothing that is not in memory. All segments compete with each other, so
        that the work does not grow with their number.
        """
        import numpy as np

        rotated = query @ rotation[:-1]
        bits = np.packbits(rotated > rotation[-1], bitorder="little")
        total = sum(p.size for p in signed)
        candidates = max(HAMMING_CANDIDATES, total // ROWS_PER_CANDIDATE, 20 * k)
        shortlisted = max(SHORTLIST, total // ROWS_PER_SHORTLISTED, 4 * k)

        def near(p: _Permitted) -> tuple[Any, Rows]:
            share = -(-CANDIDATES_SPREAD * candidates * p.size // total)
            return p.segment.nearest_by_signs(bits, min(candidates, share), p.mask)

        found = _lowest(self._each(near, signed), candidates)

        def compare(p: _Permitted, places: Rows) -> tuple[Any, Rows]:
            return -asymmetric_dot(p.segment.signs[places], rotated), places

        sums = self._each(compare, signed, [places for _, places in found])
        return [np.sort(places) for _, places in _lowest(sums, shortlisted)]

    def _each(self, work: Callable[..., T], *items: Sequence[Any]) -> list[T]:
        """What `work` makes of the items at each place, side by side where the index is large."""
        if not self._is_large or len(items[0]) < 2 or usable_cores() < 2:
            return [work(*own) for own in zip(*items, strict=True)]

        def alone(*own: Any) -> T:
            with _faiss_threads(1):
                return work(*own)

        return CORES.each(alone, *items)

    def vectors(self, rows: Rows) -> Vectors:
        """The vectors of these rows, float32 (n, dim), exact to float16; zeros, near to nothing,
        for a row without.
        """
        import numpy as np

        wanted = np.asarray(rows, dtype=np.int64)
        result = np.zeros((len(wanted), self.dim), dtype=np.float32)
        with _faiss_threads(1):
            for segment in self.segments:
                present, places = segment.find(wanted)
                if len(places) == len(wanted):
                    result = segment.decoded(places)
                elif len(places):
                    result[present] = segment.decoded(places)
        return unit(result)


def _permitted(segment: Segment, allowed: Mask | None) -> _Permitted:
    import numpy as np

    mask = segment.permitted(allowed)
    count = len(segment.rows) if mask is None else int(np.count_nonzero(mask))
    return _Permitted(segment, None if count == len(segment.rows) else mask, count)


def _gather(p: _Permitted, queries: Vectors, k: int) -> Iterator[tuple[Vectors, Rows]]:
    """The best of a segment's permitted rows, fetched one by one."""
    import numpy as np

    places = np.arange(len(p.segment.rows)) if p.mask is None else np.flatnonzero(p.mask)
    return (p.segment.ranked(query, places, k) for query in queries)


def _lowest(found: Sequence[tuple[Any, Rows]], count: int) -> list[tuple[Any, Rows]]:
    """Of measures and places of several segments the `count` with the lowest measures, as near to
    that as equal measures leave it.
    """
    import numpy as np

    measures = np.concatenate([np.empty(0), *(own for own, _ in found)])
    if len(measures) <= count:
        return list(found)
    bar = np.partition(measures, count - 1)[count - 1]
    return [(own[own <= bar], places[own <= bar]) for own, places in found]


@contextmanager
def _faiss_threads(count: int) -> Iterator[None]:
    """Let FAISS use so many threads here (0: as many as it likes): one query is over before a
    second thread wakes.
    """
    faiss = load_faiss()
    before = faiss.omp_get_max_threads()
    if not count or count == before:
        yield
        return
    faiss.omp_set_num_threads(count)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)
