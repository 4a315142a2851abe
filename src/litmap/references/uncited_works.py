"""What the papers of the library cite and the notes do not: the reading list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from litmap.models import HeadingPath, Reference, Work
from litmap.references.linking import WorkIndex, families, plain_words, tight, title_likeness


@dataclass(frozen=True, slots=True)
class CitedAt:
    """A place in a paper's reference list: the citing key, the entry's page and its number or label ('' where none)."""

    citing: str
    page: int
    number: str
    reference: Reference


@dataclass(frozen=True, slots=True)
class MissingWork:
    """A work that papers of the library cite and the library lacks.

    `key` is an identifier, or 'title:' with the normalised title. `citing` are the papers, each once; `places` where
    each lists it; `headings` how many of the papers stand under each heading, most first.
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
    """What at least `least` papers cite and no work is: most cited first, then by year (newest first) and title.

    Entries of several lists are one work if they share an identifier, or title and first author. `headings` gives
    the headings under which the citing papers stand.
    """
    index = WorkIndex(works)
    groups = _Groups()
    for citing, listed in references.items():
        for reference in listed:
            if reference.title or reference.ids:
                groups.add(CitedAt(citing, reference.page, reference.number, reference))
    found = []
    for places in groups.all():
        papers = tuple(dict.fromkeys(place.citing for place in places))
        if len(papers) < least or _known(index, places):
            continue
        best = _best([place.reference for place in places])
        if index.find(best) is not None:
            continue
        found.append(
            MissingWork(
                _key(best), best, papers, tuple(places), _count_headings(papers, headings or {})
            )
        )
    found.sort(key=lambda m: (-len(m.citing), -(m.reference.year or 0), m.reference.title, m.key))
    return found


def _known(index: WorkIndex, places: Sequence[CitedAt]) -> bool:
    """Whether at least half of the spellings of an entry (six are tried) name a work of the library."""
    spellings = {(place.reference.title, place.reference.ids): place.reference for place in places}
    tried = list(spellings.values())[:6]
    return 2 * sum(index.find(reference) is not None for reference in tried) >= len(tried)


def uncited_by_heading(
    found: Iterable[MissingWork],
) -> dict[HeadingPath, list[tuple[MissingWork, int]]]:
    """For each heading the missing works with the number of its papers that cite them, most first."""
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


def _best(references: Sequence[Reference]) -> Reference:
    """The fields that most entries agree on; of names the fullest; all identifiers."""
    keyed = [(plain_words(reference.title), reference) for reference in references]
    titles = Counter(key for key, _ in keyed if key)
    common = max(titles, key=lambda t: (titles[t], len(t)), default="")
    same = [reference for key, reference in keyed if key == common] or list(references)
    written = Counter(r.title for r in same)
    title = max(written, key=lambda t: (written[t], t), default="")
    years = Counter(r.year for r in references if r.year)
    year = max(years, key=lambda y: (years[y], -y), default=None)
    fullest = max(same, key=lambda r: (min(len(r.authors), 20), sum(map(len, r.authors))))
    venues = Counter(r.venue for r in same if r.venue)
    venue = max(venues, key=lambda v: (venues[v], len(v), v), default="")
    ids = Counter(i for r in references for i in r.ids)
    urls = tuple(dict.fromkeys(u for r in references for u in r.urls))
    return replace(
        fullest,
        title=title,
        year=year,
        venue=venue,
        ids=tuple(sorted(ids, key=lambda i: (-ids[i], i))),
        urls=urls[:5],
        number="",
        page=0,
    )


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
        people = families(reference.authors[:1])
        first = people[0] if people else ""
        for identifier in reference.ids:
            self._join(("id", identifier), number)
        title = tight(reference.title)
        words = plain_words(reference.title).split()[:4]
        if first and title:
            self._join(("title", title, first), number)
            start = words[1:] if words[0] in ("the", "a", "an") else words
            self._join_near(number, (first, " ".join(start[:2])))
        elif len(words) >= 4:
            self._join(("title", title), number)

    def _join(self, key: tuple[object, ...], number: int) -> None:
        other = self._keys.setdefault(key, number)
        self._union(other, number)

    def _union(self, one: int, two: int) -> None:
        a, b = self._find(one), self._find(two)
        self._parent[max(a, b)] = min(a, b)

    def _join_near(self, number: int, key: tuple[str, str]) -> None:
        """Titles that begin alike, of one first author and about one year, with a slip or a subtitle left out."""
        mine = self._places[number].reference
        kept = self._near.setdefault(key, [])
        for other in kept:
            theirs = self._places[other].reference
            if mine.year and theirs.year and abs(mine.year - theirs.year) > 3:
                continue
            if mine.title == theirs.title or title_likeness(mine.title, theirs.title) >= 0.93:
                self._union(other, number)
                if mine.title == theirs.title:
                    return
        if len(kept) < 40:
            kept.append(number)

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
