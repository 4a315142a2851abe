"""What the papers of the library cite and the notes do not: the reading list."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from litmap.models import HeadingPath, Reference, Work
from litmap.parsing.person_names import family_keys
from litmap.parsing.title_similarity import plain_words, squash_title
from litmap.references.linking import WorkIndex, quick_similarity

logger = logging.getLogger(__name__)

T = TypeVar("T")
MAX_SPELLINGS = 6
"""Spellings of an entry that are looked up among the works."""
MAX_URLS = 5
MAX_COUNTED_AUTHORS = 20
"""Authors up to which a longer list is the fuller one."""
MIN_SIMILARITY = 0.93
"""`quick_similarity` from which two entries of one first author are one work."""
MAX_YEARS = 3
"""Years by which two entries of one work may differ."""
MAX_COMPARED = 40
"""Entries that begin alike to which a further one is compared."""
MIN_WORDS = 4
"""Words of a title that names a work without an author."""


@dataclass(frozen=True, slots=True)
class CitedAt:
    """A place in a paper's reference list.

    The citing key, the entry's page and its number or label ('' where none).
    """

    citing: str
    page: int
    number: str
    reference: Reference


@dataclass(frozen=True, slots=True)
class MissingWork:
    """A work that papers of the library cite and the library lacks.

    `key` is an identifier, or 'title:' with the normalised title. `citing` are the papers, each
    once; `places` where each lists it; `headings` how many of the papers stand under each heading,
    most first.
    """

    key: str
    reference: Reference
    citing: tuple[str, ...]
    places: tuple[CitedAt, ...]
    headings: tuple[tuple[HeadingPath, int], ...] = ()


def find_uncited_works(
    references: Mapping[str, Sequence[Reference]],
    works: Sequence[Work],
    headings: Mapping[str, Sequence[HeadingPath]] | None = None,
    *,
    least: int = 2,
) -> list[MissingWork]:
    """What at least `least` papers cite and no work is: most cited first, then by year (newest
    first) and title.

    Entries of several lists are one work if they share an identifier, or title and first author.
    `headings` gives the headings under which the citing papers stand.
    """
    index = WorkIndex(works)
    missing = []
    for places in _group_entries(references):
        papers = tuple(dict.fromkeys(place.citing for place in places))
        if len(papers) < least or _is_known(index, places):
            continue
        merged = merge_entries([place.reference for place in places])
        if index.find(merged) is not None:
            continue
        by_heading = _count_headings(papers, headings or {})
        missing.append(MissingWork(_key(merged), merged, papers, tuple(places), by_heading))
    missing.sort(key=lambda m: (-len(m.citing), -(m.reference.year or 0), m.reference.title, m.key))
    logger.info("%d works are cited by %d papers or more and missing", len(missing), least)
    return missing


def count_headings(
    found: Iterable[MissingWork], headings: Mapping[str, Sequence[HeadingPath]]
) -> list[MissingWork]:
    """The missing works with the headings under which the papers stand that cite them."""
    return [replace(work, headings=_count_headings(work.citing, headings)) for work in found]


def _group_entries(references: Mapping[str, Sequence[Reference]]) -> list[list[CitedAt]]:
    """The entries of all lists that have a title or an identifier, those of one work together."""
    groups = _Groups()
    for citing, listed in references.items():
        for reference in listed:
            if reference.title or reference.ids:
                groups.add(CitedAt(citing, reference.page, reference.number, reference))
    return groups.all()


def _is_known(index: WorkIndex, places: Sequence[CitedAt]) -> bool:
    """Whether at least half of the spellings of an entry (six are tried) name a work of the
    library.
    """
    spellings = {(place.reference.title, place.reference.ids): place.reference for place in places}
    tried = list(spellings.values())[:MAX_SPELLINGS]
    return 2 * sum(index.find(reference) is not None for reference in tried) >= len(tried)


def uncited_by_heading(
    found: Iterable[MissingWork],
) -> dict[HeadingPath, list[tuple[MissingWork, int]]]:
    """For each heading the missing works and how many of its papers cite them, most first."""
    by_heading: dict[HeadingPath, list[tuple[MissingWork, int]]] = {}
    for work in found:
        for heading, count in work.headings:
            by_heading.setdefault(heading, []).append((work, count))
    for works in by_heading.values():
        works.sort(key=lambda item: (-item[1], -len(item[0].citing), item[0].key))
    return dict(sorted(by_heading.items()))


def _key(reference: Reference) -> str:
    return reference.ids[0] if reference.ids else f"title:{plain_words(reference.title)}"


def _count_headings(
    citing: Sequence[str], headings: Mapping[str, Sequence[HeadingPath]]
) -> tuple[tuple[HeadingPath, int], ...]:
    counts = Counter(
        tuple(heading)
        for work in citing
        for heading in dict.fromkeys(map(tuple, headings.get(work, ())))
    )
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def merge_entries(references: Sequence[Reference]) -> Reference:
    """The fields that most entries agree on; of names the fullest; all identifiers."""
    agreeing = _with_common_title(references)
    fullest = max(agreeing, key=_fullness_of_names)
    ids = Counter(i for r in references for i in r.ids)
    urls = dict.fromkeys(u for r in references for u in r.urls)
    return replace(
        fullest,
        title=_most_common([r.title for r in agreeing], lambda title: title) or "",
        year=_most_common([r.year for r in references if r.year], lambda year: -year),
        venue=_most_common([r.venue for r in agreeing if r.venue], lambda v: (len(v), v)) or "",
        ids=tuple(sorted(ids, key=lambda i: (-ids[i], i))),
        urls=tuple(urls)[:MAX_URLS],
        number="",
        page=0,
    )


def _with_common_title(references: Sequence[Reference]) -> list[Reference]:
    """The entries with the most common title, the longer of two; all where none has a title."""
    keys = [plain_words(reference.title) for reference in references]
    common = _most_common([key for key in keys if key], len)
    agreeing = [
        reference for key, reference in zip(keys, references, strict=True) if key == (common or "")
    ]
    return agreeing or list(references)


def _most_common(values: Sequence[T], preference: Callable[[T], object]) -> T | None:
    """The value that stands most often, of several the most preferred; None where there is none."""
    counts = Counter(values)
    return max(counts, key=lambda value: (counts[value], preference(value)), default=None)


def _fullness_of_names(reference: Reference) -> tuple[int, int]:
    authors = reference.authors
    return min(len(authors), MAX_COUNTED_AUTHORS), sum(map(len, authors))


class _Groups:
    """Entries that name the same work, joined as they come (union-find over keys)."""

    def __init__(self) -> None:
        self._places: list[CitedAt] = []
        self._parent: list[int] = []
        self._keys: dict[tuple[object, ...], int] = {}
        self._near: dict[tuple[str, str], list[int]] = {}

    def add(self, place: CitedAt) -> None:
        number = len(self._places)
        self._places.append(place)
        self._parent.append(number)
        reference = place.reference
        people = family_keys(reference.authors[:1])
        first = people[0] if people else ""
        for identifier in reference.ids:
            self._join(("id", identifier), number)
        title = squash_title(reference.title)
        words = plain_words(reference.title).split()[:4]
        if first and title:
            self._join(("title", title, first), number)
            start = words[1:] if words[0] in ("the", "a", "an") else words
            self._join_near(number, (first, " ".join(start[:2])))
        elif len(words) >= MIN_WORDS:
            self._join(("title", title), number)

    def _join(self, key: tuple[object, ...], number: int) -> None:
        other = self._keys.setdefault(key, number)
        self._union(other, number)

    def _union(self, one: int, two: int) -> None:
        a, b = self._find(one), self._find(two)
        self._parent[max(a, b)] = min(a, b)

    def _join_near(self, number: int, key: tuple[str, str]) -> None:
        """Titles that begin alike, of one first author and about one year, with a slip or a
        subtitle left out.
        """
        reference = self._places[number].reference
        near = self._near.setdefault(key, [])
        for other in near:
            earlier = self._places[other].reference
            if _are_years_apart(reference, earlier):
                continue
            if reference.title == earlier.title:
                self._union(other, number)
                return
            if quick_similarity(reference.title, earlier.title) >= MIN_SIMILARITY:
                self._union(other, number)
        if len(near) < MAX_COMPARED:
            near.append(number)

    def _find(self, i: int) -> int:
        while self._parent[i] != i:
            self._parent[i] = self._parent[self._parent[i]]
            i = self._parent[i]
        return i

    def all(self) -> list[list[CitedAt]]:
        """The groups, each in the order its entries came."""
        groups: dict[int, list[CitedAt]] = {}
        for i, place in enumerate(self._places):
            groups.setdefault(self._find(i), []).append(place)
        return list(groups.values())


def _are_years_apart(one: Reference, two: Reference) -> bool:
    return bool(one.year and two.year) and abs((one.year or 0) - (two.year or 0)) > MAX_YEARS
