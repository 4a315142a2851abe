"""Several indexes as one: their rows follow each other, each part's from its first row on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from litmap.models import Passage
from litmap.search.protocols import PassageRows, VectorRows

if TYPE_CHECKING:
    from litmap.search.protocols import Floats, Ints, Mask


@dataclass(frozen=True)
class _Parts:
    """`firsts` (parts + 1,) are the rows at which parts begin, and the row behind the last."""

    firsts: Ints

    def rows_of(self, part: int, rows: Ints) -> tuple[Ints, Ints]:
        """The places in `rows` of those of a part, and what that part calls them."""
        first, end = self.firsts[part], self.firsts[part + 1]
        places = np.flatnonzero((rows >= first) & (rows < end))
        return places, rows[places] - first


@dataclass(frozen=True)
class JoinedVectors(_Parts):
    """Vector indexes as one; `shown` is a mask of the rows that are searched."""

    parts: Sequence[VectorRows]
    shown: Mask

    def search(self, vectors: Floats, k: int, allowed: Mask | None = None) -> tuple[Floats, Ints]:
        """(q, k) cosines, best first, and their rows: the best of each part's best."""
        scores, found = [], []
        permitted = self.shown if allowed is None else allowed
        for number, part in enumerate(self.parts):
            first, end = self.firsts[number : number + 2]
            cosines, rows = part.search(vectors, k, permitted[first:end])
            scores.append(cosines)
            found.append(np.where(rows < 0, rows, rows + first))
        cosines, rows = np.concatenate(scores, axis=1), np.concatenate(found, axis=1)
        best = np.lexsort((rows, -cosines), axis=1)[:, :k]
        return np.take_along_axis(cosines, best, 1), np.take_along_axis(rows, best, 1)

    def vectors(self, rows: Ints) -> Floats:
        """The vectors of these rows, float32 (n, dim)."""
        wanted = np.asarray(rows, np.int64)
        found = [(places, part.vectors(own)) for part, places, own in self._each(wanted)]
        result = np.zeros((wanted.size, found[0][1].shape[1]), np.float32)
        for places, vectors in found:
            result[places] = vectors
        return result

    def _each(self, rows: Ints) -> list[tuple[VectorRows, Ints, Ints]]:
        return [(part, *self.rows_of(number, rows)) for number, part in enumerate(self.parts)]


@dataclass(frozen=True)
class JoinedPassages(_Parts):
    """Passage stores as one."""

    parts: Sequence[PassageRows]

    def passages(self, rows: Sequence[int] | Ints) -> list[Passage]:
        """The passages of these rows, in their order."""
        wanted = np.asarray(rows, np.int64)
        found: dict[int, Passage] = {}
        for number, part in enumerate(self.parts):
            places, own = self.rows_of(number, wanted)
            for place, passage in zip(places.tolist(), part.passages(own), strict=True):
                found[place] = replace(passage, row=int(wanted[place]))
        return [found[place] for place in range(wanted.size)]
