"""From ranked candidates to what is shown: passages are read, marked and compared only when they
are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice
from math import fsum, nan
from typing import TYPE_CHECKING, overload

from litmap.models import Hit, Passage
from litmap.parsing.languages import ENGLISH
from litmap.search import highlighting
from litmap.search.protocols import PassageRows
from litmap.search.results import WorkHit

if TYPE_CHECKING:
    from litmap.search.protocols import Floats, Ints

SPARE_PASSAGES = 2
"""Passages read beyond those wanted, for some show what another shows already."""


class HitPresenter:
    """Makes hits of candidates: reads and marks each passage when it is first asked for.

    A place is a position in the candidates' arrays: `rows` int64, `scores` and `cosines` float32,
    all (n,). `languages_of` gives the languages of rows; without it all are English.
    """

    def __init__(
        self,
        passages: PassageRows,
        rows: Ints,
        scores: Floats,
        cosines: Floats,
        marker: highlighting.Marker,
        languages_of: Callable[[Ints], Sequence[str]] | None = None,
    ) -> None:
        self._passages = passages
        self._languages_of = languages_of
        self._rows = rows
        self._scores = scores
        self._cosines = cosines
        self._marker = marker
        self._read: dict[int, Passage] = {}
        self._hits: dict[int, Hit] = {}

    def hits(self, places: Sequence[int]) -> Iterator[Hit]:
        """The candidates at these places, with best sentence, lines and words; one reading for all
        that are new.
        """
        new = [place for place in places if place not in self._read]
        if new:
            self._read |= zip(new, self._passages.passages(self._rows[new]), strict=True)
        return map(self._marked, places)

    def _marked(self, place: int) -> Hit:
        hit = self._hits.get(place)
        if hit is None:
            score, cosine = (
                float(self._scores[place]),
                float(self._cosines[place]) or nan,
            )  # 0: it has no vector
            hit = self._hits[place] = marked(
                self._read[place], score, cosine, self._marker, self._language(place)
            )
        return hit

    def _language(self, place: int) -> str:
        if self._languages_of is None:
            return ENGLISH
        return self._languages_of(self._rows[[place]])[0]

    def first(self, places: Sequence[int], count: int) -> list[Hit]:
        """The first `count` hits of these places that do not repeat a better one; no more is read
        than that takes.
        """
        kept: list[Hit] = []
        distinct = _Distinct()
        at = 0
        while len(kept) < count and at < len(places):
            batch = places[at : at + count - len(kept) + SPARE_PASSAGES]
            at += len(batch)
            kept += islice(filter(distinct.is_new, self.hits(batch)), count - len(kept))
        return kept


class LazySequence(Sequence[WorkHit]):
    """`count` works that `make` gives when the first is looked at.

    Most searches show passages and never ask.
    """

    def __init__(self, count: int, make: Callable[[], Iterable[WorkHit]]) -> None:
        self._count = count
        self._make = make

    @cached_property
    def _made(self) -> tuple[WorkHit, ...]:
        return tuple(self._make())

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> WorkHit: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[WorkHit]: ...

    def __getitem__(self, index: int | slice) -> WorkHit | Sequence[WorkHit]:
        return self._made[index]


def marked(
    passage: Passage,
    score: float,
    cosine: float,
    marker: highlighting.Marker,
    language: str = ENGLISH,
) -> Hit:
    """The passage as a result, with the sentence that answers best and the query's words."""
    chunk = passage.chunk
    places = marker.places(chunk.text, language)
    start, end = marker.best_sentence(chunk.text, places)
    rects = highlighting.lines_of(chunk, start, end)
    return Hit(
        row=passage.row,
        work=passage.work,
        score=score,
        chunk=chunk,
        similarity=cosine,
        words=highlighting.hit_words(chunk.text, places),
        sentence=(start, end),
        page=rects[0][0] if rects else chunk.page,
        rects=rects,
    )


def unmarked(passage: Passage) -> Hit:
    """The passage as a result of filters alone."""
    return Hit(
        passage.row,
        passage.work,
        0.0,
        passage.chunk,
        page=passage.chunk.page,
        rects=passage.chunk.rects,
    )


def term_coverage(hit: Hit, marker: highlighting.Marker, language: str = ENGLISH) -> float:
    """Share of the query's words, in [0, 1], that the passage holds, by the marker's weights."""
    total = sum(marker.weights.values())
    held = fsum(marker.weights[name] for name in marker.names(hit.words, language))
    return held / total if total > 0 else 0.0


class _Distinct:
    """Knows the best sentences shown of each work, for passages overlap."""

    def __init__(self) -> None:
        self._seen: dict[str, list[str]] = {}

    def is_new(self, hit: Hit) -> bool:
        """Whether no better hit of the same work shows this one's best sentence already; asked best
        first.
        """
        shown = self._seen.setdefault(hit.work or hit.chunk.source, [])
        sentence = hit.chunk.text[
            slice(*hit.sentence)
        ]  # letter by letter the same where passages overlap
        if any(sentence in other or other in sentence for other in shown):
            return False
        shown.append(sentence)
        return True
